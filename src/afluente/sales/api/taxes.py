"""The rates of tax for other programs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from afluente.accounts.requests import member_of
from afluente.kernel import text
from afluente.sales import policies, services
from afluente.sales.api.acting import missing, not_allowed, refusal
from afluente.sales.api.shapes import Refused, TaxesOut, TaxNew, TaxOrder, TaxOut, TaxPatch
from afluente.sales.models import Tax
from afluente.timeline.events import token_actor

router = Router(tags=["Products"])
NAME = 64


@router.get("/taxes", response={200: TaxesOut})
def list_taxes(request: HttpRequest) -> Any:
    """Every tax in its order, archived ones too."""
    if not policies.may_list(member_of(request)):
        return {"items": []}
    return {"items": [out(tax) for tax in Tax.objects.order_by("position", "pk")]}


@router.post("/taxes", response={201: TaxOut, 403: Refused, 422: Refused})
def create_tax(request: HttpRequest, payload: TaxNew) -> Any:
    """Add a tax after the others."""
    if not policies.may_configure(member_of(request)):
        return not_allowed()
    return _save(request, None, payload)


@router.post("/taxes/order", response={200: TaxesOut, 403: Refused})
def order_taxes(request: HttpRequest, payload: TaxOrder) -> Any:
    """Offer taxes in this order; those not named come after."""
    if not policies.may_configure(member_of(request)):
        return not_allowed()
    services.order_taxes(ids=payload.tax_ids, by=token_actor(request))
    return list_taxes(request)


@router.get("/taxes/{tax_id}", response={200: TaxOut, 404: Refused})
def read_tax(request: HttpRequest, tax_id: int) -> Any:
    """One tax."""
    found = _found(request, tax_id)
    return out(found) if found else missing("tax")


@router.patch("/taxes/{tax_id}", response={200: TaxOut, 403: Refused, 404: Refused, 422: Refused})
def change_tax(request: HttpRequest, tax_id: int, payload: TaxPatch) -> Any:
    """Change a tax for products and lines to come; what is there keeps its rate. `is_archived`: offered
    no more.
    """
    found = _found(request, tax_id)
    if found is None:
        return missing("tax")
    if not policies.may_configure(member_of(request)):
        return not_allowed()
    return _save(request, found, payload)


def _found(request: HttpRequest, tax_id: int) -> Tax | None:
    return Tax.objects.filter(pk=tax_id).first() if policies.may_list(member_of(request)) else None


def _save(request: HttpRequest, present: Tax | None, payload: TaxPatch) -> Any:
    """Keep what the body says; null and what it does not name stay as they are."""
    given = {name: value for name, value in payload.dict().items() if value is not None}
    is_archived = given.pop("is_archived", None)
    names = ("name", "rate", "is_included")
    kept = {name: getattr(present, name) for name in names} if present else {"is_included": False}
    wanted = {**kept, **given}
    wanted["name"] = text.clean(wanted["name"], limit=NAME)
    if not wanted["name"]:
        return refusal(422, "invalid", "A tax needs a name.", "name")
    by = token_actor(request)
    try:
        tax = services.save_tax(tax_id=present.pk if present else None, **wanted, by=by)
    except services.TaxTakenError:
        return refusal(422, "invalid", "Another tax is called so.", "name")
    if is_archived is not None:
        tax = services.archive_tax(tax_id=tax.pk, by=by, is_back=not is_archived)
    return out(tax) if present else Status(201, out(tax))


def out(tax: Tax) -> dict[str, Any]:
    """A tax as other programs read it."""
    return {
        "id": tax.pk,
        "name": tax.name,
        "rate": f"{tax.rate.normalize():f}",
        "is_included": tax.is_included,
        "is_archived": tax.archived_at is not None,
    }
