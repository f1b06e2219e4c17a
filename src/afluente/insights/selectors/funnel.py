"""How far new deals come."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Count

from afluente.deals import policies as deal_policies
from afluente.deals.models import Stage
from afluente.deals.selectors.boards import depth_of
from afluente.kernel import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.accounts.models import Membership
    from afluente.deals.models import Pipeline

DAYS = 30
MEASURED = 1_000  # won deals whose time is looked at


@dataclass(frozen=True, kw_only=True)
class Step:
    """A stage: how many of the deals came at least this far, and their share of the step before."""

    name: str
    depth: str
    count: int
    share: float | None


@dataclass(frozen=True, kw_only=True)
class Funnel:
    """The deals opened in the last 30 days: those still on their way or won, by how far they are."""

    pipeline: Pipeline
    opened: int
    steps: Sequence[Step]
    won_share: float
    median_days: int | None


def sales_funnel(*, member: Membership) -> Funnel | None:
    """The funnel of the first pipeline, of the deals that `member` sees: four queries.

    The first step counts all that were opened; a lost deal counts there and nowhere else, because
    where it stood before is not known without reading its history.
    """
    pipeline = deal_policies.pipelines_of(member).order_by("position", "pk").first()
    if pipeline is None:
        return None
    stages = list(Stage.objects.filter(pipeline_id=pipeline.pk).order_by("position", "pk"))
    deals = deal_policies.visible_to(member).filter(pipeline_id=pipeline.pk)
    cohort = deals.filter(created_at__gte=clock.now() - timedelta(days=DAYS))
    here = dict(cohort.values_list("stage_id").annotate(n=Count("pk")))
    opened = sum(here.values())
    way = [stage for stage in stages if stage.kind != Stage.Kind.LOST]
    won = sum(here.get(stage.pk, 0) for stage in way if stage.kind == Stage.Kind.WON)
    return Funnel(
        pipeline=pipeline,
        opened=opened,
        steps=_steps(way, here, opened),
        won_share=won / opened if opened else 0,
        median_days=_median_days(
            deals.filter(stage__kind=Stage.Kind.WON)
            .order_by("-created_at")
            .values_list("created_at", "closed_at")[:MEASURED]
        ),
    )


def _steps(way: Sequence[Stage], here: dict[int, int], opened: int) -> list[Step]:
    steps: list[Step] = []
    open_stages = [stage for stage in way if stage.kind == Stage.Kind.OPEN]
    for number, stage in enumerate(way):
        count = sum(here.get(later.pk, 0) for later in way[number:]) if number else opened
        before = steps[-1].count if steps else 0
        steps.append(
            Step(
                name=stage.name,
                depth="won" if stage.kind == Stage.Kind.WON else depth_of(stage, open_stages),
                count=count,
                share=count / before if before else None,
            )
        )
    return steps


def _median_days(times: object) -> int | None:
    spans = [closed - opened for opened, closed in times if closed is not None]  # type: ignore[attr-defined]
    return round(statistics.median(spans) / timedelta(days=1)) if spans else None
