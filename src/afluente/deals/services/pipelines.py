"""Pipelines and their stages, changed by administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max

from afluente.contacts import services as contacts
from afluente.contacts.models import Field
from afluente.deals.models import Deal, DealCounter, Pipeline, Stage
from afluente.deals.services.emptying import empty_stage, end_later, is_awaited, is_much
from afluente.deals.services.templates import make_stages, template_of
from afluente.kernel import clock
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.accounts.models import Membership
    from afluente.timeline.events import Actor


PAYMENT_STAGES = {"stage_on_new", "stage_on_paid", "stage_on_failed"}


class StagesMoveError(Exception):
    """Deals are still being moved out of, or into, a stage of this pipeline."""


class LastPipelineError(Exception):
    """The only present pipeline cannot be archived: arriving leads need a place."""


class ForeignStageError(Exception):
    """A stage of another pipeline, or of this one where another is needed; the text names the property."""


class DealsNeedAPlaceError(Exception):
    """A stage or pipeline holds deals, and nobody said where they go."""


@transaction.atomic
def create_pipeline(
    *,
    name: str,
    currency: str,
    by: Actor,
    icon: str = "",
    color: int | None = None,
    kind: str = Pipeline.Kind.DEAL,
    default_assignee: Membership | None = None,
    asks_lost_reason: bool = False,
    template: str = "",
    language: str = "en",
) -> Pipeline:
    """Make a pipeline after all others, with the stages of a template named in `language`.

    A template of another kind of pipeline is passed over for the usual one of `kind`.
    """
    start = template_of(template, kind)
    if start.kind != kind:
        start = template_of("", kind)
    DealCounter.objects.get_or_create()
    last = Pipeline.objects.aggregate(last=Max("position"))["last"]
    pipeline = Pipeline.objects.create(
        name=name,
        currency=currency,
        icon=icon or start.icon,
        color=color,
        kind=kind,
        asks_lost_reason=asks_lost_reason,
        default_assignee=default_assignee,
        position=0 if last is None else last + 1,
    )
    make_stages(pipeline, start, language)
    tell("pipeline.created", pipeline, by, {"name": name})
    return pipeline


@transaction.atomic
def update_pipeline(*, pipeline: Pipeline, changes: Mapping[str, Any], by: Actor) -> Pipeline:
    """Set properties of a pipeline, such as name, currency or the stage of each payment status. One event
    with before and after, if any differs. Raises ForeignStageError for a stage of another pipeline.
    """
    for name in PAYMENT_STAGES & changes.keys():
        if changes[name] is not None and changes[name].pipeline_id != pipeline.pk:
            raise ForeignStageError(name)
    changed = {
        name: [getattr(pipeline, name), value]
        for name, value in changes.items()
        if getattr(pipeline, name) != value
    }
    if changed:
        for name, (_, value) in changed.items():
            setattr(pipeline, name, value)
        pipeline.save(update_fields=list(changed))
        tell(
            "pipeline.changed",
            pipeline,
            by,
            {name: [_plain(value) for value in pair] for name, pair in changed.items()},
        )
    return pipeline


@transaction.atomic
def order_pipelines(*, ids: Sequence[int], by: Actor) -> None:
    """Put the present pipelines in the order of `ids`; those not named come after, as they were."""
    present = list(Pipeline.objects.present().select_for_update(of=("self",)).order_by("position", "pk"))
    wanted = {pipeline_id: place for place, pipeline_id in enumerate(ids)}
    before = [pipeline.pk for pipeline in present]
    present.sort(key=lambda pipeline: wanted.get(pipeline.pk, len(wanted)))
    if [pipeline.pk for pipeline in present] == before:
        return
    for position, pipeline in enumerate(present):
        pipeline.position = position
    Pipeline.objects.bulk_update(present, ["position"])
    tell("pipeline.ordered", present[0], by, {"order": [before, [pipeline.pk for pipeline in present]]})


@transaction.atomic
def archive_pipeline(*, pipeline: Pipeline, by: Actor) -> None:
    """Put a pipeline away with its deals. Raises LastPipelineError for the only one."""
    others = Pipeline.objects.present().select_for_update(of=("self",)).exclude(pk=pipeline.pk)
    if not others:
        raise LastPipelineError(pipeline.pk)
    pipeline.archived_at = clock.now()
    pipeline.save(update_fields=["archived_at"])
    tell("pipeline.archived", pipeline, by, {"name": pipeline.name})


@transaction.atomic
def delete_pipeline(*, pipeline: Pipeline, to: Stage | None, by: Actor) -> int | None:
    """Delete a pipeline for good, after its deals have gone into a stage of another one; how many went, or None
    when they are many: then it disappears at once, and a job moves them.

    Deals that were deleted go along. Raises LastPipelineError, DealsNeedAPlaceError,
    StagesMoveError, and ForeignStageError when `to` is a stage of this pipeline.
    """
    others = Pipeline.objects.present().select_for_update(of=("self",)).exclude(pk=pipeline.pk)
    if pipeline.archived_at is None and not others:
        raise LastPipelineError(pipeline.pk)
    if to is not None and to.pipeline_id == pipeline.pk:
        raise ForeignStageError("to")
    if to is None and Deal.objects.filter(pipeline=pipeline).exists():
        raise DealsNeedAPlaceError(pipeline.pk)
    stages = list(
        Stage.objects.lasting().select_for_update(of=("self",)).filter(pipeline=pipeline).order_by("position")
    )
    if Stage.objects.filter(pipeline=pipeline).count() > len(stages) or is_awaited(stages):
        raise StagesMoveError(pipeline.pk)
    tell("pipeline.deleted", pipeline, by, {"name": pipeline.name, "to": to.pk if to else None})
    fields = Field.objects.filter(entity="deal", scope_id=pipeline.pk).values_list("pk", flat=True)
    for field_id in list(fields):
        contacts.delete_field(field_id=field_id, by=by)
    cause = {"kind": "pipeline_deleted", "pipeline": pipeline.name}
    if to is not None and is_much(stages):
        Pipeline.objects.filter(pk=pipeline.pk).update(archived_at=clock.now())
        end_later(stages, to, by, cause=cause)
        return None
    moved = sum(empty_stage(stage, to, by, cause=cause) for stage in reversed(stages)) if to else 0
    Stage.objects.filter(pipeline=pipeline).delete()
    pipeline.delete()
    return moved


@transaction.atomic
def unarchive_pipeline(*, pipeline: Pipeline, by: Actor) -> None:
    """Bring an archived pipeline back. Raises StagesMoveError for one that is being deleted."""
    if Stage.objects.filter(pipeline=pipeline).exclude(ends_into=None).exists():
        raise StagesMoveError(pipeline.pk)
    pipeline.archived_at = None
    pipeline.save(update_fields=["archived_at"])
    tell("pipeline.unarchived", pipeline, by, {"name": pipeline.name})


def tell(kind: str, pipeline: Pipeline, by: Actor, data: Mapping[str, Any]) -> None:
    """One line in the log about a pipeline."""
    timeline.record([NewEvent(kind, by, data={"pipeline": pipeline.pk, **data})])


def _plain(value: Any) -> Any:
    return value.pk if hasattr(value, "pk") else value
