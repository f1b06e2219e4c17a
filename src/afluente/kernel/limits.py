"""How often something may happen: counted in PostgreSQL, exactly, whichever process is asked.

One statement counts and answers, so that two requests at once cannot both be the last one. Windows
are fixed: a limit of 5 in 60 seconds lets at most 10 through around the turn of a minute.

Ask before entering a workspace: inside a longer transaction the row stays locked until it ends, and
a count taken back with the transaction is no count.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from afluente.kernel import statements


@dataclass(frozen=True)
class Limit:
    """At most `most` in `seconds`, for each subject on its own. `name` has no colon."""

    name: str
    most: int
    seconds: int

    def key(self, subject: str) -> str:
        """The row that counts for `subject`, which may be anything; it is not kept in the clear."""
        return f"{self.name}:{self.seconds}:{hashlib.sha256(subject.encode()).hexdigest()[:40]}"


@dataclass(frozen=True)
class Verdict:
    """`retry_after` is in seconds, for the header of the same name; 0 when allowed. `left` is how many
    more are allowed, until the window ends in `resets_in` seconds.
    """

    is_allowed: bool
    retry_after: int
    left: int = 0
    resets_in: int = 0


def take(limit: Limit, subject: str, *, cost: int = 1) -> Verdict:
    """Count one more for `subject` and say whether that was still allowed. Refusals count too."""
    count, rest = statements.take(key=limit.key(subject), seconds=limit.seconds, cost=cost)
    rest = max(rest, 1)
    is_allowed = count <= limit.most
    return Verdict(is_allowed, 0 if is_allowed else rest, max(limit.most - count, 0), rest)


def give_back(limit: Limit, subject: str, *, cost: int = 1) -> None:
    """Take a count back, when what was counted turned out to be harmless."""
    statements.give_back(key=limit.key(subject), seconds=limit.seconds, cost=cost)


def forget(limit: Limit, subject: str) -> None:
    """Start anew for `subject`."""
    statements.forget_count(key=limit.key(subject))
