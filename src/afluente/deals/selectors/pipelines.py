"""Pipelines, for the navigation, for settings and for choosing where a deal goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Prefetch

from afluente.contacts.models import EVERY
from afluente.contacts.selectors import fields_of
from afluente.deals import policies
from afluente.deals.models import Deal, DealType, LostReason, Pipeline, Stage
from afluente.deals.selectors.boards import depth_of

if TYPE_CHECKING:
    from afluente.accounts.models import Membership
    from afluente.contacts.selectors import KnownField
    from afluente.deals.models import PipelineQuerySet


@dataclass(frozen=True, kw_only=True)
class PipelineName:
    """A pipeline as a menu shows it."""

    id: int
    name: str
    icon: str
    color: int | None = None  # a hue of the sign


@dataclass(frozen=True, kw_only=True)
class PipelineSummary(PipelineName):
    """A pipeline and how many open deals of it this member sees."""

    count: int


@dataclass(frozen=True, kw_only=True)
class StageRow:
    """A line of the stage editor; `count` counts every present deal, whoever may see it."""

    stage: Stage
    depth: str
    count: int


def pipelines_seen(*, member: Membership) -> list[PipelineName]:
    """The present pipelines in order.

    Asked for by the navigation and by the page in one request: `member` is made anew in each request,
    and remembers the answer.
    """
    known: list[PipelineName] | None = member.__dict__.get("_pipelines_seen")
    if known is None:
        rows = (
            policies.pipelines_of(member)
            .order_by("position", "pk")
            .values_list("pk", "name", "icon", "color")
        )
        known = [PipelineName(id=pk, name=name, icon=icon, color=color) for pk, name, icon, color in rows]
        member.__dict__["_pipelines_seen"] = known
    return known


def pipeline_summaries(*, member: Membership) -> list[PipelineSummary]:
    """The present pipelines in order, counted, in two queries."""
    counts = dict(
        policies.visible_to(member).filter(closed_at=None).values_list("pipeline_id").annotate(n=Count("pk"))
    )
    return [
        PipelineSummary(id=one.id, name=one.name, icon=one.icon, color=one.color, count=counts.get(one.id, 0))
        for one in pipelines_seen(member=member)
    ]


def field_scopes() -> list[tuple[int, str]]:
    """The present pipelines in their order, as (number, name), whoever asks."""
    return list(Pipeline.objects.present().order_by("position", "pk").values_list("pk", "name"))


def addable_fields() -> list[KnownField]:
    """What a new deal can be given at once: the common fields, then those of each pipeline."""
    return [one for one in fields_of("deal", EVERY) if one.is_active]


def deal_types() -> list[DealType]:
    """The present types of deals, in their order."""
    return list(DealType.objects.filter(archived_at=None).order_by("position", "pk"))


def lost_reasons() -> list[LostReason]:
    """The reasons for losing that are offered, in their order."""
    return list(LostReason.objects.filter(archived_at=None).order_by("position", "pk"))


def default_pipeline(*, member: Membership) -> Pipeline | None:
    """The first pipeline (SP-017): the present one with the lowest position."""
    return policies.pipelines_of(member).order_by("position", "pk").first()


def move_targets(*, member: Membership) -> list[Pipeline]:
    """Where `member` may put a deal: the pipelines with their stages at hand, in two queries."""
    return _with_stages(policies.pipelines_of(member))


def archived_pipelines() -> list[Pipeline]:
    """Those put away, the last first; without those that are being deleted."""
    ending = Stage.objects.exclude(ends_into=None).values("pipeline_id")
    found = Pipeline.objects.exclude(archived_at=None).exclude(pk__in=ending)
    return list(found.order_by("-archived_at"))


def endings() -> list[tuple[str, int]]:
    """Stages that are deleted but still hold deals, as (pipeline and stage, deals)."""
    ending = list(Stage.objects.exclude(ends_into=None).select_related("pipeline").order_by("pk"))
    left = Deal.objects.present().filter(stage__in=ending) if ending else Deal.objects.none()
    counts = dict(left.values_list("stage_id").annotate(n=Count("pk")))
    return [(f"{one.pipeline.name}: {one.name}", counts.get(one.pk, 0)) for one in ending]


def _with_stages(pipelines: PipelineQuerySet) -> list[Pipeline]:
    stages = Stage.objects.lasting().order_by("position", "pk")
    return list(pipelines.order_by("position", "pk").prefetch_related(Prefetch("stages", stages)))


def stage_rows(*, pipeline: Pipeline) -> list[StageRow]:
    """The stages of `pipeline` in order, each with its colour and the number of deals in it."""
    stages = list(Stage.objects.lasting().filter(pipeline=pipeline).order_by("position", "pk"))
    counts = dict(
        Deal.objects.present().filter(pipeline=pipeline).values_list("stage_id").annotate(n=Count("pk"))
    )
    opened = [stage for stage in stages if stage.kind == Stage.Kind.OPEN]
    return [
        StageRow(stage=stage, depth=depth_of(stage, opened), count=counts.get(stage.pk, 0))
        for stage in stages
    ]


def stages_beside(*, stage: Stage) -> list[Stage]:
    """Where the deals of `stage` could go: the stages of every present pipeline but itself."""
    present = Stage.objects.lasting().filter(pipeline__archived_at=None).exclude(pk=stage.pk)
    ordered = present.select_related("pipeline").order_by(
        "pipeline__position", "pipeline_id", "position", "pk"
    )
    return list(ordered)
