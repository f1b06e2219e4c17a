"""The lines of a deal for other programs. Scope deals:read and deals:write, as the deal itself."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from afluente.accounts.requests import member_of
from afluente.deals import policies as deals
from afluente.deals.models import Deal
from afluente.sales import policies, selectors, services
from afluente.sales.api.acting import missing, not_allowed, refusal
from afluente.sales.api.shapes import LineNew, LineOrder, LinePatch, LinesOut, LinesPatch, Refused
from afluente.sales.models import Line
from afluente.timeline.events import token_actor

router = Router(tags=["Products"])
ANSWERS: dict[int, Any] = {200: LinesOut, 403: Refused, 404: Refused, 422: Refused}


@router.get("/deals/{deal_id}/lines", response={200: LinesOut, 404: Refused})
def list_lines(request: HttpRequest, deal_id: int) -> Any:
    """The lines of a deal in their order, with their sums."""
    deal = deals.visible_to(member_of(request)).filter(pk=deal_id).first()
    return out(deal) if deal else missing("deal")


@router.post("/deals/{deal_id}/lines", response={201: LinesOut, 403: Refused, 404: Refused, 422: Refused})
def add_line(request: HttpRequest, deal_id: int, payload: LineNew) -> Any:
    """Put a product, or something free, on a deal. All lines are answered."""
    given = payload.dict(exclude_unset=True, exclude_none=True)
    number = given.get("product_id")
    if number and not policies.products_visible_to(member_of(request)).filter(pk=number).exists():
        return refusal(422, "invalid", "There is no such product.", "product_id")
    if not number and not given.get("name"):
        return refusal(422, "invalid", "Name a product, or give the line a name.", "name")
    return _do(
        request,
        deal_id,
        lambda: services.add_line(deal_id=deal_id, by=token_actor(request), **given),
        status=201,
    )


@router.patch("/deals/{deal_id}/lines", response=ANSWERS)
def change_lines(request: HttpRequest, deal_id: int, payload: LinesPatch) -> Any:
    """Say whether the value of the deal follows its lines."""
    return _do(
        request,
        deal_id,
        lambda: services.let_follow(
            deal_id=deal_id, follows=payload.is_value_followed, by=token_actor(request)
        ),
    )


@router.post("/deals/{deal_id}/lines/order", response=ANSWERS)
def order_lines(request: HttpRequest, deal_id: int, payload: LineOrder) -> Any:
    """Put the lines into this order; those not named come after."""
    return _do(
        request,
        deal_id,
        lambda: services.order_lines(deal_id=deal_id, ids=payload.line_ids, by=token_actor(request)),
    )


@router.patch("/deals/{deal_id}/lines/{line_id}", response=ANSWERS)
def change_line(request: HttpRequest, deal_id: int, line_id: int, payload: LinePatch) -> Any:
    """Change a line; with `version`, only if it is still that one (409)."""
    given = payload.dict(exclude_unset=True)
    seen = given.pop("version", None)
    given = {name: value for name, value in given.items() if value is not None or name == "tax_id"}
    return _do(
        request,
        deal_id,
        lambda: services.change_line(line_id=line_id, changes=given, by=token_actor(request), seen=seen),
        line_id=line_id,
    )


@router.delete("/deals/{deal_id}/lines/{line_id}", response=ANSWERS)
def remove_line(request: HttpRequest, deal_id: int, line_id: int) -> Any:
    """Take a line away. All others are answered."""
    return _do(
        request,
        deal_id,
        lambda: services.remove_line(line_id=line_id, by=token_actor(request)),
        line_id=line_id,
    )


def _do(
    request: HttpRequest,
    deal_id: int,
    act: Callable[[], Any],
    *,
    line_id: int | None = None,
    status: int = 200,
) -> Any:
    member = member_of(request)
    if not deals.visible_to(member).filter(pk=deal_id).exists():
        return missing("deal")
    if not deals.movable_by(member).filter(pk=deal_id).exists():
        return not_allowed()
    if line_id and not Line.objects.filter(pk=line_id, deal_id=deal_id, removed_at=None).exists():
        return missing("line")
    try:
        act()
    except services.LineRefusedError as refused:
        return refusal(422, "invalid", str(refused), refused.field)
    except services.ChangedMeanwhileError:
        return refusal(422, "changed", "The line has changed since it was read.", "version")
    return Status(status, out(Deal.objects.get(pk=deal_id)))


def out(deal: Deal) -> dict[str, Any]:
    """All lines of a deal as other programs read them; amounts are texts."""
    found = selectors.deal_lines(deal)
    sums = found.sums
    return {
        "currency": deal.currency,
        "is_value_followed": found.follows,
        "items": [_line(row) for row in found.rows],
        "net": said(sums.net),
        "discount": said(sums.discount),
        "tax": said(sums.tax),
        "total": said(sums.total),
        "taxes": [
            {
                "name": one.name,
                "rate": said(one.rate),
                "is_included": one.is_included,
                "base": said(one.base),
                "amount": said(one.amount),
            }
            for one in sums.taxes
        ],
    }


def _line(row: selectors.LineRow) -> dict[str, Any]:
    line = row.line
    names = (
        "product_id",
        "name",
        "sku",
        "description",
        "unit",
        "discount_kind",
        "tax_id",
        "tax_name",
        "version",
    )
    return {
        "id": line.pk,
        **{name: getattr(line, name) for name in names},
        **{name: said(getattr(line, name)) for name in ("quantity", "price", "discount", "tax_rate")},
        "is_tax_included": line.is_tax_included,
        "amount": said(row.amount),
    }


def said(value: Decimal) -> str:
    """An exact decimal as a text."""
    return f"{value.normalize():f}"
