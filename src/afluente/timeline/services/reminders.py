"""Reminders: set with the record they belong to, and told once when their moment comes.

There is one job for each kind in a workspace, due when the next reminder is. Setting moves it forward,
and nothing looks at the table before then.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from afluente.kernel import crash, jobs
from afluente.kernel.workspace import current_workspace_id
from afluente.timeline import statements
from afluente.timeline.events import SYSTEM, reminder_kind
from afluente.timeline.models import Reminder
from afluente.timeline.services.notifying import Notice, notify

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable, Sequence

    from afluente.timeline.events import ReminderKind

REMIND_JOB = "timeline.remind"
BATCH = 2_000  # reminders told in one transaction


class UnknownReminderError(LookupError):
    """No slice has registered this kind of reminder for this kind of record."""


@dataclass(frozen=True, kw_only=True)
class NewReminder:
    """Tell about this record at `at`. A moment that has passed is due at once."""

    record_kind: str
    record_id: int
    kind: str
    at: dt.datetime


@transaction.atomic
def set_reminders(reminders: Sequence[NewReminder]) -> None:
    """Set reminders in the transaction of what they belong to; of one record and kind the last one counts.

    What was set before is moved. Raises UnknownReminderError.
    """
    wanted = {(one.record_kind, one.record_id, one.kind): one.at for one in reminders}
    earliest: dict[str, dt.datetime] = {}
    for (record_kind, _, kind), at in wanted.items():
        if _known(kind).record_kind != record_kind:
            raise UnknownReminderError(f"{kind} of {record_kind}")
        earliest[kind] = min(at, earliest.get(kind, at))
    if wanted:
        statements.save_reminders([(*key, at) for key, at in wanted.items()])
    for kind, at in sorted(earliest.items()):
        _plan(kind, at)


def drop_reminders(record_kind: str, ids: Collection[int], kind: str | None = None) -> int:
    """Take back the reminders of these records, all or those of one kind; how many there were."""
    found = Reminder.objects.filter(record_kind=record_kind, record_id__in=ids)
    count, _ = (found if kind is None else found.filter(kind=kind)).delete()
    return count


@transaction.atomic
def remind(*, kind: str) -> int:
    """Tell what is due of a kind, up to BATCH, and plan the next moment; how many reminders were due.

    The reminders go in the transaction in which they become notifications: each once, whoever dies.
    """
    found = _known(kind)
    taken = statements.take_reminders(kind, limit=BATCH)
    notify(_notices(found, taken))
    crash.point("timeline.reminded")
    following = statements.next_reminder(kind)
    if following is not None:
        _plan(kind, following)
    return len(taken)


def _notices(kind: ReminderKind, taken: Iterable[tuple[str, int]]) -> list[Notice]:
    by_record: dict[str, list[int]] = defaultdict(list)
    for record_kind, number in taken:
        by_record[record_kind].append(number)
    numbers = by_record.get(kind.record_kind, [])
    told = kind.tell(numbers) if numbers else {}
    return [
        Notice(
            member_id=member_id,
            kind=kind.notification or kind.name,
            record_kind=kind.record_kind,
            record_id=number,
            actor=SYSTEM,
            data=told[number].data,
        )
        for number in numbers
        if number in told
        for member_id in dict.fromkeys(told[number].members)
    ]


def _known(name: str) -> ReminderKind:
    kind = reminder_kind(name)
    if kind is None:
        raise UnknownReminderError(name)
    return kind


def _plan(kind: str, at: dt.datetime) -> None:
    """A job that waits for a later moment is moved forward."""
    workspace = current_workspace_id()
    jobs.enqueue(REMIND_JOB, {"kind": kind}, key=f"{workspace}:{kind}", due_at=at, workspace_id=workspace)
