"""Named places where a test may kill the process, to prove that it does not matter (R-2).

Armed only in a test run: both variables must be set before the process starts.
"""

from __future__ import annotations

import os
import signal

_armed = os.environ.get("AFLUENTE_CRASH_AT") if "AFLUENTE_TESTING" in os.environ else None


def point(name: str) -> None:
    """Die here if a test asked for it; otherwise nothing."""
    if _armed is not None and _armed == name:
        os.kill(os.getpid(), signal.SIGKILL)
