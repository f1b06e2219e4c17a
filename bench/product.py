"""The product in processes of its own on a scratch data directory, whole or in parts."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from afluente.kernel.postgres import Embedded, layout

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
SECRET = "bench-" + "k" * 50
EMAIL, PASSWORD = "medida@afluente.example", "correnteza-do-rio-7"
SCOPES = "leads:write,leads:read,contacts:read,contacts:write,deals:read,deals:write"
PATIENCE = 120.0  # seconds


class Site:
    """One data directory and what is started on it."""

    def __init__(self, data_dir: Path, *, overrides: dict[str, str] | None = None) -> None:
        self.data_dir = data_dir
        self.port = int(os.environ.get("AFLUENTE_BENCH_PORT", "0")) or free_port()
        self.server = Embedded(data_dir, SECRET, overrides=overrides)
        self.web_process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What a person's shell would give; nothing of ours leaks in but where Python looks."""
        unwanted = ("AFLUENTE_", "DJANGO_", "PYTHONDONTWRITEBYTECODE")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
        return kept | {
            "AFLUENTE_DATA_DIR": str(self.data_dir),
            "AFLUENTE_PORT": str(self.port),
            "AFLUENTE_SECRET_KEY": SECRET,
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        }

    # The parts

    @contextmanager
    def database(self) -> Iterator[None]:
        """Only PostgreSQL, with its tables."""
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.server:
            self.command("migrate")
            yield

    @contextmanager
    def web(self) -> Iterator[None]:
        """PostgreSQL and one web process, no worker."""
        with self.database(), self._started("web") as self.web_process:
            yield

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """All of it, as `make run` starts it."""
        with self._started("run") as process:
            yield process

    @contextmanager
    def _started(self, verb: str) -> Iterator[subprocess.Popen[bytes]]:
        process = self.launch(verb)
        try:
            self.wait(process)
            yield process
        finally:
            stop(process)

    def launch(self, verb: str) -> subprocess.Popen[bytes]:
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.data_dir / "said.log").open("ab") as said:
            return subprocess.Popen(  # noqa: S603  our own program
                [sys.executable, "-m", "afluente", verb],
                env=self.environment,
                cwd=self.data_dir,
                stdout=said,
                stderr=said,
            )

    def wait(self, process: subprocess.Popen[bytes], path: str = "/healthz") -> None:
        """Until `path` is answered."""
        deadline = time.monotonic() + PATIENCE
        while not self.answers(path):
            if process.poll() is not None or time.monotonic() > deadline:
                said = (self.data_dir / "said.log").read_text(errors="replace")
                raise RuntimeError(f"The product does not answer: {said[-2000:]}")
            time.sleep(0.005)

    def answers(self, path: str) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path, headers={"Host": f"localhost:{self.port}"})
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        return answer.status < 500

    # What is asked of it

    def command(self, *words: str) -> str:
        """Another verb on the same data directory; what it printed."""
        return self._run("afluente", *words)

    def inside(self, task: str, **arguments: Any) -> dict[str, Any]:
        """Run `bench.inside.<task>` in a process of its own, with the product's settings."""
        found: dict[str, Any] = json.loads(self._run(f"bench.inside.{task}", json.dumps(arguments)))
        return found

    def _run(self, module: str, *words: str) -> str:
        done = subprocess.run(  # noqa: S603  our own program
            [sys.executable, "-m", module, *words],
            env=self.environment,
            cwd=self.data_dir,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{module} {words[:1]}: {done.stderr.strip()[-3000:]}")
        return done.stdout.strip()

    def set_up(self, name: str) -> int:
        """A workspace with its owner; its number. The owner of the first one is EMAIL."""
        with self.connect() as connection:
            (count,) = connection.execute("SELECT count(*) FROM accounts_workspace").fetchone() or (0,)
        email = EMAIL if not count else f"medida{count}@afluente.example"
        self.command("setup", "--workspace", name, "--email", email, "--password", PASSWORD)
        with self.connect() as connection:
            (number,) = connection.execute("SELECT max(id) FROM accounts_workspace").fetchone() or (0,)
        return int(number)

    def token(self, workspace_id: int) -> str:
        return self.command("token", "create", "--scopes", SCOPES, "--workspace", str(workspace_id))

    def connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        """As the superuser, past row-level security: for filling, counting and floors."""
        return psycopg.connect(self.server.url(layout.ADMIN), autocommit=True)

    def connect_as_app(self) -> psycopg.Connection[tuple[Any, ...]]:
        """As the role that serves: row-level security and foreign keys as for the product."""
        return psycopg.connect(self.server.app_url, autocommit=True)


def stop(process: subprocess.Popen[bytes]) -> None:
    """As Ctrl-C would."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=30)
    if process.poll() is None:
        process.kill()
        process.wait()


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
