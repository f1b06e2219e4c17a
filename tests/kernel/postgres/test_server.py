from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
import pytest

from afluente.kernel.postgres import DatabaseStartError, Embedded
from afluente.kernel.postgres.processes import users_of

from .conftest import KEY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOLDER = """
import sys, time
from pathlib import Path
from afluente.kernel.postgres import Embedded
server = Embedded(Path(sys.argv[1]), sys.argv[2]).start()
print(server.process.pid, flush=True)
time.sleep(600)
"""


@contextmanager
def hold(data_dir: Path) -> Iterator[int]:
    """Another process that runs the server of `data_dir`, killed at the end; the server's pid."""
    command = [sys.executable, "-c", HOLDER, str(data_dir), KEY]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:  # noqa: S603
        assert holder.stdout is not None
        try:
            yield int(holder.stdout.readline())
        finally:
            holder.kill()


def test_the_socket_is_private_and_outside_the_data(server: Embedded) -> None:
    sockets = server.layout.sockets

    assert not sockets.is_relative_to(server.layout.data_dir)
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    with psycopg.connect(server.app_url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_letters_of_every_language_fold(server: Embedded) -> None:
    with psycopg.connect(server.app_url) as connection:
        assert connection.execute("SELECT lower('ŁÓDŹ São')").fetchone() == ("łódź são",)


def test_a_second_start_on_one_data_directory_is_refused(server: Embedded) -> None:
    second = Embedded(server.layout.data_dir, KEY)

    with pytest.raises(DatabaseStartError, match="already running"):
        second.start()

    with psycopg.connect(server.app_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_new_secret_key_gives_new_passwords(tmp_path: Path) -> None:
    with Embedded(tmp_path, KEY) as before, psycopg.connect(before.owner_url) as owner:
        owner.execute("CREATE TABLE kept AS SELECT 42 AS answer")

    with Embedded(tmp_path, "another key, as long as the first one was") as after:
        with psycopg.connect(after.app_url) as app:
            assert app.execute("SELECT answer FROM kept").fetchone() == (42,)
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(before.app_url)


def test_nothing_confirmed_is_lost_when_everything_is_killed(tmp_path: Path) -> None:
    with hold(tmp_path) as postmaster:
        with psycopg.connect(Embedded(tmp_path, KEY).owner_url) as owner:
            owner.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        os.kill(postmaster, signal.SIGKILL)

    with Embedded(tmp_path, KEY) as server, psycopg.connect(server.app_url) as app:
        assert app.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_a_killed_holder_leaves_no_orphan(tmp_path: Path) -> None:
    pgdata = Embedded(tmp_path, KEY).layout.pgdata
    with hold(tmp_path) as postmaster:
        assert postmaster in users_of(pgdata)

    deadline = time.monotonic() + 10
    while users_of(pgdata) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert users_of(pgdata) == []


def test_a_stranger_with_the_pid_of_the_last_server_does_not_block_the_start(tmp_path: Path) -> None:
    Embedded(tmp_path, KEY).start().stop()
    note = Embedded(tmp_path, KEY).layout.pgdata / "postmaster.pid"
    note.write_text(f"{os.getpid()}\n{note.parent}\n")

    with Embedded(tmp_path, KEY) as server:
        assert server.is_running


def test_a_half_made_data_directory_is_made_anew(tmp_path: Path) -> None:
    half = Embedded(tmp_path, KEY).layout.pgdata.with_name("18.new")
    (half / "base").mkdir(parents=True)
    (half / "base" / "1").write_text("half")

    with Embedded(tmp_path, KEY) as server:
        assert server.is_running
        assert not half.exists()


def test_data_of_another_version_is_not_touched(tmp_path: Path) -> None:
    older = tmp_path / "postgres" / "16"
    older.mkdir(parents=True)
    (older / "PG_VERSION").write_text("16\n")

    with pytest.raises(DatabaseStartError, match="PostgreSQL 16"):
        Embedded(tmp_path, KEY).start()


def test_why_it_cannot_start_is_said(tmp_path: Path) -> None:
    server = Embedded(tmp_path, KEY, overrides={"max_connections": "0"})

    with pytest.raises(DatabaseStartError, match="max_connections"):
        server.start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives up being root")
def test_root_without_user_namespaces_becomes_somebody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AFLUENTE_NO_USERNS", "1")
    for folder in (tmp_path, *tmp_path.parents):
        if not folder.stat().st_mode & stat.S_IXOTH:
            folder.chmod(0o711)  # pytest's folders are private; a data directory's parents are not

    with Embedded(tmp_path, KEY) as server:
        assert server.layout.pgdata.stat().st_uid != 0
    monkeypatch.delenv("AFLUENTE_NO_USERNS")
    with Embedded(tmp_path, KEY) as again, psycopg.connect(again.app_url) as app:
        assert app.execute("SELECT 1").fetchone() == (1,)
