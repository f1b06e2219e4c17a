"""A lead that another one became part of, a field of deals, a reason for losing, a product and its tax in a workspace that is probed."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from afluente.contacts import services as contacts
from afluente.deals import services as deals
from afluente.deals.models import Stage
from afluente.sales import services as sales

if TYPE_CHECKING:
    from afluente.timeline.events import Actor


def fill(canary: str, by: Actor, deal_id: int) -> dict[str, Any]:
    """One of each, whose texts carry the canary; their numbers by kind."""
    leads = deals.create_pipeline(name=f"{canary} leads", currency="BRL", kind="lead", by=by)
    stage = Stage.objects.filter(pipeline=leads).order_by("position")[0]
    new = deals.NewDeal(name=canary, pipeline_id=leads.pk, stage_id=stage.pk, currency="BRL")
    lead_id, goes = deals.open_deals(deals=[new, new], by=by)
    merged = deals.merge_deals(survivor_id=lead_id, loser_id=goes, by=by)
    field = contacts.create_field(entity="deal", name=canary, by=by)
    deals.fill_values(given={lead_id: {field.pk: canary}}, by=by)
    reason = deals.create_reason(name=canary, by=by)
    tax = sales.save_tax(tax_id=None, name=canary, rate=Decimal(10), is_included=False, by=by)
    product = sales.create_product(
        name=canary, sku=canary, price=Decimal(12), currency="BRL", tax_id=tax.pk, stock=Decimal(3), by=by
    )
    line = sales.add_line(deal_id=deal_id, product_id=product.pk, by=by)
    ids = {"tax": tax.pk, "product": product.pk, "line": line.pk}
    document = sales.create_document(kind="quote", deal_id=deal_id, notes=canary, by=by)
    sales.save_seller(values={"name": canary}, by=by)
    sales.issue_document(document_id=document.pk, by=by)
    ids["document"] = document.pk
    ids["deal_merge"] = merged.pk
    return ids | {"lead_deal": lead_id, "deal_field": field.pk, "lost_reason": reason.pk}
