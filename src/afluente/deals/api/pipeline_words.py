"""What programs say of pipelines and stages, read for the services; and what they are answered."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest

from afluente.accounts.models import Membership
from afluente.accounts.policies import assignable_by
from afluente.accounts.requests import member_of
from afluente.deals import services
from afluente.deals.models import Pipeline, Stage
from afluente.deals.services.templates import ICONS
from afluente.kernel import money, text
from afluente.timeline.events import token_actor

PIPELINE = (
    "name", "currency", "icon", "kind", "color", "default_assignee_id", "asks_lost_reason",
    "stage_on_new_id", "stage_on_paid_id", "stage_on_failed_id", "position",
)  # fmt: skip
STAGE = (
    "name", "kind", "color", "position", "probability", "due_hours", "remind_before", "stale_after_days",
    "required",
)  # fmt: skip
LOOKS = ("color", "stale_after_days")  # of the stage editor; the others are rules
PAID = ("stage_on_new", "stage_on_paid", "stage_on_failed")


class MistakeError(ValueError):
    """Something that cannot be so: `field` says what, the text what to mend."""

    def __init__(self, said: str, field: str) -> None:
        super().__init__(said)
        self.field = field


def pipeline_out(pipeline: Pipeline) -> dict[str, Any]:
    """A pipeline whose stages are at hand."""
    stages = [stage_out(stage) for stage in pipeline.stages.all()]
    return {"id": pipeline.pk, **{name: getattr(pipeline, name) for name in PIPELINE}, "stages": stages}


def stage_out(stage: Stage) -> dict[str, Any]:
    """A stage as it is."""
    return {"id": stage.pk, **{name: getattr(stage, name) for name in STAGE}}


def pipeline_changes(
    request: HttpRequest, given: dict[str, Any], *, pipeline: Pipeline | None = None
) -> dict[str, Any]:
    """What the service sets. Raises MistakeError."""
    never_empty = ("name", "icon", "currency", "asks_lost_reason")
    wanted = {name: value for name, value in given.items() if value is not None or name not in never_empty}
    if "name" in wanted:
        wanted["name"] = _name(wanted["name"])
    if "currency" in wanted and not money.is_currency(wanted["currency"]):
        raise MistakeError("That is no ISO 4217 currency.", "currency")
    if "icon" in wanted and wanted["icon"] not in ICONS:
        raise MistakeError("There is no such sign.", "icon")
    if "default_assignee_id" in wanted:
        wanted["default_assignee"] = _member(request, wanted.pop("default_assignee_id"))
    for name in PAID:
        if f"{name}_id" in wanted:
            wanted[name] = _stage_of(pipeline, wanted.pop(f"{name}_id"), f"{name}_id")
    return wanted


def _member(request: HttpRequest, number: int | None) -> Membership | None:
    found = assignable_by(member_of(request)).filter(pk=number or 0).first()
    if number is not None and found is None:
        raise MistakeError("There is no such member.", "default_assignee_id")
    return found


def _stage_of(pipeline: Pipeline | None, number: int | None, field: str) -> Stage | None:
    found: Stage | None = Stage.objects.lasting().filter(pk=number or 0, pipeline=pipeline).first()
    if number is not None and found is None:
        raise MistakeError("That is no stage of this pipeline.", field)
    return found


def stage_draft(request: HttpRequest, pipeline: Pipeline, given: dict[str, Any]) -> Stage:
    """Make an open stage after the others of `pipeline`. Raises MistakeError."""
    name = _name(given.pop("name"))
    with transaction.atomic():
        drafts = [*_drafts(pipeline), services.StageDraft(name=name, **_looks(given))]
        _save(request, pipeline, drafts)
        made = Stage.objects.lasting().get(pipeline=pipeline, name__iexact=name)
        return _ruled(request, made, given)


def stage_rules(request: HttpRequest, stage: Stage, given: dict[str, Any]) -> Stage:
    """Change a stage. Raises MistakeError."""
    if "name" in given:
        given["name"] = _name(given["name"] or "")
    looks = {name: given.pop(name) for name in LOOKS if name in given}
    if looks and stage.kind != Stage.Kind.OPEN:
        raise MistakeError("Only open stages have a colour and grow stale.", next(iter(looks)))
    if given.get("required", []) is None:
        given["required"] = []
    with transaction.atomic():
        if looks:
            drafts = [
                services.StageDraft(
                    id=one.id,
                    name=one.name,
                    **({"color": one.color, "stale_after_days": one.stale_after_days} | looks)
                    if one.id == stage.pk
                    else {"color": one.color, "stale_after_days": one.stale_after_days},
                )
                for one in _drafts(stage.pipeline)
            ]
            _save(request, stage.pipeline, drafts)
        return _ruled(request, stage, given)


def save_order(request: HttpRequest, pipeline: Pipeline, ids: list[int]) -> None:
    """Put the open stages in this order."""
    places = {pk: place for place, pk in enumerate(ids)}
    drafts = sorted(_drafts(pipeline), key=lambda one: places.get(one.id or 0, len(places)))
    services.save_stages(pipeline=pipeline, drafts=drafts, by=token_actor(request))


def _drafts(pipeline: Pipeline) -> list[services.StageDraft]:
    opened = Stage.objects.lasting().filter(pipeline=pipeline, kind=Stage.Kind.OPEN)
    return [
        services.StageDraft(id=one.pk, name=one.name, color=one.color, stale_after_days=one.stale_after_days)
        for one in opened.order_by("position", "pk")
    ]


def _looks(given: dict[str, Any]) -> dict[str, Any]:
    return {name: given.pop(name) for name in LOOKS if name in given}


def _save(request: HttpRequest, pipeline: Pipeline, drafts: list[services.StageDraft]) -> None:
    try:
        with transaction.atomic():
            services.save_stages(pipeline=pipeline, drafts=drafts, by=token_actor(request))
    except IntegrityError as error:
        raise MistakeError("There is a stage of this name already.", "name") from error


def _ruled(request: HttpRequest, stage: Stage, given: dict[str, Any]) -> Stage:
    try:
        return services.change_stage(stage_id=stage.pk, changes=given, by=token_actor(request))
    except services.BadRuleError as refused:
        raise MistakeError(str(refused), refused.place) from refused


def _name(said: str) -> str:
    name = text.clean(said, limit=100)
    if not name:
        raise MistakeError("It needs a name.", "name")
    return name
