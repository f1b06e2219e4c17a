"""What comes next in a deal: its nearest open task, call or meeting, told by the slice that keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from afluente.kernel import clock

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping, Sequence

    from afluente.accounts.models import Membership

    Load = Callable[..., Mapping[int, "Next"]]

LATE, TODAY, PLANNED, NONE = "late", "today", "planned", "none"
_loads: list[Load] = []


@dataclass(frozen=True, slots=True)
class Next:
    """One open activity: when it is due (None: some day), and its sign."""

    id: int
    title: str
    at: dt.datetime | None = None
    icon: str = "list-checks"


def register_next(load: Load) -> None:
    """Let a slice above say what comes next: `load(member=…, deal_ids=…)` by deal, as far as that member may
    know it, in one query.
    """
    _loads.append(load)


def nexts(*, member: Membership, deal_ids: Sequence[int]) -> dict[int, Next]:
    """What comes next in each of the deals that have anything: a query for each slice that knows."""
    found: dict[int, Next] = {}
    for load in _loads if deal_ids else ():
        for deal_id, one in load(member=member, deal_ids=deal_ids).items():
            if deal_id not in found or _rank(one) < _rank(found[deal_id]):
                found[deal_id] = one
    return found


def tone_of(one: Next | None) -> str:
    """How near it is: LATE, TODAY, PLANNED (later, or some day), or NONE when nothing is planned."""
    if one is None:
        return NONE
    if one.at is None:
        return PLANNED
    if one.at < clock.now():
        return LATE
    return TODAY if timezone.localdate(one.at) == timezone.localdate(clock.now()) else PLANNED


def _rank(one: Next) -> tuple[bool, float]:
    return one.at is None, one.at.timestamp() if one.at else 0
