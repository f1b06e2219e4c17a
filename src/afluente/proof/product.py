"""The whole product in processes of its own, on a scratch data directory and a free port."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from afluente.kernel.postgres import layout
from afluente.kernel.postgres.connections import socket_url
from afluente.kernel.postgres.secrets import role_password

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

SOURCES = Path(__file__).resolve().parents[2]
PATIENCE = 90.0  # seconds for a start on a busy machine; it takes about three
EMAIL, PASSWORD = "prova@afluente.example", "correnteza-do-rio-7"
ALL_SCOPES = "leads:write,leads:read,contacts:read,contacts:write,deals:read,deals:write"

Row = tuple[Any, ...]


class Product:
    """Use it as a context: it starts, and is stopped and removed at the end.

    `plants` name defects of `proof.plants` that the started processes carry. A `data_dir` that is
    given stays.
    """

    def __init__(
        self, *, data_dir: Path | None = None, port: int | None = None, plants: tuple[str, ...] = ()
    ) -> None:
        self._is_ours = data_dir is None
        self.data_dir = data_dir or Path(tempfile.mkdtemp(prefix="afluente-proof-"))
        self.port = port or free_port()
        self.plants = plants
        self.secret_key = "proof-" + "k" * 50
        self._process: subprocess.Popen[bytes] | None = None
        self._workers: list[subprocess.Popen[bytes]] = []

    # From start to stop

    def __enter__(self) -> Product:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        if kind is not None:
            pass
        self.stop()
        if self._is_ours:
            shutil.rmtree(self.data_dir, ignore_errors=True)

    @property
    def environment(self) -> dict[str, str]:
        """What the processes are started with; nothing of ours leaks in but where Python looks."""
        unwanted = ("AFLUENTE_", "DJANGO_", "PYTHONDONTWRITEBYTECODE", "PYTEST_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
        return kept | {
            "AFLUENTE_DATA_DIR": str(self.data_dir),
            "AFLUENTE_PORT": str(self.port),
            "AFLUENTE_SECRET_KEY": self.secret_key,
            "AFLUENTE_TESTING": "1",
            "AFLUENTE_CRASH_FILE": str(self.crash_file),
            "AFLUENTE_PLANTS": ",".join(self.plants),
            "PYTHONPATH": str(SOURCES),
        }

    def start(self) -> float:
        """Start everything; seconds until the product was healthy."""
        began = time.monotonic()
        self._process = self._launch("run")
        self.wait()
        return time.monotonic() - began

    def add_worker(self) -> None:
        """A second worker beside the supervised one, as on another machine."""
        self._workers.append(self._launch("worker"))

    def stop(self) -> None:
        """Stop it as Ctrl-C would."""
        for process in [*self._workers, self._process]:
            if process is None or process.poll() is not None:
                continue
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._workers.clear()
        self._process = None

    def _launch(self, verb: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "afluente.proof.launch", verb]
        with (self.data_dir / "said.log").open("ab") as said:
            return subprocess.Popen(  # noqa: S603  our own program
                command, env=self.environment, cwd=self.data_dir, stdout=said, stderr=said
            )

    def wait(self, seconds: float = PATIENCE) -> None:
        """Until the product is healthy, worker included. Raises TimeoutError with its last words."""
        deadline = time.monotonic() + seconds
        while self.health().get("status") != "ok":
            if self._process is not None and self._process.poll() is not None:
                raise RuntimeError(f"The product ended: {self.log[-2000:]}")
            if time.monotonic() > deadline:
                raise TimeoutError(f"Not healthy after {seconds} s: {self.log[-2000:]}")
            time.sleep(0.02)

    def health(self) -> dict[str, Any]:
        """What /healthz says; {} when nobody answers."""
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                found: dict[str, Any] = json.load(answer)
                return found
        except (urllib.error.URLError, OSError, ValueError):
            return {}

    @property
    def log(self) -> str:
        with suppress(FileNotFoundError):
            return (self.data_dir / "said.log").read_text(errors="replace")
        return ""

    # Its parts

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def crash_file(self) -> Path:
        return self.data_dir / "crash-at"

    @property
    def pids(self) -> dict[str, int]:
        """Process numbers by role: supervisor, web, worker, postgres; and worker-2 when there is one."""
        found: dict[str, int] = json.loads((self.data_dir / "processes.json").read_text())
        return found | {f"worker-{n}": one.pid for n, one in enumerate(self._workers, start=2)}

    def kill(self, role: str) -> bool:
        """kill -9 `role`; False when it is not there just now."""
        try:
            pid = self.pids.get(role, 0)
            if pid:
                os.kill(pid, signal.SIGKILL)
        except (FileNotFoundError, ProcessLookupError, ValueError):
            return False
        if role.startswith("worker-"):  # nobody supervises that one
            number = int(role.removeprefix("worker-")) - 2
            self._workers[number].wait()
            self._workers[number] = self._launch("worker")
        return bool(pid)

    # What an operator does

    def command(self, *words: str, check: bool = True) -> str:
        """Another verb on the same data directory; what it printed."""
        done = subprocess.run(  # noqa: S603  our own program
            [sys.executable, "-m", "afluente", *words],
            env=self.environment,
            cwd=self.data_dir,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        if check and done.returncode:
            raise RuntimeError(f"afluente {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout.strip()

    def set_up(self, name: str = "Prova", email: str = EMAIL) -> int:
        """A workspace with its owner; its number."""
        self.command("setup", "--workspace", name, "--email", email, "--password", PASSWORD)
        ((number,),) = self.rows("SELECT max(id) FROM accounts_workspace")
        return int(number)

    def token(self, workspace: str = "") -> str:
        """An API token that may do everything."""
        words = ["token", "create", "--scopes", ALL_SCOPES]
        return self.command(*words, *(["--workspace", workspace] if workspace else []))

    # Its database, as the superuser: for counting and for planting

    @property
    def admin_url(self) -> str:
        password = role_password(self.secret_key, layout.ADMIN)
        return socket_url(self.data_dir, role=layout.ADMIN, password=password, database=layout.DATABASE)

    def role_url(self, role: str) -> str:
        """The address of the database for another role, such as `afluente_app`."""
        password = role_password(self.secret_key, role)
        return socket_url(self.data_dir, role=role, password=password, database=layout.DATABASE)

    def connect(self) -> psycopg.Connection[Row]:
        return psycopg.connect(self.admin_url, autocommit=True)

    def rows(self, statement: str, parameters: Any = None) -> list[Row]:
        """Ask the database, past row-level security."""
        with self.connect() as connection:
            found = connection.execute(statement, parameters)
            return list(found.fetchall()) if found.description else []


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def descendants(pid: int) -> Iterator[int]:
    """The process and everything below it, by /proc (Linux)."""
    yield pid
    with suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from descendants(int(child))
