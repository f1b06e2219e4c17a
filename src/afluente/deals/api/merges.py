"""Making two deals one, and taking that back, for other programs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from afluente.accounts.requests import member_of
from afluente.deals import policies, services
from afluente.deals.api.acting import missing, refuse
from afluente.deals.api.pipeline_shapes import Body
from afluente.deals.api.shapes import REFUSALS, DealProblem
from afluente.deals.events import ChangeRefusedError
from afluente.deals.models import DealMerge
from afluente.timeline.events import token_actor

router = Router(tags=["Deals"])
MOST = 100
Number = Annotated[int, Field(ge=1, le=2**63 - 1)]


class DealMergeShape(Body):
    """Which deal becomes part of this one, and in which fields its value is taken."""

    deal_id: Number = Field(description="The deal that goes.")
    take: list[str] = Field(
        default_factory=list,
        max_length=200,
        description="Fields whose value is that of the deal that goes: name, amount, assignee, company, type, due, "
        "field-7. In the others the survivor's stays, unless it is empty.",
    )


class DealMergeOut(Schema):
    """One merge; `changed` are the fields of the survivor that it changed."""

    id: int
    survivor_id: int
    loser_id: int
    changed: list[str]
    created_at: datetime
    undone_at: datetime | None


@router.post("/deals/{deal_id}/merges", response={201: DealMergeOut, 409: DealProblem, **REFUSALS})
def merge_deal(request: HttpRequest, deal_id: int, payload: DealMergeShape) -> Any:
    """Let another deal become part of this one. Its number is answered with the survivor from now on."""
    allowed = policies.mergeable_by(member_of(request)).filter(pk__in=[deal_id, payload.deal_id])
    if allowed.count() < len({deal_id, payload.deal_id}):
        seen = policies.visible_to(member_of(request)).filter(pk__in=[deal_id, payload.deal_id])
        if seen.count() < len({deal_id, payload.deal_id}):
            return missing()
        return refuse(403, "not_allowed", "Whoever made this token may not merge these deals.")
    try:
        made = services.merge_deals(
            survivor_id=deal_id,
            loser_id=payload.deal_id,
            choices=dict.fromkeys(payload.take, payload.deal_id),
            by=token_actor(request),
        )
    except services.NotMergeableError:
        return refuse(
            422, "invalid", "A lead is merged with another lead, a deal with another deal.", "deal_id"
        )
    except services.DealIsGoneError:
        return refuse(409, "conflict", "One of the deals was merged or deleted meanwhile.", "deal_id")
    except ChangeRefusedError as refused:
        return refuse(422, "invalid", str(refused), "take")
    return Status(201, _out(made))


@router.get("/deals/{deal_id}/merges", response={200: list[DealMergeOut], **REFUSALS})
def list_deal_merges(request: HttpRequest, deal_id: int) -> Any:
    """What became part of a deal, the newest first, at most a hundred; those taken back among them."""
    if not policies.visible_to(member_of(request)).filter(pk=deal_id).exists():
        return missing()
    return [_out(one) for one in DealMerge.objects.filter(survivor_id=deal_id).order_by("-pk")[:MOST]]


@router.post("/deals/merges/{merge_id}/undo", response={200: DealMergeOut, 409: DealProblem, **REFUSALS})
def unmerge_deal(request: HttpRequest, merge_id: int) -> Any:
    """Take a merge back: both deals are what they were, and what was changed since stays with the survivor."""
    if not policies.merges_of(member_of(request)).filter(pk=merge_id).exists():
        return refuse(404, "not_found", "There is no such merge.")
    try:
        services.unmerge_deals(merge_id=merge_id, by=token_actor(request))
    except services.NestedMergeError:
        return refuse(409, "conflict", "The survivor was merged into another deal since. Part those first.")
    except services.NotMergedError:
        return refuse(409, "conflict", "This merge was taken back already.")
    return _out(DealMerge.objects.get(pk=merge_id))


def _out(one: DealMerge) -> dict[str, Any]:
    return {
        "id": one.pk,
        "survivor_id": one.survivor_id,
        "loser_id": one.loser_id,
        "changed": sorted(one.changes),
        "created_at": one.created_at,
        "undone_at": one.undone_at,
    }
