"""When deals are due: a month as a calendar, and what is to be expected month by month."""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth

from afluente.contacts.selectors import home
from afluente.deals import policies
from afluente.deals.models import Stage
from afluente.deals.selectors.boards import chance_of
from afluente.deals.selectors.cards import FIELDS, Card, dress
from afluente.kernel import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.accounts.models import Membership
    from afluente.deals.models import DealQuerySet, Pipeline
    from afluente.deals.selectors.filtering import BoardFilter

SHOWN = 4  # deals on one day
MOST = 500  # deals drawn in one month
FIRST_YEAR, LAST_YEAR = 1970, 2200


@dataclass(frozen=True, kw_only=True)
class Day:
    """A day of the calendar: its deals, and how many more there are."""

    date: dt.date
    is_inside: bool
    is_today: bool
    cards: Sequence[Card]
    more: int = 0


@dataclass(frozen=True, kw_only=True)
class Month:
    """A month in whole weeks. `is_more`: not all of its deals are drawn."""

    first: dt.date
    before: dt.date
    after: dt.date
    weeks: list[list[Day]]
    is_more: bool = False


@dataclass(kw_only=True)
class Expected:
    """What is expected in one month (None: no due date; `is_past`: overdue), by currency."""

    month: dt.date | None
    is_past: bool = False
    count: int = 0
    sums: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    weighted: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))


def read_month(said: str) -> dt.date:
    """The first day of a month, `2026-11`; of the present one for anything else."""
    today = clock.now().astimezone(home().zone).date()
    try:
        found = dt.date.fromisoformat(f"{said}-01")
    except ValueError:
        return today.replace(day=1)
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else today.replace(day=1)


def due_month(*, pipeline: Pipeline, member: Membership, asked: BoardFilter, first: dt.date) -> Month:
    """The open deals due in a month, by day where the workspace is; weeks begin on Monday."""
    zone = home().zone
    days = [list(week) for week in calendar.Calendar().monthdatescalendar(first.year, first.month)]
    start = dt.datetime.combine(days[0][0], dt.time(), tzinfo=zone)
    end = dt.datetime.combine(days[-1][-1] + dt.timedelta(days=1), dt.time(), tzinfo=zone)
    inside = _open(pipeline, member, asked).filter(due_at__gte=start, due_at__lt=end)
    rows = list(inside.order_by("due_at", "pk").values(*FIELDS)[: MOST + 1])
    by_day: dict[dt.date, list[Card]] = defaultdict(list)
    for card in dress(rows[:MOST], member=member, stale={}):
        if card.due_at is not None:
            by_day[card.due_at.astimezone(zone).date()].append(card)
    today = clock.now().astimezone(zone).date()
    weeks = [
        [
            Day(
                date=day,
                is_inside=day.month == first.month,
                is_today=day == today,
                cards=by_day[day][:SHOWN],
                more=max(0, len(by_day[day]) - SHOWN),
            )
            for day in week
        ]
        for week in days
    ]
    return Month(
        first=first,
        before=(first - dt.timedelta(days=1)).replace(day=1),
        after=(first + dt.timedelta(days=31)).replace(day=1),
        weeks=weeks,
        is_more=len(rows) > MOST,
    )


def forecast(*, pipeline: Pipeline, member: Membership, asked: BoardFilter) -> list[Expected]:
    """What open deals are worth by the month they are due in, and weighted with the chance of winning from
    their stage; overdue ones first, those without a due date last. Three queries.
    """
    stages = sorted(pipeline.stages.all(), key=lambda stage: (stage.position, stage.pk))
    opened = [stage for stage in stages if stage.kind == Stage.Kind.OPEN]
    chances = {stage.pk: chance_of(stage, opened) for stage in stages}
    now = clock.now()
    deals = _open(pipeline, member, asked).filter(stage__in=opened)  # which lead past other pipelines
    groups = [
        (Expected(month=None, is_past=True), deals.filter(due_at__lt=now)),
        (None, deals.filter(due_at__gte=now)),
        (Expected(month=None), deals.filter(due_at=None)),
    ]
    found: list[Expected] = []
    for whole, part in groups:
        dated = part.annotate(month=TruncMonth("due_at", tzinfo=home().zone))
        rows = dated.values_list("month", "stage_id", "currency").annotate(n=Count("*"), total=Sum("amount"))
        lines: dict[dt.date | None, Expected] = {}
        for month, stage_id, currency, count, total in rows.order_by("month", "stage_id", "currency"):
            key = None if whole is not None or month is None else month.date()
            line = lines.setdefault(key, whole or Expected(month=key))
            line.count += count
            line.sums[currency] += total
            line.weighted[currency] += total * chances.get(stage_id, 0) / 100
        found += lines.values()
    return found


def _open(pipeline: Pipeline, member: Membership, asked: BoardFilter) -> DealQuerySet:
    seen = asked.apply(policies.visible_to(member), member=member)
    return seen.filter(pipeline=pipeline, closed_at=None)
