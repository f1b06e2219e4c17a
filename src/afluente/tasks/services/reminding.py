"""Reminders of tasks: planned with them, told to whoever has or follows them by then (K13)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from afluente.accounts.models import Action, Area, Membership
from afluente.accounts.policies import may
from afluente.kernel import clock
from afluente.tasks.models import Task, TaskObserver
from afluente.tasks.selectors.recurrence import zone
from afluente.timeline import services as timeline
from afluente.timeline.events import Told

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DUE = "task.due"
RECORD = "task"
MORNING = dt.timedelta(hours=9)  # when a day without a time is counted from


def plan_reminders(rows: Iterable[Task]) -> None:
    """Let the reminders of these tasks be as they say. In the transaction that changes them."""
    wanted: dict[int, dt.datetime] = {}
    dropped: list[int] = []
    here = None
    for row in rows:
        anchor = row.anchor
        if row.remind_before is None or anchor is None or anchor < clock.now():
            dropped.append(row.pk)
            continue
        if row.due_is_day:
            here = here or zone()
            day = anchor.astimezone(here).date()
            anchor = dt.datetime.combine(day, dt.time.min, tzinfo=here) + MORNING
        wanted[row.pk] = anchor - dt.timedelta(minutes=row.remind_before)
    if dropped:
        timeline.drop_reminders(RECORD, dropped, DUE)
    if wanted:
        timeline.set_reminders(
            [
                timeline.NewReminder(record_kind=RECORD, record_id=pk, kind=DUE, at=at)
                for pk, at in wanted.items()
            ]
        )


def tell_due(ids: Sequence[int]) -> dict[int, Told]:
    """Whom to remind of these tasks: the assignee and the observers of each that is still to be done,
    as far as they may see tasks at all.
    """
    tasks = list(Task.objects.open().filter(pk__in=ids))
    people: dict[int, list[int]] = {task.pk: [task.assignee_id] if task.assignee_id else [] for task in tasks}
    links = TaskObserver.objects.filter(task_id__in=people).order_by("pk")
    for task_id, member_id in links.values_list("task_id", "member_id"):
        people[task_id].append(member_id)
    named = {number for members in people.values() for number in members}
    found = Membership.objects.filter(pk__in=named).select_related("user", "custom_role")
    seeing = {one.pk for one in found if may(one, Area.TASKS, Action.VIEW)}
    return {
        task.pk: Told(
            members=[number for number in dict.fromkeys(people[task.pk]) if number in seeing],
            data={"due": task.anchor.isoformat(), "is_day": task.due_is_day},
        )
        for task in tasks
        if task.anchor is not None
    }
