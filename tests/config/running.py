"""The whole product in a process of its own, as `afluente run` starts it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90  # seconds; a start takes three, on a machine that does four other things twenty


class Product:
    """`afluente run` on a data directory and a free port of its own."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AFLUENTE_")}
        self.environment = kept | {
            "AFLUENTE_DATA_DIR": str(data_dir),
            "AFLUENTE_PORT": str(self.port),
            "PYTHONPATH": str(ROOT / "src"),
        }
        self.process: subprocess.Popen[str] | None = None

    def launch(self, verb: str = "run") -> subprocess.Popen[str]:
        """Start without waiting."""
        self.process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "afluente", verb],
            env=self.environment,
            cwd=self.data_dir,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return self.process

    def start(self, verb: str = "run") -> str:
        """Start and return the line that was printed when it was ready."""
        stdout = self.launch(verb).stdout
        assert stdout is not None
        return stdout.readline().strip()

    def command(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Another verb on the same data directory, with the output of both streams."""
        return subprocess.run(  # noqa: S603
            [sys.executable, "-m", "afluente", *words],
            env=self.environment | variables,
            cwd=self.data_dir,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )

    def end(self, number: signal.Signals) -> tuple[int, str]:
        """Send a signal to the supervisor; its exit code and whatever else it printed."""
        assert self.process is not None
        self.process.send_signal(number)
        said, _ = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, said

    @property
    def pids(self) -> dict[str, int]:
        found: dict[str, int] = json.loads((self.data_dir / "processes.json").read_text())
        return found

    def kill(self, role: str) -> None:
        """kill -9 one process and wait until another has taken its place."""
        before = self.pids[role]
        os.kill(before, signal.SIGKILL)
        deadline = time.monotonic() + PATIENCE
        while self.pids[role] in {before, 0}:
            assert time.monotonic() < deadline, f"no new {role}"
            time.sleep(0.02)

    def health(self) -> int:
        """Status of /healthz, once it is 200 or patience has ended."""
        deadline = time.monotonic() + PATIENCE
        while (status := self._status()) != 200 and time.monotonic() < deadline:
            time.sleep(0.05)
        return status

    def _status(self) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            return refused.code
        except OSError:
            return 0


def is_alive(pid: int) -> bool:
    """Whether a process runs: a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
