"""What delivery tells the slices above."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settled:
    """A message or call of a step came to an end: sent, failed, skipped, unknown or cancelled, and why.

    `key` is the name that the step gave it. A person's decision about an unknown one settles it again.
    """

    key: str
    state: str
    reason: str = ""
    detail: str = ""
