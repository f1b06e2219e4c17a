"""Named places where a test may kill the process, to prove that it does not matter (R-2).

Armed only in a test run: both variables must be set before the process starts. The file named by
AFLUENTE_CRASH_FILE holds the name of the place; whoever dies there takes the file along, so that the
process that comes after lives.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

_file = os.environ.get("AFLUENTE_CRASH_FILE") if "AFLUENTE_TESTING" in os.environ else None


def point(name: str) -> None:
    """Die here if a test asked for it; otherwise nothing."""
    if _file is None:
        return
    with suppress(FileNotFoundError):
        if Path(_file).read_text() == name:
            Path(_file).unlink()
            os.kill(os.getpid(), signal.SIGKILL)
