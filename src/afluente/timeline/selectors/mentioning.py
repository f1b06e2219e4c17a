"""Whom one may mention."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from afluente.accounts.policies import assignable_by
from afluente.kernel import text
from afluente.timeline import policies

if TYPE_CHECKING:
    from afluente.accounts.models import Membership

MOST = 8


@dataclass(frozen=True)
class Person:
    """A member in the list behind @. `sees` is whether they may see the record."""

    member: Membership
    sees: bool


def people(*, member: Membership, words: str, record: tuple[str, int]) -> list[Person]:
    """Up to eight active members, any word of whose name begins with `words`, whatever its accents.

    Those whose whole name begins so come first. Two queries.
    """
    wanted = text.norm(words).strip()
    active = assignable_by(member).select_related("user", "workspace", "team").order_by("user__name", "pk")
    ranked = [(rank, one) for one in active if (rank := _rank(text.norm(one.user.name), wanted)) is not None]
    found = [one for _, one in sorted(ranked, key=lambda pair: pair[0])[:MOST]]
    seeing = policies.seen_by(*record, found)
    return [Person(one, one.pk in seeing) for one in found]


def _rank(name: str, wanted: str) -> int | None:
    if name.startswith(wanted):
        return 0
    return 1 if f" {wanted}" in name else None
