"""The people of a deal, putting deals away, and filters of deals, for other programs."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse, QueryDict
from ninja import Field, Router, Schema
from pydantic import ConfigDict

from afluente.accounts.models import Membership
from afluente.accounts.requests import member_of
from afluente.contacts import policies as contact_policies
from afluente.contacts.api import filters
from afluente.contacts.api.filters import FilterNew, FilterOut, FilterPatch, FiltersOut
from afluente.contacts.models import SavedFilter
from afluente.deals import policies, selectors, services
from afluente.deals.api.acting import missing, refuse
from afluente.deals.api.deals import answer, out_of_reach
from afluente.deals.api.shapes import REFUSALS, DealOut
from afluente.deals.models import DealContact
from afluente.timeline.events import token_actor

router = Router(tags=["Deals"])
filters_router = Router(tags=["Filters"])
Number = Annotated[int, Field(ge=1, le=2**63 - 1)]


class DealPersonShape(Schema):
    model_config = ConfigDict(extra="forbid")
    contact_id: Number
    is_primary: bool = Field(False, description="Make it the main contact of the deal.")


@router.post("/deals/{deal_id}/contacts", response={200: DealOut, **REFUSALS})
def link_deal_contact(request: HttpRequest, deal_id: int, payload: DealPersonShape) -> Any:
    """Add a contact to a deal, or make it the main one. Twice is once."""
    if refusal := out_of_reach(request, deal_id):
        return refusal
    if not contact_policies.visible_to(member_of(request)).filter(pk=payload.contact_id).exists():
        return refuse(422, "invalid", "There is no such contact.", "contact_id")
    services.link_contact(deal_id=deal_id, contact_id=payload.contact_id, by=token_actor(request))
    if payload.is_primary:
        services.make_primary(deal_id=deal_id, contact_id=payload.contact_id, by=token_actor(request))
    return answer(request, deal_id)


@router.delete("/deals/{deal_id}/contacts/{contact_id}", response={204: None, **REFUSALS})
def unlink_deal_contact(request: HttpRequest, deal_id: int, contact_id: int) -> Any:
    """Take a contact out of a deal; the next oldest becomes the main one."""
    if refusal := out_of_reach(request, deal_id):
        return refusal
    seen = contact_policies.visible_to(member_of(request)).filter(pk=contact_id)
    if not DealContact.objects.filter(deal_id=deal_id, contact__in=seen).exists():
        return refuse(404, "not_found", "The deal has no such contact.")
    services.unlink_contact(deal_id=deal_id, contact_id=contact_id, by=token_actor(request))
    return HttpResponse(status=204)


@router.delete("/deals/{deal_id}", response={204: None, **REFUSALS})
def delete_deal(request: HttpRequest, deal_id: int) -> Any:
    """Put a deal away. It is in no list any more, and can be brought back."""
    if not policies.deletable_by(member_of(request)).filter(pk=deal_id).exists():
        is_seen = policies.visible_to(member_of(request)).filter(pk=deal_id).exists()
        said = "Whoever made this token may not do that."
        return refuse(403, "not_allowed", said) if is_seen else missing()
    services.delete_deals(deal_ids=[deal_id], by=token_actor(request))
    return HttpResponse(status=204)


@router.post("/deals/{deal_id}/restoration", response={200: DealOut, **REFUSALS})
def restore_deal(request: HttpRequest, deal_id: int) -> Any:
    """Bring a deleted deal back to where it was."""
    if not policies.restorable_by(member_of(request)).filter(pk=deal_id).exists():
        return missing()
    services.restore_deals(deal_ids=[deal_id], by=token_actor(request))
    return answer(request, deal_id)


@filters_router.get("/deals/filters", response={200: FiltersOut, **REFUSALS})
def list_deal_filters(request: HttpRequest) -> Any:
    """The kept filters of deals that the token's maker sees: their own, and those others share."""
    return filters.listed(request, SavedFilter.Entity.DEAL)


@filters_router.post("/deals/filters", response={201: FilterOut, **REFUSALS})
def create_deal_filter(request: HttpRequest, payload: FilterNew) -> Any:
    """Keep a filter of deals. A name that the token's maker has already is replaced."""
    return filters.created(request, SavedFilter.Entity.DEAL, payload, _check)


@filters_router.get("/deals/filters/{filter_id}", response={200: FilterOut, **REFUSALS})
def read_deal_filter(request: HttpRequest, filter_id: int) -> Any:
    """One kept filter of deals, and whether it can still be asked."""
    return filters.read(request, SavedFilter.Entity.DEAL, filter_id, _check)


@filters_router.patch("/deals/filters/{filter_id}", response={200: FilterOut, **REFUSALS})
def change_deal_filter(request: HttpRequest, filter_id: int, payload: FilterPatch) -> Any:
    """Change a filter that the token's maker keeps."""
    return filters.changed(request, SavedFilter.Entity.DEAL, filter_id, payload, _check)


@filters_router.delete("/deals/filters/{filter_id}", response={204: None, **REFUSALS})
def delete_deal_filter(request: HttpRequest, filter_id: int) -> Any:
    """Forget a filter that the token's maker keeps."""
    return filters.deleted(request, SavedFilter.Entity.DEAL, filter_id)


def _check(member: Membership, query: QueryDict) -> list[str]:
    return selectors.BoardFilter.read(query).problems(member)
