"""Jobs that only the tests do, registered in the test process and in its workers alike."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from afluente.accounts.models import Team, User
from afluente.kernel import jobs


@jobs.job("test.greet")
def greet(*, email: str, **_later: Any) -> None:
    User.objects.create_user(email=email, name="Greeted")


@jobs.job("test.found_team")
def found_team(*, name: str, **_later: Any) -> None:
    Team.objects.create(name=name)


@jobs.job("test.fail", retries=2)
def fail(*, email: str, **_later: Any) -> None:
    """Fails after it has changed something."""
    User.objects.create_user(email=email, name="Half done")
    raise ValueError("The number is not a number.")


@jobs.job("test.hopeless")
def hopeless(**_later: Any) -> None:
    raise jobs.HopelessError("The address does not exist.")


@jobs.job("test.note", atomic=False)
def note(*, file: str, seconds: float = 0, **_later: Any) -> None:
    """Writes a line outside the database, then takes its time."""
    with Path(file).open("a") as notes:
        notes.write(f"{os.getpid()}\n")
    time.sleep(seconds)


@jobs.every(3600, "test.hourly", atomic=False)
def hourly(**_later: Any) -> None:
    """Queued once an hour."""
