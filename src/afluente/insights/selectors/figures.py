"""The strip of numbers: one's own, or those of everybody whose records one sees."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from afluente.accounts import policies as accounts
from afluente.accounts.models import Action, Area, Reach
from afluente.deals import policies as deal_policies
from afluente.deals.models import Stage
from afluente.deals.selectors.boards import chance_of
from afluente.insights.models import Journey
from afluente.insights.statements import Median
from afluente.kernel import clock
from afluente.tasks import policies as task_policies

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.accounts.models import Membership
    from afluente.deals.models import DealQuerySet

WEEK = dt.timedelta(days=7)
MINE, ALL = "mine", "all"


@dataclass(frozen=True, kw_only=True)
class Period:
    """This month so far, and as much of the month before."""

    start: dt.datetime
    before: dt.datetime
    before_end: dt.datetime


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Sums are by currency: money of two kinds is never added up. What ends in `_before` is of the period
    before: as many days of last month, or the week before. `reply` is None when nobody was answered.
    """

    whose: str
    period: Period
    open_sums: Mapping[str, Decimal]
    open_count: int
    weighted: Mapping[str, Decimal]
    won_sums: Mapping[str, Decimal]
    won_count: int
    won_before: Mapping[str, Decimal]
    won_count_before: int
    new: int
    new_before: int
    done: int
    done_before: int
    reply: dt.timedelta | None
    reply_before: dt.timedelta | None

    @property
    def new_difference(self) -> int:
        """New deals of the last seven days against the seven before."""
        return self.new - self.new_before

    @property
    def done_difference(self) -> int:
        return self.done - self.done_before

    @property
    def won_difference(self) -> Mapping[str, Decimal]:
        """Money won against the period before; empty when that would compare two currencies."""
        kinds = self.won_sums.keys() | self.won_before.keys()
        if len(kinds) != 1:
            return {}
        (kind,) = kinds
        return {kind: self.won_sums.get(kind, Decimal()) - self.won_before.get(kind, Decimal())}

    @property
    def reply_difference(self) -> dt.timedelta | None:
        """How much later than the week before; negative is faster."""
        if self.reply is None or self.reply_before is None:
            return None
        return self.reply - self.reply_before


def may_see_all(member: Membership) -> bool:
    """Whether there are figures of more people than `member` alone."""
    return accounts.reach_of(member, Area.DEALS, Action.VIEW) in {Reach.ALL, Reach.TEAM}


def period_of(now: dt.datetime) -> Period:
    """The month of `now` in the reader's zone, and the month before up to the same day and time."""
    start = timezone.localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    before = (start - dt.timedelta(days=1)).replace(day=1, hour=0)
    return Period(start=start, before=before, before_end=min(before + (now - start), start))


def figures(*, member: Membership, whose: str = ALL) -> Figures:
    """The strip's numbers: six queries, whatever there is to count."""
    now = clock.now()
    period = period_of(now)
    deals = deal_policies.visible_to(member)
    if whose == MINE:
        deals = deals.filter(assignee_id=member.pk)
    open_sums, open_count, weighted = _open(deals)
    won, won_before = _won(deals, period)
    new, new_before = _new(deals, now)
    done, done_before = _done(member, whose, period)
    reply, reply_before = _reply(member, whose, now)
    return Figures(
        whose=whose,
        period=period,
        open_sums=open_sums,
        open_count=open_count,
        weighted=weighted,
        won_sums=won[0],
        won_count=won[1],
        won_before=won_before[0],
        won_count_before=won_before[1],
        new=new,
        new_before=new_before,
        done=done,
        done_before=done_before,
        reply=reply,
        reply_before=reply_before,
    )


