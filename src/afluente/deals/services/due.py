"""When deals are due, and who is reminded how long before (crm.md 2.5, 5.14)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from afluente.contacts.selectors import home
from afluente.deals.models import Deal
from afluente.deals.services.editing import primary_contacts
from afluente.deals.services.reminding import plan_reminders
from afluente.kernel import clock
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.timeline.events import Actor

# Minutes: 15 min to 7 days (crm.md 2.4, notifyIn).
REMINDERS = (15, 30, 60, 120, 180, 360, 720, 1440, *(1440 * days for days in range(2, 8)))


@dataclass(frozen=True)
class Due:
    """When a deal is due: a moment, or a day (`is_day`), whose last second it then is."""

    at: dt.datetime | None = None
    is_day: bool = False
    remind_before: int | None = None  # minutes, one of REMINDERS

    @property
    def columns(self) -> dict[str, Any]:
        """As a deal keeps it."""
        return {"due_at": self.at, "is_due_day": self.is_day, "remind_before": self.remind_before}


class BadReminderError(ValueError):
    """A reminder that is not offered."""


def due_on(day: dt.date, time: dt.time | None = None, remind_before: int | None = None) -> Due:
    """Due on a day where the workspace is, at a time or until its end."""
    zone = home().zone
    at = dt.datetime.combine(day, time or dt.time(23, 59, 59), tzinfo=zone)
    return Due(at.astimezone(dt.UTC), time is None, remind_before)


@transaction.atomic
def set_due(*, deal_ids: Sequence[int], due: Due, by: Actor) -> list[int]:
    """Say when deals are due, or that they are not (`Due()`); those that changed, one event each.

    Raises BadReminderError.
    """
    if due.remind_before is not None and due.remind_before not in REMINDERS:
        raise BadReminderError(due.remind_before)
    wanted = due if due.at is not None else Due()
    deals = Deal.objects.present().select_for_update(of=("self",)).filter(pk__in=deal_ids).order_by("pk")
    changed = [deal for deal in deals if due_of(deal) != wanted]
    ids = [deal.pk for deal in changed]
    Deal.objects.filter(pk__in=ids).update(**wanted.columns, updated_at=clock.now())
    plan_reminders(dict.fromkeys(ids, (wanted.at, wanted.remind_before)))
    people = primary_contacts(ids)
    timeline.record(
        [
            NewEvent(
                "deal.changed",
                by,
                deal_id=deal.pk,
                contact_id=people.get(deal.pk),
                data=_pairs(due_of(deal), wanted),
            )
            for deal in changed
        ]
    )
    return ids


def due_of(deal: Deal) -> Due:
    """What is said of this deal now."""
    return Due(deal.due_at, deal.is_due_day, deal.remind_before)


def _pairs(before: Due, after: Due) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if (before.at, before.is_day) != (after.at, after.is_day):
        told["due"] = [_plain(before), _plain(after)]
    if before.remind_before != after.remind_before:
        told["remind_before"] = [before.remind_before, after.remind_before]
    return told


def _plain(due: Due) -> str:
    """An ISO day, an ISO moment, or nothing."""
    if due.at is None:
        return ""
    return due.at.astimezone(home().zone).date().isoformat() if due.is_day else due.at.isoformat()
