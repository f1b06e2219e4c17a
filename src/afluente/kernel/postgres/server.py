"""The embedded server: started, awaited, provisioned and stopped by the process that owns it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

from . import layout, tuning
from .claim import Claim, binaries
from .connections import socket_url
from .errors import DatabaseStartError
from .roles import Roles, provision_connection, role_names
from .secrets import fingerprint, role_password

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import psycopg

# Raised when the roles or their rights change, so that existing directories get the new ones.
PROVISIONING = "1"
PATIENCE = 180.0  # seconds; crash recovery of a busy database takes its time
PATIENCE_WITH_LEFTOVERS = 15.0  # seconds for the memory and files of a killed server to go
PASSING = ("lock file", "shared memory", "in use")  # what the server says about leftovers
SLOW = 3.0  # seconds after which a person is told that it takes a while


class Embedded:
    """One embedded server for one data directory.

    `begin` launches it without waiting, `wait` returns when it accepts connections and its roles
    are in place, `start` does both. Call `begin` from a thread that lives as long as the server
    should: the kernel ends the server with the thread that launched it.
    """

    def __init__(
        self, data_dir: Path, secret_key: str, *, overrides: Mapping[str, str] | None = None
    ) -> None:
        self.layout = layout.Layout(Path(data_dir).resolve())
        self.secret_key = secret_key
        self.overrides = dict(overrides or {})
        self.process: subprocess.Popen[str] | None = None
        self._claim = Claim(self.layout)
        self._log_start = 0

    # Addresses

    def url(self, role: str, database: str = layout.DATABASE) -> str:
        """A URL for any role whose password is derived from the secret key."""
        password = role_password(self.secret_key, role)
        return socket_url(self.layout.data_dir, role=role, password=password, database=database)

    @property
    def owner_url(self) -> str:
        return self.url(layout.OWNER)

    @property
    def app_url(self) -> str:
        return self.url(role_names(layout.DATABASE)[0])

    @property
    def admin_url(self) -> str:
        """The bootstrap superuser: for provisioning and backups only, never for serving."""
        return self.url(layout.ADMIN, "postgres")

    # Life

    def start(self, *, patience: float = PATIENCE, say: Callable[[str], None] | None = None) -> Self:
        """Launch and wait; idempotent. Raises DatabaseStartError with one sentence."""
        self.begin()
        return self.wait(patience=patience, say=say)

    def begin(self) -> None:
        """Take the data directory and launch the server, without waiting for it."""
        if self.is_running:
            return
        self._claim.take()
        plan = {
            "parent": os.getpid(),
            "pgdata": str(self.layout.pgdata),
            "bin": str(binaries()),
            "sockets": str(self.layout.sockets),
            "admin": layout.ADMIN,
            "password": role_password(self.secret_key, layout.ADMIN),
            "reset_password": self._state()[0] != self._key_digest,
            "settings": tuning.configuration(self.overrides),
        }
        with self.layout.log.open("a") as log:
            self._log_start = log.tell()
            self.process = subprocess.Popen(  # noqa: S603 -- our own script
                [sys.executable, "-I", "-S", str(Path(__file__).with_name("launch.py"))],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                text=True,
                start_new_session=True,  # Ctrl-C reaches the starter only, which stops in order
            )
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(plan))
        self.process.stdin.close()

    def wait(self, *, patience: float = PATIENCE, say: Callable[[str], None] | None = None) -> Self:
        """Return once the server answers and its roles are in place.

        `say` hears one sentence when that takes longer than SLOW seconds.
        """
        began, told = time.monotonic(), False
        while (connection := self._connect()) is None:
            waited = time.monotonic() - began
            if not self.is_running:
                self._relaunch(began)
            elif waited > patience:
                raise DatabaseStartError(
                    f"PostgreSQL did not answer within {patience:.0f} seconds: see {self.layout.log}."
                )
            if say and not told and waited > SLOW:
                say("The database is getting ready; after a crash this can take a while …")
                told = True
            time.sleep(0.01 if waited < 1 else 0.25)
        with connection:
            self._provision(connection)
        return self

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self, *, patience: float = 30) -> None:
        """Fast shutdown: open transactions are rolled back, everything committed is on disk."""
        if self.process is not None and self.is_running:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait(patience)
        self.process = None
        self._claim.release()

    def end_at_once(self, *, patience: float = 1) -> None:
        """End a server that hangs, so that it can be launched again. What was committed is on disk."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGQUIT)
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def forget(self) -> None:
        """In a forked child: let go of the parent's lock, so that it ends with the parent."""
        self._claim.forget()
        self.process = None

    # Steps

    def _relaunch(self, began: float) -> None:
        """The process ended before it answered: try again while that can help, or say why it ended."""
        words = self._last_words()
        may_pass = any(sign in words for sign in PASSING)
        if not may_pass or time.monotonic() - began > PATIENCE_WITH_LEFTOVERS:
            self.stop()
            raise DatabaseStartError(f"PostgreSQL does not start: {words}")
        time.sleep(0.5)
        self.begin()

    def _last_words(self) -> str:
        """What the server said since it was last launched: its last three lines, without times."""
        with self.layout.log.open(errors="replace") as log:
            log.seek(self._log_start)
            lines = [re.sub(r"^.*?(LOG|FATAL|PANIC|HINT):\s+", "", line.strip()) for line in log]
        return "; ".join(lines[-3:]) or "it said nothing"

    def _connect(self) -> psycopg.Connection[tuple[object, ...]] | None:
        """A connection of the role that has work to do now, or None while the server is not ready."""
        import psycopg

        url = self.owner_url if self._is_provisioned() else self.admin_url
        if not (self.layout.sockets / f".s.PGSQL.{layout.SOCKET_PORT}").exists():
            return None
        try:
            return psycopg.connect(url, autocommit=True, connect_timeout=5)
        except psycopg.OperationalError:
            return None

    # Roles

    @property
    def _key_digest(self) -> str:
        return fingerprint("admin", role_password(self.secret_key, layout.ADMIN))

    def _state(self) -> tuple[str, str]:
        """Digest of the key and version of the provisioning last applied; empty before the first."""
        try:
            key, version = self.layout.state.read_text().split()
        except (OSError, ValueError):
            return "", ""
        return key, version

    def _is_provisioned(self) -> bool:
        return self._state() == (self._key_digest, PROVISIONING)

    def _provision(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        if self._is_provisioned():
            return
        from . import statements

        password = role_password(self.secret_key, layout.OWNER)
        statements.make_login(connection, layout.OWNER, password)
        self.add_database(layout.DATABASE, connection)
        self.layout.state.write_text(f"{self._key_digest} {PROVISIONING}")

    def add_database(
        self, name: str, connection: psycopg.Connection[tuple[object, ...]] | None = None
    ) -> Roles:
        """Make a database `name` with the roles and rights of the real one (tests use their own)."""
        import psycopg

        from . import statements

        if connection is None:
            with psycopg.connect(self.admin_url, autocommit=True) as own:
                return self.add_database(name, own)
        app, definer = role_names(layout.DATABASE)
        roles = Roles(owner=layout.OWNER, app=app, definer=definer)
        statements.make_database(connection, name, layout.OWNER)
        with psycopg.connect(self.url(layout.ADMIN, name), autocommit=True) as inside:
            provision_connection(inside, roles, role_password(self.secret_key, app))
        return roles
