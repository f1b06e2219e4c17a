"""Telling members of events that were written: by a job, a set at a time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction

from afluente.timeline.events import watches
from afluente.timeline.models import Event
from afluente.timeline.services.notifying import Notice, notify

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FEW = 5  # notices of one kind that one act makes for one member; more of them are one


@transaction.atomic
def tell(*, events: Sequence[int]) -> int:
    """Tell members of these events of the log; how many were told something."""
    rows = list(Event.objects.filter(pk__in=events).order_by("pk"))
    found: list[Notice] = []
    for watch in watches():
        own = [row for row in rows if row.kind in watch.kinds]
        found.extend(watch.tell(own) if own else ())
    return notify(gathered(found))


def gathered(given: Iterable[Notice]) -> list[Notice]:
    """Notices in their order; many alike for one member are the first one "and 12 more"."""
    alike: dict[tuple[int, str, int | None], list[Notice]] = defaultdict(list)
    for one in given:
        alike[one.member_id, one.kind, one.actor.id].append(one)
    return [
        one
        for many in alike.values()
        for one in (
            many if len(many) <= FEW else [replace(many[0], data={**many[0].data, "more": len(many) - 1})]
        )
    ]
