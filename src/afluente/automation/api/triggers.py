"""Arranging what moves deals by itself."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from afluente.accounts.requests import member_of
from afluente.automation import selectors, services
from afluente.automation.api.refusing import NOT_ALLOWED, missing, refused
from afluente.automation.api.rules import stage_in
from afluente.automation.api.shapes import (
    FiringsOut,
    Refused,
    StepQuery,
    TriggerChange,
    TriggerIn,
    TriggerKindsOut,
    TriggerOrder,
    TriggerOut,
    TriggersOut,
)
from afluente.automation.engine.written import BadRuleError
from afluente.automation.models import Trigger
from afluente.deals import policies
from afluente.kernel.keyset import number_in

router = Router(tags=["Automation"])
CHANGED = {200: TriggerOut, 403: Refused, 404: Refused, 422: Refused}


@router.get("/trigger-kinds", response=TriggerKindsOut)
def list_trigger_kinds(request: HttpRequest) -> Any:
    """What triggers may wait for."""
    kinds = services.trigger_kinds().values()
    items = [{"kind": one.slug, "label": str(one.label), "params": list(one.params)} for one in kinds]
    return {"items": items}


@router.get("/stages/{stage_id}/triggers", response={200: TriggersOut, 404: Refused})
def list_triggers(request: HttpRequest, stage_id: int) -> Any:
    """The triggers that lead to a stage, in their order."""
    stage = stage_in(request, stage_id)
    if stage is None:
        return missing("stage")
    return {"items": [_out(request, one) for one in selectors.triggers_of([stage.pk])]}


@router.post(
    "/stages/{stage_id}/triggers",
    response={201: TriggerOut, 403: Refused, 404: Refused, 422: Refused},
)
def create_trigger(request: HttpRequest, stage_id: int, payload: TriggerIn) -> Any:
    """Let deals enter a stage by themselves. It counts at once."""
    stage = stage_in(request, stage_id)
    if stage is None:
        return missing("stage")
    if not policies.may_configure(member_of(request)):
        return NOT_ALLOWED
    values = payload.model_dump(exclude_unset=True)
    try:
        made = services.create_trigger(stage=stage, kind=values.pop("kind"), values=values)
    except BadRuleError as bad:
        return refused(422, "invalid", bad.said, bad.place)
    return Status(201, _out(request, made))


@router.put("/stages/{stage_id}/triggers/order", response={200: TriggersOut, 403: Refused, 404: Refused})
def order_triggers(request: HttpRequest, stage_id: int, payload: TriggerOrder) -> Any:
    """Put the triggers of a stage into another order: of several that fit, the first one counts."""
    stage = stage_in(request, stage_id)
    if stage is None:
        return missing("stage")
    if not policies.may_configure(member_of(request)):
        return NOT_ALLOWED
    services.order_triggers(stage=stage, trigger_ids=payload.trigger_ids)
    return {"items": [_out(request, one) for one in selectors.triggers_of([stage.pk])]}


@router.get("/triggers/{trigger_id}", response={200: TriggerOut, 404: Refused})
def read_trigger(request: HttpRequest, trigger_id: int) -> Any:
    """One trigger. The address of a webhook is shown to whoever may change it."""
    found = _trigger(request, trigger_id)
    return _out(request, found) if found else missing("trigger")


@router.patch("/triggers/{trigger_id}", response=CHANGED)
def change_trigger(request: HttpRequest, trigger_id: int, payload: TriggerChange) -> Any:
    """Arrange a trigger otherwise; `stage_id` puts it on another stage."""
    found = _trigger(request, trigger_id)
    if found is None:
        return missing("trigger")
    if not policies.may_configure(member_of(request)):
        return NOT_ALLOWED
    values = payload.model_dump(exclude_unset=True)
    to = values.pop("stage_id", None)
    stage = stage_in(request, to) if to is not None else None
    if to is not None and stage is None:
        return refused(422, "invalid", "There is no such stage.", "stage_id")
    try:
        return _out(request, services.change_trigger(trigger=found, values=values, stage=stage))
    except BadRuleError as bad:
        return refused(422, "invalid", bad.said, bad.place)


@router.delete("/triggers/{trigger_id}", response={204: None, 403: Refused, 404: Refused})
def delete_trigger(request: HttpRequest, trigger_id: int) -> Any:
    """Take a trigger away. Deals stay where they are."""
    found = _trigger(request, trigger_id)
    if found is None:
        return missing("trigger")
    if not policies.may_configure(member_of(request)):
        return NOT_ALLOWED
    services.delete_trigger(trigger=found)
    return Status(204, None)


@router.post("/triggers/{trigger_id}/address", response=CHANGED)
def rotate_address(request: HttpRequest, trigger_id: int) -> Any:
    """Give a webhook another address; the old one stops working."""
    found = _trigger(request, trigger_id)
    if found is None or not found.public_id:
        return missing("webhook")
    if not policies.may_configure(member_of(request)):
        return NOT_ALLOWED
    return _out(request, services.rotate_address(trigger=found))


@router.get("/deals/{deal_id}/firings", response={200: FiringsOut, 404: Refused, 422: Refused})
def list_firings(request: HttpRequest, deal_id: int, asked: Query[StepQuery]) -> Any:
    """What triggers did with a deal, and why they did not, the last first."""
    before = number_in(asked.cursor)
    if not policies.visible_to(member_of(request)).filter(pk=deal_id).exists():
        return missing("deal")
    rows = selectors.firings_of(deal_id, before=before, limit=asked.limit + 1)
    page = rows[: asked.limit]
    return {
        "items": [
            {
                "id": one.pk,
                "trigger_id": one.trigger_id,
                "stage_id": one.trigger.stage_id,
                "kind": one.trigger.kind,
                "state": one.state,
                "reason": one.reason,
                "detail": one.detail,
                "at": one.at,
            }
            for one in page
        ],
        "next": str(page[-1].pk) if len(rows) > len(page) else None,
    }


def _trigger(request: HttpRequest, trigger_id: int) -> Trigger | None:
    pipelines = policies.pipelines_of(member_of(request))
    return Trigger.objects.present().filter(pk=trigger_id, stage__pipeline__in=pipelines).first()


def _out(request: HttpRequest, one: Trigger) -> dict[str, Any]:
    shown = policies.may_configure(member_of(request))
    return {
        "id": one.pk,
        "stage_id": one.stage_id,
        "kind": one.kind,
        "title": one.title,
        "params": one.params,
        "where": one.where,
        "match": one.match,
        "reach": one.reach,
        "allows_back": one.allows_back,
        "may_reopen": one.may_reopen,
        "hears_rules": one.hears_rules,
        "max_age_minutes": one.max_age_minutes,
        "quiet_seconds": one.quiet_seconds,
        "on_behalf_of_id": one.on_behalf_of_id,
        "is_on": one.is_on,
        "address": services.address_of(one) if shown else "",
    }
