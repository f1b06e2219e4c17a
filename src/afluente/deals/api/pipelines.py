"""Pipelines and their stages for other programs: read, made, changed, put in order, ended (docs/reference/api.md)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from ninja import Query, Router

from afluente.accounts.requests import member_of
from afluente.deals import policies, selectors, services
from afluente.deals.api.acting import refuse
from afluente.deals.api.pipeline_shapes import (
    Ending,
    EndingOut,
    Order,
    PipelineNew,
    PipelinePatch,
    StageNew,
    StagePatch,
)
from afluente.deals.api.pipeline_words import (
    MistakeError,
    pipeline_changes,
    pipeline_out,
    save_order,
    stage_draft,
    stage_out,
    stage_rules,
)
from afluente.deals.api.shapes import REFUSALS, PipelineOut, PipelinesOut, StageOut
from afluente.deals.models import Pipeline, Stage
from afluente.timeline.events import token_actor

router = Router(tags=["Pipelines"])


def may_not(request: HttpRequest) -> JsonResponse | None:
    """403 for a token whose maker does not set pipelines up."""
    if policies.may_configure(member_of(request)):
        return None
    return refuse(403, "not_allowed", "Whoever made this token may not set pipelines up.")


@router.get("/pipelines", response={200: PipelinesOut, **REFUSALS})
def list_pipelines(request: HttpRequest) -> Any:
    """The present pipelines in their order, with their stages in theirs."""
    found = selectors.move_targets(member=member_of(request))
    return JsonResponse({"items": [pipeline_out(pipeline) for pipeline in found]})


@router.post("/pipelines", response={201: PipelineOut, **REFUSALS})
def create_pipeline(request: HttpRequest, payload: PipelineNew) -> Any:
    """Make a pipeline after all others, with the stages of a template."""
    if refusal := may_not(request):
        return refusal
    try:
        wanted = pipeline_changes(request, payload.dict(exclude_unset=True))
    except MistakeError as mistake:
        return refuse(422, "invalid", str(mistake), mistake.field)
    workspace = member_of(request).workspace
    wanted.setdefault("currency", workspace.currency)
    made = services.create_pipeline(by=token_actor(request), language=workspace.language, **wanted)
    return _answer(request, made.pk, status=201)


@router.post("/pipelines/order", response={200: PipelinesOut, **REFUSALS})
def order_pipelines(request: HttpRequest, payload: Order) -> Any:
    """Put the pipelines in this order; those not named come after, as they were."""
    if refusal := may_not(request):
        return refusal
    services.order_pipelines(ids=payload.ids, by=token_actor(request))
    return list_pipelines(request)


@router.get("/pipelines/{pipeline_id}", response={200: PipelineOut, **REFUSALS})
def read_pipeline(request: HttpRequest, pipeline_id: int) -> Any:
    """One pipeline with its stages."""
    return _answer(request, pipeline_id)


@router.patch("/pipelines/{pipeline_id}", response={200: PipelineOut, **REFUSALS})
def change_pipeline(request: HttpRequest, pipeline_id: int, payload: PipelinePatch) -> Any:
    """Set properties of a pipeline; what is not named stays."""
    pipeline = _seen(request, pipeline_id)
    if refusal := _refusal(request, pipeline):
        return refusal
    assert pipeline is not None
    try:
        wanted = pipeline_changes(request, payload.dict(exclude_unset=True), pipeline=pipeline)
    except MistakeError as mistake:
        return refuse(422, "invalid", str(mistake), mistake.field)
    services.update_pipeline(pipeline=pipeline, changes=wanted, by=token_actor(request))
    return _answer(request, pipeline_id)


@router.delete("/pipelines/{pipeline_id}", response={200: EndingOut, **REFUSALS})
def delete_pipeline(request: HttpRequest, pipeline_id: int, asked: Query[Ending]) -> Any:
    """Delete a pipeline for good. Its deals go to `to_stage_id`; when they are many, by a job."""
    pipeline = _seen(request, pipeline_id)
    if refusal := _refusal(request, pipeline):
        return refusal
    assert pipeline is not None
    to = _target(request, asked.to_stage_id)
    if to is None and asked.to_stage_id is not None:
        return refuse(422, "invalid", "There is no such stage.", "to_stage_id")
    try:
        moved = services.delete_pipeline(pipeline=pipeline, to=to, by=token_actor(request))
    except services.LastPipelineError:
        return refuse(422, "invalid", "This is the only pipeline.")
    except services.ForeignStageError:
        return refuse(
            422, "invalid", "That stage is deleted, too. Name one of another pipeline.", "to_stage_id"
        )
    except services.DealsNeedAPlaceError:
        return refuse(422, "missing", "It has deals. Say where they go.", "to_stage_id")
    except services.StagesMoveError:
        return refuse(422, "invalid", "Its deals are still being moved.")
    return JsonResponse({"moved": moved or 0, "is_running": moved is None})


@router.post("/pipelines/{pipeline_id}/stages", response={201: StageOut, **REFUSALS})
def create_stage(request: HttpRequest, pipeline_id: int, payload: StageNew) -> Any:
    """Make an open stage after the other open ones."""
    pipeline = _seen(request, pipeline_id)
    if refusal := _refusal(request, pipeline):
        return refusal
    assert pipeline is not None
    try:
        made = stage_draft(request, pipeline, payload.dict(exclude_unset=True))
    except MistakeError as mistake:
        return refuse(422, "invalid", str(mistake), mistake.field)
    return JsonResponse(stage_out(made), status=201)


@router.post("/pipelines/{pipeline_id}/stages/order", response={200: PipelineOut, **REFUSALS})
def order_stages(request: HttpRequest, pipeline_id: int, payload: Order) -> Any:
    """Put its open stages in this order; those not named come after. Won and lost stay the last."""
    pipeline = _seen(request, pipeline_id)
    if refusal := _refusal(request, pipeline):
        return refusal
    assert pipeline is not None
    save_order(request, pipeline, payload.ids)
    return _answer(request, pipeline_id)


@router.patch("/stages/{stage_id}", response={200: StageOut, **REFUSALS})
def change_stage(request: HttpRequest, stage_id: int, payload: StagePatch) -> Any:
    """Set what a stage is called, how it looks and what it asks; what is not named stays."""
    stage = _target(request, stage_id)
    if refusal := _refusal(request, stage):
        return refusal
    assert stage is not None
    try:
        changed = stage_rules(request, stage, payload.dict(exclude_unset=True))
    except MistakeError as mistake:
        return refuse(422, "invalid", str(mistake), mistake.field)
    return JsonResponse(stage_out(changed))


@router.delete("/stages/{stage_id}", response={200: EndingOut, **REFUSALS})
def delete_stage(request: HttpRequest, stage_id: int, asked: Query[Ending]) -> Any:
    """Delete an open stage. Its deals go to `to_stage_id`, of any pipeline; when they are many, by a job."""
    stage = _target(request, stage_id)
    if refusal := _refusal(request, stage):
        return refusal
    assert stage is not None
    to = _target(request, asked.to_stage_id)
    if asked.to_stage_id is not None and (to is None or to.pk == stage_id):
        return refuse(422, "invalid", "There is no such stage.", "to_stage_id")
    try:
        moved = services.delete_stage(stage=stage, to=to, by=token_actor(request))
    except services.DealsNeedAPlaceError:
        return refuse(422, "missing", "It has deals. Say where they go.", "to_stage_id")
    except services.ProtectedStageError:
        return refuse(422, "invalid", "A pipeline keeps its won and lost stages and one open stage.")
    return JsonResponse({"moved": moved or 0, "is_running": moved is None})


def _seen(request: HttpRequest, pipeline_id: int) -> Pipeline | None:
    return policies.pipelines_of(member_of(request)).filter(pk=pipeline_id).first()


def _target(request: HttpRequest, stage_id: int | None) -> Stage | None:
    seen = Stage.objects.lasting().filter(pipeline__in=policies.pipelines_of(member_of(request)))
    found: Stage | None = seen.select_related("pipeline").filter(pk=stage_id or 0).first()
    return found


def _refusal(request: HttpRequest, found: Pipeline | Stage | None) -> JsonResponse | None:
    if found is None:
        return refuse(404, "not_found", "There is no such pipeline or stage.")
    return may_not(request)


def _answer(request: HttpRequest, pipeline_id: int, *, status: int = 200) -> JsonResponse:
    found = [one for one in selectors.move_targets(member=member_of(request)) if one.pk == pipeline_id]
    if not found:
        return refuse(404, "not_found", "There is no such pipeline.")
    return JsonResponse(pipeline_out(found[0]), status=status)
