"""Reminders of due dates: planned with the deal, told to whoever is its assignee by then."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from afluente.deals.models import Deal
from afluente.timeline import services as timeline
from afluente.timeline.events import Told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DUE = "deal.due"
RECORD = "deal"


def plan_reminders(due: Mapping[int, tuple[dt.datetime | None, int | None]]) -> None:
    """Let the reminders of these deals be as they are due: (moment, minutes before); None for neither.

    In the transaction that says when they are due.
    """
    wanted = {pk: at - dt.timedelta(minutes=before) for pk, (at, before) in due.items() if at and before}
    if gone := due.keys() - wanted.keys():
        timeline.drop_reminders(RECORD, gone, DUE)
    if wanted:
        timeline.set_reminders(
            [
                timeline.NewReminder(record_kind=RECORD, record_id=pk, kind=DUE, at=at)
                for pk, at in wanted.items()
            ]
        )


def tell_due(ids: Sequence[int]) -> dict[int, Told]:
    """Whom to remind of these deals: the assignee of each that is open and still due."""
    found = Deal.objects.open().filter(pk__in=ids, due_at__isnull=False, assignee__isnull=False)
    return {
        deal.pk: Told(
            members=[deal.assignee_id or 0],
            data={"due": deal.due_at.isoformat(), "is_day": deal.is_due_day},
        )
        for deal in found
        if deal.due_at is not None
    }
