"""Converting leads and copying deals, for other programs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from ninja import Router

from afluente.accounts.requests import member_of
from afluente.contacts import policies as contact_policies
from afluente.deals import policies, services
from afluente.deals.api.acting import refuse
from afluente.deals.api.deals import answer, out_of_reach
from afluente.deals.api.shapes import REFUSALS, ConversionOut, DealOut, LeadConversion
from afluente.deals.models import Conversion, Stage
from afluente.kernel import email, money, text
from afluente.timeline.events import token_actor

router = Router(tags=["Deals"])


@router.post("/deals/{deal_id}/conversion", response={200: ConversionOut, **REFUSALS})
def convert_lead(request: HttpRequest, deal_id: int, payload: LeadConversion) -> Any:
    """Make a contact, a company and a deal of an open lead in one step, and close it as converted."""
    if refusal := out_of_reach(request, deal_id):
        return refusal
    wish = _wish(request, payload)
    if isinstance(wish, JsonResponse):
        return wish
    try:
        made = services.convert_lead(lead_id=deal_id, wish=wish, by=token_actor(request))
    except services.NotALeadError:
        return refuse(422, "invalid", "Only open leads, in a pipeline of leads, are converted.")
    except (services.BadTargetError, services.StageGoneError):
        return refuse(422, "invalid", "A deal opens in an open stage of a pipeline of deals.", "stage_id")
    return JsonResponse(_told(made))


@router.delete("/deals/{deal_id}/conversion", response={200: DealOut, **REFUSALS})
def undo_conversion(request: HttpRequest, deal_id: int) -> Any:
    """Take the conversion of a lead back: what was made for it is put away, and the lead is open again."""
    if refusal := out_of_reach(request, deal_id):
        return refusal
    try:
        services.undo_conversion(lead_id=deal_id, by=token_actor(request))
    except services.NotConvertedError:
        return refuse(404, "not_found", "There is no conversion to take back.")
    return answer(request, deal_id)


@router.post("/deals/{deal_id}/copies", response={200: DealOut, **REFUSALS})
def copy_deal(request: HttpRequest, deal_id: int) -> Any:
    """Open a deal that says what this one says."""
    if refusal := out_of_reach(request, deal_id):
        return refusal
    if not policies.may_create(member_of(request)):
        return refuse(403, "not_allowed", "Whoever made this token may not do that.")
    return answer(request, services.copy_deal(deal_id=deal_id, by=token_actor(request)))


def _wish(request: HttpRequest, payload: LeadConversion) -> services.Wish | JsonResponse:
    member, person = member_of(request), payload.person
    seen = contact_policies.visible_to(member)
    companies = contact_policies.companies_visible_to(member)
    stages = (
        Stage.objects.lasting().filter(pipeline__in=policies.pipelines_of(member)).select_related("pipeline")
    )
    stage = stages.filter(pk=payload.stage_id).first() if payload.stage_id else None
    if payload.contact_id and not seen.filter(pk=payload.contact_id).exists():
        return refuse(422, "invalid", "There is no such contact.", "contact_id")
    if payload.company_id and not companies.filter(pk=payload.company_id).exists():
        return refuse(422, "invalid", "There is no such company.", "company_id")
    if payload.stage_id and stage is None:
        return refuse(422, "invalid", "There is no such stage.", "stage_id")
    if person and person.email and email.match_key(person.email) is None:
        return refuse(422, "invalid", "That is no e-mail address.", "person.email")
    if person and not contact_policies.may_create(member):
        return refuse(403, "not_allowed", "Whoever made this token may not add contacts.")
    try:
        amount = None if payload.amount is None else money.amount(payload.amount)
    except money.BadAmountError as error:
        return refuse(422, "invalid", money.why(error), "amount")
    if amount is not None and amount < 0:
        return refuse(422, "invalid", "An amount cannot be below zero.", "amount")
    visitor = services.Visitor(**person.dict()) if person else None
    return services.Wish(
        contact_id=payload.contact_id,
        visitor=visitor,
        company_id=payload.company_id,
        company_name=text.clean(payload.company, limit=120),
        stage=stage,
        name=text.clean(payload.name, limit=255),
        amount=amount,
        country=member.workspace.country,
    )


def _told(made: Conversion) -> dict[str, Any]:
    return {
        "lead_id": made.lead_id,
        "deal_id": made.deal_id,
        "contact_id": made.contact_id,
        "company_id": made.company_id,
    }
