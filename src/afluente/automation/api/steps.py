"""What rules did with a deal, and why."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from afluente.accounts.requests import member_of
from afluente.automation import selectors, services
from afluente.automation.api.refusing import NOT_ALLOWED, missing
from afluente.automation.api.shapes import Refused, RuleStepsOut, StepQuery
from afluente.deals import policies
from afluente.kernel.keyset import number_in
from afluente.timeline.events import token_actor

router = Router(tags=["Automation"])


@router.get("/deals/{deal_id}/steps", response={200: RuleStepsOut, 404: Refused, 422: Refused})
def list_steps(request: HttpRequest, deal_id: int, asked: Query[StepQuery]) -> Any:
    """How the steps of rules ended for a deal, the last first."""
    before = number_in(asked.cursor)
    if not policies.visible_to(member_of(request)).filter(pk=deal_id).exists():
        return missing("deal")
    rows = selectors.steps_of(deal_id, before=before, limit=asked.limit + 1)
    page = rows[: asked.limit]
    items = [
        {
            "id": one.pk,
            "stage_id": one.definition.place,
            "version": one.version,
            "rule": one.rule,
            "epoch": one.epoch,
            "state": one.state,
            "reason": one.reason,
            "detail": one.detail,
            "asked": one.asked,
            "due_at": one.due_at,
            "ended_at": one.ended_at,
            "late_by": one.late_by,
            "depth": one.depth,
        }
        for one in page
    ]
    return {"items": items, "next": str(page[-1].pk) if len(rows) > len(page) else None}


@router.post("/deals/{deal_id}/automation/resumption", response={204: None, 403: Refused, 404: Refused})
def resume_automation(request: HttpRequest, deal_id: int) -> Any:
    """Let rules go on with a deal that they moved too often, from its next entry into a stage on."""
    member = member_of(request)
    if not policies.visible_to(member).filter(pk=deal_id).exists():
        return missing("deal")
    if not policies.movable_by(member).filter(pk=deal_id).exists():
        return NOT_ALLOWED
    services.unfreeze(deal_id=deal_id, by=token_actor(request))
    return Status(204, None)
