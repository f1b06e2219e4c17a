"""Where a reader of the log stands: what was committed when it last looked.

PostgreSQL's snapshot says exactly which transactions were over. A row is new to a reader when its
transaction was not over in the snapshot of the last look and is now; so nothing is missed when
transactions commit in another order than they began, and nothing comes twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SHAPE = re.compile(r"(\d{1,19}):(\d{1,19}):((?:\d{1,19}(?:,\d{1,19})*)?)")
_LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Snapshot:
    """`xmin:xmax:running`, as PostgreSQL writes it: below xmin all is over, from xmax on nothing."""

    text: str
    xmin: int
    xmax: int
    running: frozenset[int]

    @classmethod
    def parse(cls, text: str) -> Snapshot | None:
        """Read a snapshot; None for anything PostgreSQL would not take either."""
        found = _SHAPE.fullmatch(text)
        if found is None:
            return None
        xmin, xmax = int(found[1]), int(found[2])
        running = [int(each) for each in found[3].split(",") if each]
        is_sane = 0 < xmin <= xmax <= _LARGEST and all(xmin <= each < xmax for each in running)
        if not is_sane or running != sorted(set(running)):
            return None
        return cls(text, xmin, xmax, frozenset(running))

    def sees(self, tx: int) -> bool:
        """Whether transaction `tx`, known to be committed, was so already then."""
        return tx < self.xmin or (tx < self.xmax and tx not in self.running)

    def is_newer_than(self, other: Snapshot) -> bool:
        """Whether this look was later: the end only moves on, and at one end runners only finish."""
        return (self.xmax, -len(self.running)) > (other.xmax, -len(other.running))


@dataclass(frozen=True)
class Cursor:
    """What a reader has: all that `seen` sees, and of what `partly` sees besides, ids up to `upto`.

    As a text it is the id of a message, which browsers send back when they reconnect.
    """

    seen: Snapshot
    partly: Snapshot | None = None
    upto: int = 0

    @classmethod
    def parse(cls, text: str) -> Cursor | None:
        """Read a message id; None when it is none of ours."""
        first, *rest = text.split("~")
        seen = Snapshot.parse(first)
        if seen is None or not rest:
            return None if seen is None else cls(seen)
        if len(rest) != 2 or not re.fullmatch(r"\d{1,18}", rest[1]):
            return None
        partly = Snapshot.parse(rest[0])
        return None if partly is None else cls(seen, partly, int(rest[1]))

    def __str__(self) -> str:
        return self.seen.text if self.partly is None else f"{self.seen.text}~{self.partly.text}~{self.upto}"

    def has(self, number: int, tx: int) -> bool:
        """Whether the reader has the row `number`, written by transaction `tx`."""
        if self.seen.sees(tx):
            return True
        return self.partly is not None and number <= self.upto and self.partly.sees(tx)
