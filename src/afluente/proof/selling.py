"""A lead, a field of deals and a reason for losing in a workspace that is probed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from afluente.contacts import services as contacts
from afluente.deals import services as deals
from afluente.deals.models import Stage

if TYPE_CHECKING:
    from afluente.timeline.events import Actor


def fill(canary: str, by: Actor) -> dict[str, Any]:
    """One of each, whose texts carry the canary; their numbers by kind."""
    leads = deals.create_pipeline(name=f"{canary} leads", currency="BRL", kind="lead", by=by)
    stage = Stage.objects.filter(pipeline=leads).order_by("position")[0]
    new = deals.NewDeal(name=canary, pipeline_id=leads.pk, stage_id=stage.pk, currency="BRL")
    (lead_id,) = deals.open_deals(deals=[new], by=by)
    field = contacts.create_field(entity="deal", name=canary, by=by)
    deals.fill_values(given={lead_id: {field.pk: canary}}, by=by)
    reason = deals.create_reason(name=canary, by=by)
    return {"lead_deal": lead_id, "deal_field": field.pk, "lost_reason": reason.pk}
