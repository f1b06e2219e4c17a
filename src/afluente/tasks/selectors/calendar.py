"""Tasks in a calendar: a month of weeks, or one week, in the person's zone."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from afluente.accounts.models import Membership
from afluente.tasks import policies
from afluente.tasks.models import Board, Task, TaskObserver
from afluente.tasks.selectors import dues
from afluente.tasks.selectors.recurrence import Rule, between, zone

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from zoneinfo import ZoneInfo

    from afluente.tasks.selectors.filtering import TaskFilter

MONTH, WEEK = "month", "week"
MOST = 1_000  # tasks drawn in one calendar
EACH = 2_000  # occurrences of one task looked at
EARLIEST, LATEST = dt.date(1970, 1, 5), dt.date(2199, 12, 1)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A task on a day; `at` is its moment there, None when only the day counts. `is_ahead`: the task
    that this one will be when the one before is done.
    """

    task: Task
    at: dt.datetime | None
    is_ahead: bool = False

    @property
    def tone(self) -> str:
        return dues.tone(self.task)


@dataclass(frozen=True, kw_only=True)
class CalendarDay:
    """A day with what is due on it."""

    date: dt.date
    entries: Sequence[Entry]
    is_today: bool
    is_other: bool  # of the month before or after the one shown


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """The weeks shown; `on` names the month or week, `before` and `after` lead on."""

    view: str
    on: dt.date
    weeks: Sequence[Sequence[CalendarDay]]
    before: dt.date
    after: dt.date
    is_cut: bool


def calendar(
    *, member: Membership, asked: TaskFilter, view: str, on: dt.date, only_own: bool = True
) -> Calendar:
    """One's own tasks, or all that the filter leaves, by the day they begin or are due: three queries,
    however many days and tasks.
    """
    on = min(max(on, EARLIEST), LATEST)
    first, days = _span(view, on)
    tasks = _between(first, first + dt.timedelta(days=days), member, asked, only_own=only_own)
    by_day: dict[dt.date, list[Entry]] = defaultdict(list)
    for task, moment, is_ahead in _moments(tasks[:MOST], first + dt.timedelta(days=days)):
        entry = Entry(task=task, at=None if task.due_is_day else moment, is_ahead=is_ahead)
        by_day[timezone.localtime(moment).date()].append(entry)
    for entries in by_day.values():
        entries.sort(key=lambda entry: (entry.at is not None, entry.at, entry.task.pk))
    dates = [first + dt.timedelta(days=n) for n in range(days)]
    shown = [_day(date, by_day[date], view, on) for date in dates]
    before, after = _beside(view, on)
    return Calendar(
        view=view,
        on=on,
        weeks=[shown[n : n + 7] for n in range(0, days, 7)],
        before=before,
        after=after,
        is_cut=len(tasks) > MOST,
    )


def _span(view: str, on: dt.date) -> tuple[dt.date, int]:
    """The first day shown, a Monday, and how many days."""
    if view == WEEK:
        return on - dt.timedelta(days=on.weekday()), 7
    first = on.replace(day=1)
    start = first - dt.timedelta(days=first.weekday())
    following = (first + dt.timedelta(days=32)).replace(day=1)
    return start, -(-(following - start).days // 7) * 7


def _beside(view: str, on: dt.date) -> tuple[dt.date, dt.date]:
    if view == WEEK:
        return on - dt.timedelta(days=7), on + dt.timedelta(days=7)
    first = on.replace(day=1)
    return (first - dt.timedelta(days=1)).replace(day=1), (first + dt.timedelta(days=32)).replace(day=1)


def _between(
    first: dt.date, end: dt.date, member: Membership, asked: TaskFilter, *, only_own: bool
) -> list[Task]:
    found = asked.apply(policies.visible_to(member), member=member)
    if only_own:
        follows = TaskObserver.objects.filter(task_id=OuterRef("pk"), member_id=member.pk)
        found = found.filter(Q(assignee_id=member.pk) | Q(Exists(follows)))
    begins = Q(due_at__gte=dues.midnight(first), due_at__lt=dues.midnight(end))
    # What lasts beyond midnight stands where it begins; what repeats comes again.
    lasts = Q(start_at__gte=dues.midnight(first), start_at__lt=dues.midnight(end)) & ~Q(kind=Task.Kind.TASK)
    again = Q(done_at=None, due_at__lt=dues.midnight(end)) & ~Q(repeat="")
    within = found.filter(begins | lasts | again)
    return _with_names(list(within.order_by("due_at", "pk")[: MOST + 1]))


def _with_names(tasks: list[Task]) -> list[Task]:
    """The tasks with their boards and people, each of which is read once, however many tasks it has."""
    boards = Board.objects.in_bulk({task.board_id for task in tasks})
    people = {task.assignee_id for task in tasks if task.assignee_id is not None}
    members = Membership.objects.select_related("user").in_bulk(people)
    for task in tasks:
        task.board = boards[task.board_id]
        if task.assignee_id is not None:
            task.assignee = members[task.assignee_id]
    return tasks


def _moments(tasks: Sequence[Task], end: dt.date) -> Iterator[tuple[Task, dt.datetime, bool]]:
    """When each task is, and when it will come again before `end`."""
    here: ZoneInfo | None = None
    for task in tasks:
        anchor = task.anchor
        if anchor is None:
            continue
        yield task, anchor, False
        if task.repeat and not task.done_at:
            here = here or zone()
            rule = Rule.read(task.repeat)
            last = dues.midnight(end)
            for moment in between(rule, anchor, zone=here, first=anchor, end=last, limit=EACH):
                yield task, moment, True


def _day(date: dt.date, entries: Sequence[Entry], view: str, on: dt.date) -> CalendarDay:
    return CalendarDay(
        date=date,
        entries=entries,
        is_today=date == timezone.localdate(),
        is_other=view == MONTH and date.month != on.month,
    )
