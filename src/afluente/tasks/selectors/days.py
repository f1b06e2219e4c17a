"""Which tasks stand on which days: the first of each day, however many there are (ADR 0137).

A span with few tasks is read as it is. One with many is asked day by day, each day read off an index until
there is enough to draw; then its number is only known to be at least so large.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Case, F, IntegerField, Q, Value, When
from django.utils import timezone

from afluente.tasks import policies, statements
from afluente.tasks.models import Task, TaskObserver
from afluente.tasks.selectors import dues
from afluente.tasks.selectors.recurrence import Rule, wall_clock, zone

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from afluente.accounts.models import Membership
    from afluente.tasks.models import TaskQuerySet
    from afluente.tasks.selectors.filtering import TaskFilter

FEW, FEW_ASKED = 200, 1_000  # tasks of a span that are read as they are; those of a filter are hard to find
EACH = 60  # counted of a day in a span with more
REPEATING = 1_000  # rules written out
_OWN_DAY = Q(kind=Task.Kind.TASK) | Q(start_at=None)  # stands where it is due
_BEGINS = ~Q(kind=Task.Kind.TASK) & Q(start_at__isnull=False)  # a call or meeting, where it begins
_DUE, _TIMED, _PLANNED, _REPEATS = range(4)


class Placed(NamedTuple):
    """A task on a day, in the order of the day: what has no time first."""

    is_timed: bool
    moment: dt.datetime
    task_id: int
    is_ahead: bool = False


@dataclass(kw_only=True)
class Days:
    """Tasks by day, and `beyond` how many each has besides those; `full` are days with more than were counted.
    `is_cut`: too many repeat.
    """

    placed: dict[dt.date, list[Placed]] = field(default_factory=lambda: defaultdict(list))
    beyond: dict[dt.date, int] = field(default_factory=lambda: defaultdict(int))
    full: set[dt.date] = field(default_factory=set)
    is_cut: bool = False

    def put(self, day: dt.date, one: Placed) -> None:
        self.placed[day].append(one)


def days(
    *, member: Membership, asked: TaskFilter, first: dt.date, count: int, only_own: bool, each: int
) -> Days:
    """What stands on `count` days from `first`, in the person's zone; of many, at least `each` of a day."""
    few = FEW_ASKED if asked else FEW
    found = asked.apply(policies.visible_to(member), member=member)
    dates = [first + dt.timedelta(days=n) for n in range(count)]
    answer = Days()
    for source in _sources(found, member, only_own=only_own):
        rows = list(_span(source, dates[0], dates[-1] + dt.timedelta(days=1), few))
        here = [row for row in rows if row[0] != _REPEATS]
        if len(here) > few:
            _by_day(source, dates, answer, each)
        else:
            _as_they_are(here, answer)
        _ahead([row for row in rows if row[0] == _REPEATS], dates, answer)
    for placed in answer.placed.values():
        placed.sort()
    return answer


def _sources(found: TaskQuerySet, member: Membership, *, only_own: bool) -> list[TaskQuerySet]:
    """One's own are those one has to do, and besides those one follows: each by an index of its own."""
    if not only_own:
        return [found]
    follows = TaskObserver.objects.filter(member_id=member.pk).values("task_id")
    return [found.filter(assignee_id=member.pk), found.filter(pk__in=follows).exclude(assignee_id=member.pk)]


def _span(source: TaskQuerySet, first: dt.date, end: dt.date, few: int) -> Iterable[Any]:
    """What is due, what begins and what repeats in a span, each at most one more than are read: one statement
    of (part, number, moment, is a day, rule).
    """
    low, high = dues.midnight(first), dues.midnight(end)
    again = source.filter(done_at=None, due_at__lt=high).exclude(repeat="")
    anchor = Case(When(_BEGINS, then=F("start_at")), default=F("due_at"))
    found: Iterable[Any] = _read(_DUE, _due(source, low, high), F("due_at"))[: few + 1].union(
        _read(_PLANNED, _planned(source, low, high), F("start_at"))[: few + 1],
        _read(_REPEATS, again.order_by("pk"), anchor)[: REPEATING + 1],
        all=True,
    )
    return found


def _due(source: TaskQuerySet, low: Any, high: Any) -> TaskQuerySet:
    return source.filter(_OWN_DAY, due_at__gte=low, due_at__lt=high).order_by("due_at", "pk")


def _planned(source: TaskQuerySet, low: Any, high: Any) -> TaskQuerySet:
    return source.filter(_BEGINS, start_at__gte=low, start_at__lt=high).order_by("start_at", "pk")


def _read(part: int, source: TaskQuerySet, moment: Any) -> Any:
    said = source.annotate(part=Value(part, output_field=IntegerField()), at=moment)
    return said.values_list("part", "pk", "at", "due_is_day", "repeat")


def _as_they_are(rows: Sequence[Any], answer: Days) -> None:
    for _, pk, moment, is_day, _ in rows:
        answer.put(timezone.localtime(moment).date(), Placed(not is_day, moment, pk))


def _by_day(source: TaskQuerySet, dates: Sequence[dt.date], answer: Days, each: int) -> None:
    """The first of each day: days alone, what is due at a moment, and what begins."""
    low, high = statements.DayEdge("low"), statements.DayEdge("high")
    due = _due(source, low, high)
    parts = [
        (_DUE, due.filter(due_is_day=True), F("due_at")),
        (_TIMED, due.filter(due_is_day=False), F("due_at")),
        (_PLANNED, _planned(source, low, high), F("start_at")),
    ]
    edges = [dues.midnight(date) for date in (*dates, dates[-1] + dt.timedelta(days=1))]
    asked = [_read(part, found, at)[: EACH + 1] for part, found, at in parts]
    counted: dict[tuple[int, int], int] = {}
    for day, part, pk, moment, is_day, _, n in statements.first_of_days(asked, edges, limit=each):
        answer.put(dates[day], Placed(not is_day, moment, pk))
        if (day, part) not in counted:
            counted[day, part] = n
            answer.beyond[dates[day]] += max(0, n - each)
    answer.full |= {dates[day] for (day, _), n in counted.items() if n > EACH}


def _ahead(rows: Sequence[Any], dates: Sequence[dt.date], answer: Days) -> None:
    """When tasks will come again in these days. Zones are looked up once: there may be thousands of moments."""
    answer.is_cut |= len(rows) > REPEATING
    if not rows:
        return
    here, mine = zone(), timezone.get_current_timezone()
    known, is_home = set(dates), str(here) == str(mine)
    since, end = (
        wall_clock(dues.midnight(day), here) for day in (dates[0], dates[-1] + dt.timedelta(days=1))
    )
    for _, pk, anchor, is_day, written in rows[:REPEATING]:
        begin = wall_clock(anchor, here)
        coming = Rule.read(written).by_the_clock(begin, max(begin, since))
        for moment in coming:
            if moment >= end:
                break
            if moment < since:
                continue
            aware = moment.replace(tzinfo=here)
            day = moment.date() if is_home else aware.astimezone(mine).date()
            if day in known:
                answer.put(day, Placed(not is_day, aware, pk, is_ahead=True))
