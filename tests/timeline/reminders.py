"""Reminders as a test wants them: about contacts, telling whom the test says."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from afluente.contacts.models import Contact
from afluente.kernel import clock
from afluente.timeline import events, services
from afluente.timeline.selectors import notices

if TYPE_CHECKING:
    from collections.abc import Sequence

KIND = "contact.call_back"


def register(*, is_urgent: bool = False) -> None:
    """Tell the assignees of contacts that are still there to call back."""
    notices.register_notification(
        notices.NotificationKind(
            name=KIND,
            label="Call back",
            sentence="Call {record} back {how}",
            words=lambda data: {"how": data["how"]},
            is_urgent=is_urgent,
        )
    )
    events.register_reminder(events.ReminderKind(name=KIND, record_kind="contact", tell=_tell))


def _tell(ids: Sequence[int]) -> dict[int, events.Told]:
    found = Contact.objects.filter(pk__in=ids, deleted_at=None).values_list("pk", "assignee_id")
    return {pk: events.Told([who], {"how": "today"}) for pk, who in found if who is not None}


def ago(minutes: float) -> dt.datetime:
    return clock.now() - dt.timedelta(minutes=minutes)


def remind_of(*records: int, at: dt.datetime) -> None:
    """Set one reminder for each contact."""
    services.set_reminders(
        [services.NewReminder(record_kind="contact", record_id=pk, kind=KIND, at=at) for pk in records]
    )
