"""Arranging, publishing, pausing and stopping the rules of a stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from ninja import Router

from afluente.accounts.requests import member_of
from afluente.automation import selectors, services
from afluente.automation.api.refusing import NOT_ALLOWED, missing, refused
from afluente.automation.api.shapes import PublicationIn, PublicationOut, Refused, RulesIn, RulesOut
from afluente.automation.engine.written import BadRuleError
from afluente.deals import policies
from afluente.deals.models import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from afluente.automation.models import Definition

router = Router(tags=["Automation"])


@router.get("/stages/{stage_id}/rules", response={200: RulesOut, 404: Refused})
def read_rules(request: HttpRequest, stage_id: int) -> Any:
    """The rules of a stage as they are arranged now."""
    stage = stage_in(request, stage_id)
    return out(selectors.definition_of(stage.pk)) if stage else missing("stage")


@router.put("/stages/{stage_id}/rules", response={200: RulesOut, 403: Refused, 404: Refused, 422: Refused})
def arrange_rules(request: HttpRequest, stage_id: int, payload: RulesIn) -> Any:
    """Arrange the rules of a stage. Nothing runs differently until they are published."""

    def act(stage: Stage) -> Definition:
        rules = [rule.model_dump(mode="json", exclude_unset=True) for rule in payload.rules]
        return services.arrange_rules(stage=stage, rules=rules)

    return _changed(request, stage_id, act)


@router.post(
    "/stages/{stage_id}/rules/publication",
    response={200: RulesOut, 403: Refused, 404: Refused, 422: Refused},
)
def publish_rules(request: HttpRequest, stage_id: int, payload: PublicationIn | None = None) -> Any:
    """Let the arranged rules run for deals that enter from now on, and as `payload` says for what waits."""
    wish = payload or PublicationIn(waiting=services.Waiting.APPLY)

    def act(stage: Stage) -> Definition:
        definition = _arranged(stage)
        services.publish_rules(
            definition=definition,
            by=member_of(request),
            waiting=wish.waiting,
            is_for_present=wish.is_for_present,
        )
        return definition

    return _changed(request, stage_id, act)


@router.get(
    "/stages/{stage_id}/rules/publication", response={200: PublicationOut, 404: Refused, 422: Refused}
)
def read_publication(request: HttpRequest, stage_id: int) -> Any:
    """What publishing would change, counted: steps that wait, and deals that are in the stage."""
    stage = stage_in(request, stage_id)
    if stage is None:
        return missing("stage")
    try:
        return selectors.publication_of(_arranged(stage))
    except BadRuleError as bad:
        return refused(422, "invalid", bad.said, bad.place)


@router.post(
    "/stages/{stage_id}/rules/pause", response={200: RulesOut, 403: Refused, 404: Refused, 422: Refused}
)
def pause_rules(request: HttpRequest, stage_id: int) -> Any:
    """Start nothing new and hold what is due."""
    return _changed(request, stage_id, lambda stage: _turn(stage, services.pause_rules))


@router.delete(
    "/stages/{stage_id}/rules/pause", response={200: RulesOut, 403: Refused, 404: Refused, 422: Refused}
)
def resume_rules(request: HttpRequest, stage_id: int) -> Any:
    """Go on after a pause."""
    return _changed(request, stage_id, lambda stage: _turn(stage, services.resume_rules))


@router.post(
    "/stages/{stage_id}/rules/stop", response={200: RulesOut, 403: Refused, 404: Refused, 422: Refused}
)
def stop_rules(request: HttpRequest, stage_id: int) -> Any:
    """End everything that waits, and start nothing until they are published again."""
    return _changed(request, stage_id, lambda stage: _turn(stage, services.stop_rules))


def _changed(request: HttpRequest, stage_id: int, act: Callable[[Stage], Definition]) -> Any:
    stage = stage_in(request, stage_id)
    if stage is None:
        return missing("stage")
    if not policies.may_configure(member_of(request)):
        return NOT_ALLOWED
    try:
        act(stage)
    except BadRuleError as bad:
        return refused(422, "invalid", bad.said, bad.place)
    except services.NotPublishableError as wrong:
        number, said = next(iter(wrong.problems.items()))
        return refused(422, "invalid", said[0], f"rules[{number}]")
    return out(selectors.definition_of(stage.pk))


def _turn(stage: Stage, turn: Callable[..., None]) -> Definition:
    definition = _arranged(stage)
    turn(definition=definition)
    return definition


def _arranged(stage: Stage) -> Definition:
    definition = selectors.definition_of(stage.pk)
    if definition is None:
        raise BadRuleError("rules", "This stage has none yet: arrange them first.")
    return definition


def out(definition: Definition | None) -> dict[str, Any]:
    """The rules of a stage as JSON; of one without any, an empty draft."""
    if definition is None:
        return {"state": "draft", "version": 0, "waiting": 0, "rules": []}
    return {
        "state": definition.state,
        "version": definition.version,
        "waiting": selectors.waiting_of(definition.pk),
        "rules": definition.draft,
    }


def stage_in(request: HttpRequest, stage_id: int) -> Stage | None:
    """A stage of a pipeline that whoever asks may open."""
    found = Stage.objects.filter(pk=stage_id, pipeline__in=policies.pipelines_of(member_of(request)))
    return found.first()
