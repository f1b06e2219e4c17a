"""How far new deals come."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from afluente.deals import policies as deal_policies
from afluente.deals.models import Stage
from afluente.deals.selectors.boards import depth_of
from afluente.kernel import clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from afluente.accounts.models import Membership
    from afluente.deals.models import DealQuerySet, Pipeline

SPANS = (30, 90, 365)  # days that may be chosen
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
    """The deals opened in the last `days` days, by how far they came, and how it was in the days before."""

    pipeline: Pipeline
    pipelines: Sequence[Pipeline]
    days: int
    opened: int
    steps: Sequence[Step]
    won_share: float
    won_share_before: float | None
    median_days: int | None


def sales_funnel(
    *, member: Membership, pipeline_id: int | None = None, days: int = SPANS[0]
) -> Funnel | None:
    """The funnel of a pipeline, by default the first, of the deals that `member` sees: four queries.

    A deal counts at each stage up to the furthest it reached, also when it was lost from there or went
    back since; it counts as won only while it is. One whose journey is not written yet counts where it is.
    """
    pipelines = list(deal_policies.pipelines_of(member).order_by("position", "pk"))
    if not pipelines:
        return None
    pipeline = next((one for one in pipelines if one.pk == pipeline_id), pipelines[0])
    stages = list(Stage.objects.filter(pipeline_id=pipeline.pk).order_by("position", "pk"))
    deals = deal_policies.visible_to(member).filter(pipeline_id=pipeline.pk)
    since = clock.now() - timedelta(days=days)
    way = [stage for stage in stages if stage.kind != Stage.Kind.LOST]
    now, before = _reached(deals, way, since, days)
    steps = _steps(way, now)
    return Funnel(
        pipeline=pipeline,
        pipelines=pipelines,
        days=days,
        opened=sum(now),
        steps=steps,
        won_share=now[-1] / sum(now) if sum(now) else 0,
        won_share_before=before[-1] / sum(before) if sum(before) else None,
        median_days=_median_days(
            deals.filter(closed_at__isnull=False, stage__kind=Stage.Kind.WON)
            .order_by("-closed_at")
            .values_list("created_at", "closed_at")[:MEASURED]
        ),
    )


def _reached(
    deals: DealQuerySet, way: Sequence[Stage], since: datetime, days: int
) -> tuple[list[int], list[int]]:
    """How many deals came as far as each stage of the way and no further: those opened since, and before."""
    places = {stage.pk: place for place, stage in enumerate(way)}
    kinds = {stage.pk: stage.kind for stage in way}
    last_open = max((places[pk] for pk, kind in kinds.items() if kind == Stage.Kind.OPEN), default=0)
    rows = (
        deals.filter(created_at__gte=since - timedelta(days=days))
        .values_list("stage_id", "journeys__furthest_id")
        .annotate(now=Count("pk", filter=Q(created_at__gte=since)), n=Count("pk"))
        .order_by()
    )
    now, before = [0] * len(way), [0] * len(way)
    for here, furthest, counted, both in rows:
        place = max(places.get(here, 0), places.get(furthest, 0))
        if kinds.get(here) != Stage.Kind.WON:
            place = min(place, last_open)
        now[place] += counted
        before[place] += both - counted
    return now, before


def _steps(way: Sequence[Stage], reached: Sequence[int]) -> list[Step]:
    steps: list[Step] = []
    open_stages = [stage for stage in way if stage.kind == Stage.Kind.OPEN]
    for place, stage in enumerate(way):
        count = sum(reached[place:])
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


def _median_days(times: Iterable[tuple[datetime, datetime | None]]) -> int | None:
    spans = [(closed - opened) / timedelta(days=1) for opened, closed in times if closed is not None]
    return round(statistics.median(spans)) if spans else None
