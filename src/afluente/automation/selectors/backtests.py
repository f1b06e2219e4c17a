"""What a backtest found, for whoever asks: only of deals that they may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q
from django.db.models.functions import TruncDate

from afluente.accounts.models import Workspace
from afluente.automation.models import Backtest, BacktestRow
from afluente.deals.policies import visible_to
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from afluente.accounts.models import Membership
    from afluente.deals.models import Pipeline

SORTS = {
    "at": ("at", "pk"),
    "-at": ("-at", "-pk"),
    "deal": ("deal__name", "at", "pk"),
    "rule": ("title", "at", "pk"),
    "state": ("state", "at", "pk"),
}


@dataclass(frozen=True)
class Day:
    """How much would have been done on a day. `height`: in hundredths of the busiest."""

    day: dt.date
    applied: int
    others: int
    height: int
    share: int

    @property
    def count(self) -> int:
        return self.applied + self.others


@dataclass(frozen=True)
class RuleCount:
    """One rule or trigger, and how often it comes in what was found."""

    rule: str
    title: str
    count: int


def latest_backtest(pipeline: Pipeline) -> Backtest | None:
    """The one that was asked for last."""
    return Backtest.objects.filter(pipeline=pipeline).order_by("-pk").first()


def backtest_rows(
    backtest: Backtest, member: Membership, *, rule: str = "", state: str = "", sort: str = "at"
) -> QuerySet[BacktestRow]:
    """What it found about deals that `member` may see, in the order asked for (SORTS)."""
    found = BacktestRow.objects.filter(backtest=backtest, deal__in=visible_to(member))
    if rule:
        found = found.filter(rule=rule)
    if state:
        found = found.filter(state=state)
    return found.select_related("deal").order_by(*SORTS.get(sort, SORTS["at"]))


def counted_rules(rows: QuerySet[BacktestRow]) -> list[RuleCount]:
    """The rules among these rows, the busiest first."""
    found = rows.order_by().values("rule", "title").annotate(n=Count("pk")).order_by("-n", "title")
    return [RuleCount(one["rule"], one["title"], one["n"]) for one in found]


def counted_days(rows: QuerySet[BacktestRow]) -> Sequence[Day]:
    """How many rows there are on each day of the workspace's calendar; days without any are left out."""
    zone = Workspace.objects.values_list("timezone", flat=True).get(pk=current_workspace_id())
    done = Q(state__in=["applied", "moved"])
    found = list(
        rows.order_by()
        .annotate(day=TruncDate(F("at"), tzinfo=ZoneInfo(zone)))
        .values("day")
        .annotate(applied=Count("pk", filter=done), others=Count("pk", filter=~done))
        .order_by("day")
    )
    most = max((one["applied"] + one["others"] for one in found), default=1)
    return [
        Day(
            one["day"],
            one["applied"],
            one["others"],
            round(100 * (one["applied"] + one["others"]) / most),
            round(100 * one["applied"] / most),
        )
        for one in found
    ]