def _open(deals: DealQuerySet) -> tuple[dict[str, Decimal], int, dict[str, Decimal]]:
    """What is open, and what it is worth by the chances of its stages."""
    rows = list(
        deals.open()
        .values_list("stage_id", "currency")
        .annotate(n=Count("pk"), total=Sum("amount"))
        .order_by("-n")
    )
    chances = _chances({stage for stage, *_ in rows})
    sums: dict[str, Decimal] = defaultdict(Decimal)
    weighted: dict[str, Decimal] = defaultdict(Decimal)
    for stage, currency, _n, total in rows:
        sums[currency] += total
        weighted[currency] += total * chances.get(stage, 0) / 100
    return _some(sums), sum(n for _, _, n, _ in rows), _some(weighted)


def _chances(stage_ids: set[int]) -> dict[int, int]:
    """The chance of winning from each of these stages: its own, or by its place among the open ones."""
    if not stage_ids:
        return {}
    by_pipeline: dict[int, list[Stage]] = defaultdict(list)
    pipelines = Stage.objects.filter(pk__in=stage_ids).values("pipeline_id")
    found = Stage.objects.filter(pipeline_id__in=pipelines, kind=Stage.Kind.OPEN)
    for stage in found.order_by("position", "pk"):
        by_pipeline[stage.pipeline_id].append(stage)
    return {stage.pk: chance_of(stage, many) for many in by_pipeline.values() for stage in many}


Sums = tuple[dict[str, Decimal], int]


def _won(deals: DealQuerySet, period: Period) -> tuple[Sums, Sums]:
    now, before = Q(closed_at__gte=period.start), Q(closed_at__lt=period.before_end)
    rows = list(
        deals.filter(closed_at__gte=period.before, stage__kind=Stage.Kind.WON)
        .values("currency")
        .annotate(
            total=Sum("amount", filter=now),
            n=Count("pk", filter=now),
            total_before=Sum("amount", filter=before),
            n_before=Count("pk", filter=before),
        )
        .order_by("-n")
    )
    return (
        (_some({row["currency"]: row["total"] for row in rows}), sum(row["n"] for row in rows)),
        (_some({row["currency"]: row["total_before"] for row in rows}), sum(row["n_before"] for row in rows)),
    )


def _new(deals: DealQuerySet, now: dt.datetime) -> tuple[int, int]:
    counted = deals.filter(created_at__gte=now - 2 * WEEK).aggregate(
        now=Count("pk", filter=Q(created_at__gte=now - WEEK)),
        before=Count("pk", filter=Q(created_at__lt=now - WEEK)),
    )
    return counted["now"], counted["before"]


def _done(member: Membership, whose: str, period: Period) -> tuple[int, int]:
    """Tasks, calls and meetings that were done."""
    tasks = task_policies.visible_to(member).filter(done_at__gte=period.before)
    if whose == MINE:
        tasks = tasks.filter(assignee_id=member.pk)
    counted = tasks.aggregate(
        now=Count("pk", filter=Q(done_at__gte=period.start)),
        before=Count("pk", filter=Q(done_at__lt=period.before_end)),
    )
    return counted["now"], counted["before"]


def _reply(
    member: Membership, whose: str, now: dt.datetime
) -> tuple[dt.timedelta | None, dt.timedelta | None]:
    """The median of how long deals waited for their first answer, by those whose records `member` sees."""
    found: QuerySet[Journey] = Journey.objects.filter(answered_at__gte=now - 2 * WEEK)
    whom = _answering(member, whose)
    if whom is not None:
        found = found.filter(answered_by_id__in=whom)
    waited = F("answered_at") - F("opened_at")
    counted = found.aggregate(
        now=Median(waited, filter=Q(answered_at__gte=now - WEEK)),
        before=Median(waited, filter=Q(answered_at__lt=now - WEEK)),
    )
    return counted["now"], counted["before"]


def _answering(member: Membership, whose: str) -> Sequence[int] | None:
    if whose == MINE:
        return [member.pk]
    return accounts.assignees_within(member, accounts.reach_of(member, Area.DEALS, Action.VIEW))


def _some(sums: Mapping[str, Decimal | None]) -> dict[str, Decimal]:
    return {currency: total for currency, total in sums.items() if total}
