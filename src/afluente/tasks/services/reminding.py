"""Reminders of tasks: planned with them, told to whoever has or follows them by then (K13)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction

from afluente.kernel import clock
from afluente.tasks.models import Task
from afluente.tasks.selectors.recurrence import zone
from afluente.tasks.services.news import people_of
from afluente.timeline import services as timeline
from afluente.timeline.events import Told
from afluente.timeline.models import Notification

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

DUE, OVERDUE = "task.due", "task.overdue"
RECORD = "task"
BATCH = 2_000  # tasks looked at in one transaction
LATELY = dt.timedelta(days=1)
MORNING = dt.timedelta(hours=9)  # when a day without a time is counted from


def plan_reminders(rows: Iterable[Task]) -> None:
    """Let the reminders of these tasks be as they say, before they are due and once they are overdue. In the
    transaction that changes them.
    """
    rows = list(rows)
    here = zone() if any(row.due_is_day for row in rows) else dt.UTC
    _set(DUE, {row.pk: _remind_at(row, here) for row in rows})
    _set(OVERDUE, {row.pk: _late_at(row, here) for row in rows})


@transaction.atomic
def plan_overdue(*, after_id: int = 0) -> int | None:
    """Plan for tasks that were there before anybody was told that one is overdue; the number after which the
    next batch begins, None at the end.

    What became overdue within a day is told now, unless it was told before; what is older stands on My day
    and is no news. Planned again, nothing is told twice.
    """
    found = Task.objects.open().filter(pk__gt=after_id, due_at__gte=clock.now() - LATELY)
    rows = list(found.exclude(kind=Task.Kind.MEETING).order_by("pk").select_for_update()[:BATCH])
    if not rows:
        return None
    told = Notification.objects.filter(
        kind=OVERDUE, record_kind=RECORD, record_id__in=[row.pk for row in rows]
    )
    known = set(told.values_list("record_id", flat=True))
    here, since = zone(), clock.now() - LATELY
    wanted = {row.pk: _late_at(row, here, since) for row in rows if row.pk not in known}
    _set(OVERDUE, {pk: at for pk, at in wanted.items() if at is not None})
    return rows[-1].pk


def _set(kind: str, wanted: Mapping[int, dt.datetime | None]) -> None:
    dropped = [pk for pk, at in wanted.items() if at is None]
    planned = [
        timeline.NewReminder(record_kind=RECORD, record_id=pk, kind=kind, at=at)
        for pk, at in wanted.items()
        if at is not None
    ]
    if dropped:
        timeline.drop_reminders(RECORD, dropped, kind)
    if planned:
        timeline.set_reminders(planned)


def _remind_at(row: Task, here: dt.tzinfo) -> dt.datetime | None:
    anchor = row.anchor
    if row.remind_before is None or anchor is None or anchor < clock.now():
        return None
    moment = _morning(anchor, here) if row.due_is_day else anchor
    return moment - dt.timedelta(minutes=row.remind_before)


def _late_at(row: Task, here: dt.tzinfo, since: dt.datetime | None = None) -> dt.datetime | None:
    """When a task is overdue: on the morning after its day, or at its moment, unless people are reminded just
    then. A meeting is over by itself; so is what was due before `since`, or by now.
    """
    if row.due_at is None or row.kind == Task.Kind.MEETING or row.due_at < (since or clock.now()):
        return None
    if row.due_is_day:
        return _morning(row.due_at + dt.timedelta(days=1), here)
    return None if row.remind_before == 0 and not row.is_planned else row.due_at


def _morning(moment: dt.datetime, here: dt.tzinfo) -> dt.datetime:
    return dt.datetime.combine(moment.astimezone(here).date(), dt.time.min, tzinfo=here) + MORNING


def tell_due(ids: Sequence[int]) -> dict[int, Told]:
    """Whom to remind of these tasks: the assignee and the observers of each that is still to be done,
    as far as they may see tasks at all.
    """
    return _told(Task.objects.open().filter(pk__in=ids))


def tell_overdue(ids: Sequence[int]) -> dict[int, Told]:
    """The same of tasks that are overdue by now."""
    return _told(Task.objects.overdue().filter(pk__in=ids))


def _told(tasks: Iterable[Task]) -> dict[int, Told]:
    found = {task.pk: task for task in tasks}
    people = people_of(found, with_maker=False)
    return {
        pk: Told(
            members=list(people.get(pk, ())),
            data={"due": task.anchor.isoformat(), "is_day": task.due_is_day},
        )
        for pk, task in found.items()
        if task.anchor is not None
    }
