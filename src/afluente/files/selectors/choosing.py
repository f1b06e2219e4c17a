"""Files of the store to choose from while a record is added (SP-101)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from afluente.files import policies
from afluente.files.selectors.listing import rows_of, told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.accounts.models import Membership
    from afluente.files.selectors.listing import FileRow

OFFERED = 8


@dataclass(frozen=True)
class Offer:
    """Files of the store: those chosen already, then the newest others that fit."""

    chosen: Sequence[FileRow]
    others: Sequence[FileRow]


def store_offer(*, member: Membership, query: str = "", chosen: Sequence[int] = ()) -> Offer:
    """What `member` may choose; `chosen` stay whatever is looked for. One query, two with some chosen."""
    seen = policies.visible_to(member)
    kept = rows_of(told(seen.filter(pk__in=chosen)).order_by("-pk"), member) if chosen else []
    others = seen.exclude(pk__in=[row.id for row in kept])
    if query:
        others = others.filter(name__icontains=query)
    return Offer(kept, rows_of(told(others).order_by("-pk")[:OFFERED], member))
