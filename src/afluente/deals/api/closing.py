"""Closing and reopening a deal, for other programs."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from django.db import transaction
from django.http import HttpRequest
from ninja import Field, Router

from afluente.deals import selectors, services
from afluente.deals.api.acting import refuse
from afluente.deals.api.deals import answer, out_of_reach
from afluente.deals.api.pipeline_shapes import Body
from afluente.deals.api.shapes import REFUSALS, DealOut
from afluente.deals.models import Deal, Stage
from afluente.kernel import money, text
from afluente.timeline.events import token_actor

router = Router(tags=["Deals"])


class DealClosure(Body):
    """How it ended; `amount` is the final value of one that was won."""

    outcome: Literal["won", "lost"]
    lost_reason: Annotated[str, Field(max_length=255)] = ""
    amount: Decimal | str | None = None


@router.post("/deals/{deal_id}/closure", response={200: DealOut, **REFUSALS})
def close_deal(request: HttpRequest, deal_id: int, payload: DealClosure) -> Any:
    """Close a deal as won or lost, in its pipeline. One that is closed so already stays as it is."""
    if refusal := out_of_reach(request, deal_id):
        return refusal
    reason, by = text.clean(payload.lost_reason, limit=255), token_actor(request)
    if payload.outcome == "won" and reason:
        return refuse(422, "invalid", "Only what was lost has a reason.", "lost_reason")
    deal = Deal.objects.select_related("pipeline").get(pk=deal_id)
    stage = Stage.objects.get(pipeline_id=deal.pipeline_id, kind=payload.outcome)
    try:
        with transaction.atomic():
            if payload.amount is not None:
                amount = money.amount(payload.amount)
                if amount < 0:
                    return refuse(422, "invalid", "An amount cannot be below zero.", "amount")
                services.change_deal(deal_id=deal_id, changes={"amount": amount}, by=by)
            services.move_deals(deal_ids=[deal_id], to=stage, by=by, lost_reason=reason)
    except money.BadAmountError as error:
        return refuse(422, "invalid", money.why(error), "amount")
    except services.MissingError as missing:
        wants = ", ".join(str(label) for label in selectors.labels_of(missing.keys))
        return refuse(422, "missing", f"{stage.name} wants this first: {wants}.", "outcome")
    return answer(request, deal_id)


@router.delete("/deals/{deal_id}/closure", response={200: DealOut, **REFUSALS})
def reopen_deal(request: HttpRequest, deal_id: int) -> Any:
    """Put a closed deal back into the stage it came from. One that is open stays where it is."""
    if refusal := out_of_reach(request, deal_id):
        return refusal
    deal = Deal.objects.get(pk=deal_id)
    if deal.closed_at is not None:
        stage = selectors.return_stage(deal=deal)
        try:
            services.move_deals(deal_ids=[deal_id], to=stage, by=token_actor(request))
        except services.MissingError as missing:
            wants = ", ".join(str(label) for label in selectors.labels_of(missing.keys))
            return refuse(422, "missing", f"{stage.name} wants this first: {wants}.")
    return answer(request, deal_id)
