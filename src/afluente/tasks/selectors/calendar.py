"""Tasks in a calendar: a month of weeks, or one week, in the person's zone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from afluente.tasks.models import Board, Task
from afluente.tasks.policies import editable_by, edits_all
from afluente.tasks.selectors import dues
from afluente.tasks.selectors.days import days

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from afluente.accounts.models import Membership
    from afluente.tasks.selectors.days import Placed
    from afluente.tasks.selectors.filtering import TaskFilter

MONTH, WEEK = "month", "week"
IN_MONTH, IN_WEEK = 3, 50  # tasks drawn of one day
DRAWN = ("title", "kind", "board_id", "start_at", "due_at", "due_is_day", "done_at")
EARLIEST, LATEST = dt.date(1970, 1, 5), dt.date(2199, 12, 1)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A task on a day; `at` is its moment there, None when only the day counts. `is_ahead`: the task
    that this one will be when the one before is done.
    """

    task: Task
    at: dt.datetime | None
    is_ahead: bool = False
    may_move: bool = False

    @property
    def tone(self) -> str:
        return dues.tone(self.task)


@dataclass(frozen=True, kw_only=True)
class CalendarDay:
    """A day with what is due on it."""

    date: dt.date
    entries: Sequence[Entry]
    more: int  # that are not drawn; at least so many when it `is_full`
    is_full: bool
    is_today: bool
    is_other: bool  # of the month before or after the one shown

    @property
    def count(self) -> int:
        """How many there are; at least so many when it `is_full`."""
        return len(self.entries) + self.more


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """The weeks shown; `on` names the month or week, `before` and `after` lead on."""

    view: str
    on: dt.date
    weeks: Sequence[Sequence[CalendarDay]]
    before: dt.date
    after: dt.date
    is_cut: bool
    chosen: CalendarDay | None = None  # of a month: the day that stands beneath it where columns are narrow


def calendar(
    *,
    member: Membership,
    asked: TaskFilter,
    view: str,
    on: dt.date,
    only_own: bool = True,
    day: dt.date | None = None,
) -> Calendar:
    """One's own tasks, or all that the filter leaves, by the day they begin or are due: as many queries for
    one task as for a million. Of each day, what a page draws; of a month's `day`, as much as a week draws of one.
    """
    on = min(max(day or on, EARLIEST), LATEST)
    first, count = _span(view, on)
    most = IN_MONTH if view == MONTH else IN_WEEK
    shown, is_cut = _shown(member, asked, on, (first, count, most), view=view, only_own=only_own)
    before, after = _beside(view, on)
    chosen = None
    if view == MONTH and day is not None:
        ((chosen,), _) = _shown(member, asked, on, (on, 1, IN_WEEK), view=view, only_own=only_own)
    elif view == MONTH:
        chosen = _usual(shown)
    return Calendar(
        view=view,
        on=on,
        weeks=[shown[n : n + 7] for n in range(0, count, 7)],
        before=before,
        after=after,
        is_cut=is_cut,
        chosen=chosen,
    )


def _usual(shown: Sequence[CalendarDay]) -> CalendarDay:
    """The day of a month that is looked at first: today, else the first with something to do, else the first."""
    own = [day for day in shown if not day.is_other]
    busy = (day for day in own if day.entries)
    return next((day for day in own if day.is_today), None) or next(busy, None) or own[0]


def _shown(
    member: Membership,
    asked: TaskFilter,
    on: dt.date,
    span: tuple[dt.date, int, int],
    *,
    view: str,
    only_own: bool,
) -> tuple[list[CalendarDay], bool]:
    """The days of `span` (the first, how many, tasks drawn of each), and whether more tasks repeat than were read."""
    first, count, most = span
    found = days(member=member, asked=asked, first=first, count=count, only_own=only_own, each=most + 1)
    dates = [first + dt.timedelta(days=n) for n in range(count)]
    drawn = {date: _drawn(found.placed.get(date, []), found.beyond.get(date, 0), most) for date in dates}
    tasks = _tasks({one.task_id for placed in drawn.values() for one in placed})
    own = _movable(member, tasks)
    shown = [
        CalendarDay(
            date=date,
            entries=[
                Entry(
                    task=tasks[one.task_id],
                    at=one.moment if one.is_timed else None,
                    is_ahead=one.is_ahead,
                    may_move=one.task_id in own and not one.is_ahead,
                )
                for one in drawn[date]
                if one.task_id in tasks
            ],
            more=len(found.placed.get(date, [])) + found.beyond.get(date, 0) - len(drawn[date]),
            is_full=date in found.full,
            is_today=date == timezone.localdate(),
            is_other=view == MONTH and date.month != on.month,
        )
        for date in dates
    ]
    return shown, found.is_cut


def _movable(member: Membership, ids: Collection[int]) -> set[int]:
    """Which of these tasks `member` may put on another day; whoever may change all is not asked of each."""
    if edits_all(member):
        return set(ids)
    return set(editable_by(member).filter(pk__in=ids).values_list("pk", flat=True))


def _drawn(placed: Sequence[Placed], beyond: int, most: int) -> Sequence[Placed]:
    """A line says how many more there are; a single one more is drawn in its stead."""
    return placed if len(placed) + beyond <= most + 1 else placed[:most]


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


def _tasks(ids: Collection[int]) -> dict[int, Task]:
    """These tasks with their boards, each of which is read once, however many tasks it has."""
    tasks: dict[int, Task] = Task.objects.only(*DRAWN).in_bulk(ids)
    boards = Board.objects.in_bulk({task.board_id for task in tasks.values()})
    for task in tasks.values():
        task.board = boards[task.board_id]
    return tasks
