"""The product in processes of its own, on this test process's database.

`served` gives the address of a running web process with a worker beside it; both are started once
for the whole run. The rows that a test commits are what they see.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60  # seconds a process may take to come up; alone on a machine it takes about one


@dataclass
class Server:
    """A web process and a worker on one database. `url` has no slash at its end.

    `jobs` names a module of the tests whose jobs the worker is to know; `via` is the port of a proxy
    to the database (tests/faults.py).
    """

    database: str
    port: int
    jobs: str = ""
    via: str = ""
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, role: str) -> subprocess.Popen[bytes]:
        """Start `web` or `worker` (again)."""
        command = [
            sys.executable,
            "-m",
            "tests.serving",
            role,
            self.database,
            str(self.port),
            self.jobs,
            self.via,
        ]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
        self.processes[role] = subprocess.Popen(command, cwd=ROOT, env=environment)  # noqa: S603
        if role == "web":
            self._wait()
        return self.processes[role]

    def kill(self, role: str) -> None:
        """As a crash would: no clean-up runs."""
        self.processes[role].kill()
        self.processes.pop(role).wait()

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()

    def _wait(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.processes["web"].poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=2):  # noqa: S310
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise RuntimeError("The web process did not come up.")


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def server(django_db_setup: None) -> Iterator[Server]:
    """The running product, for the whole run. Tests that kill its parts start them again."""
    from django.db import connections

    running = Server(str(connections["default"].settings_dict["NAME"]), free_port())
    try:
        running.start("web")
        running.start("worker")
        yield running
    finally:
        running.stop()


@pytest.fixture
def served(committed_db: None, server: Server) -> Server:
    """The running product and an empty database, for one test."""
    return server


def main(role: str, database: str, port: str, jobs: str, via: str) -> None:
    """Be one role of the product, on a copy of the migrated database."""
    import django

    _die_with_parent()
    django.setup()
    from django.db import connections

    for alias in ("default", "owner"):
        connections[alias].settings_dict["NAME"] = database
        if via:
            connections[alias].settings_dict |= {"HOST": "127.0.0.1", "PORT": via}
    if role == "web":
        from afluente.config import web

        web.main(int(port))
    else:
        import importlib

        from afluente.config import worker

        if jobs:
            importlib.import_module(jobs)

        worker.main()


def _die_with_parent() -> None:
    """A killed test run leaves no servers behind (Linux; elsewhere `stop` must do)."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "afluente.config.settings")
    main(*sys.argv[1:])
