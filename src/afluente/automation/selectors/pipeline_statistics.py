"""What the rules of a whole pipeline came to, and how long deals stay in its stages."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Avg, Count, F, Max

from afluente.automation.models import Step, Token
from afluente.automation.selectors.runs import rules_to_choose
from afluente.deals.models import Deal, Stage
from afluente.kernel import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from afluente.deals.models import Pipeline


@dataclass(frozen=True, kw_only=True)
class RuleFigures:
    """How often a rule ended how, in the period. `share`: of what came to its condition or action, what was done."""

    stage_id: int
    stage: str
    key: str
    said: str
    applied: int = 0
    skipped: int = 0
    failed: int = 0
    cancelled: int = 0
    unknown: int = 0
    waiting: int = 0

    @property
    def ended(self) -> int:
        return self.applied + self.skipped + self.failed + self.cancelled + self.unknown

    @property
    def share(self) -> int | None:
        return round(100 * self.applied / self.ended) if self.ended else None


@dataclass(frozen=True, kw_only=True)
class StageFigures:
    """The deals that are in a stage now: how many, and for how long. `width`: the usual time, of the longest 100."""

    stage_id: int
    stage: str
    deals: int
    usual: dt.timedelta | None
    longest: dt.timedelta | None
    width: int = 0


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Both, of one pipeline."""

    rules: Sequence[RuleFigures] = field(default_factory=list)
    stages: Sequence[StageFigures] = field(default_factory=list)


ORDERS: Mapping[str, Callable[[RuleFigures], tuple[object, ...]]] = {
    "rule": lambda one: (one.said.casefold(),),
    "applied": lambda one: (-one.applied,),
    "skipped": lambda one: (-one.skipped,),
    "failed": lambda one: (-one.failed, -one.unknown),
    "cancelled": lambda one: (-one.cancelled,),
    "waiting": lambda one: (-one.waiting,),
    "share": lambda one: (-(one.share if one.share is not None else -1),),
}


def pipeline_figures(pipeline: Pipeline, *, days: int, sort: str = "") -> Figures:
    """The figures of a pipeline for the last `days`; rules by stage, or in the order asked for (ORDERS). Some ten
    queries, however many rules and stages there are.
    """
    ended = _ended(pipeline, days)
    waiting = {
        (stage, rule): n
        for stage, rule, n in Token.objects.filter(definition__stage__pipeline=pipeline)
        .order_by()
        .values_list("definition__stage", "rule")
        .annotate(n=Count("pk"))
    }
    rules = [
        RuleFigures(
            stage_id=one.stage_id,
            stage=one.stage,
            key=one.key,
            said=one.said,
            waiting=waiting.get((one.stage_id, one.rule), 0),
            **ended[one.stage_id, one.rule],
        )
        for one in rules_to_choose(pipeline)
    ]
    if sort in ORDERS:
        rules.sort(key=ORDERS[sort])
    return Figures(rules=rules, stages=_stages(pipeline))


def _ended(pipeline: Pipeline, days: int) -> Mapping[tuple[int, str], dict[str, int]]:
    rows = (
        Step.objects.filter(
            definition__stage__pipeline=pipeline, ended_at__gte=clock.now() - dt.timedelta(days=days)
        )
        .exclude(state=Step.State.AWAITING)
        .order_by()
        .values_list("definition__stage", "rule", "state")
        .annotate(n=Count("pk"))
    )
    found: dict[tuple[int, str], dict[str, int]] = defaultdict(dict)
    for stage, rule, state, n in rows:
        found[stage, rule][state] = n
    return found


def _stages(pipeline: Pipeline) -> list[StageFigures]:
    """The open stages: nobody waits in one that is closed."""
    spent = clock.now() - F("stage_entered_at")
    told = {
        stage: (n, usual, longest)
        for stage, n, usual, longest in Deal.objects.present()
        .filter(pipeline=pipeline)
        .order_by()
        .values_list("stage")
        .annotate(n=Count("pk"), usual=Avg(spent), longest=Max(spent))
    }
    stages = pipeline.stages.filter(ends_into=None, kind=Stage.Kind.OPEN).order_by("position", "pk")
    most = max((usual for _n, usual, _longest in told.values() if usual), default=None)
    found = []
    for stage in stages:
        n, usual, longest = told.get(stage.pk, (0, None, None))
        width = round(100 * usual / most) if usual and most else 0
        found.append(
            StageFigures(
                stage_id=stage.pk, stage=stage.name, deals=n, usual=usual, longest=longest, width=width
            )
        )
    return found
