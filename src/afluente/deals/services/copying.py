"""Another deal like one that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext

from afluente.contacts.selectors import held_values
from afluente.deals.events import DealCopied
from afluente.deals.models import Deal, DealContact, Stage
from afluente.deals.services.editing import DealIsGoneError, told
from afluente.deals.services.opening import NewDeal, open_deals
from afluente.deals.services.values import DEAL, fill_values
from afluente.kernel import bus
from afluente.timeline import services as timeline

if TYPE_CHECKING:
    from afluente.timeline.events import Actor

NAME = 255


@transaction.atomic
def copy_deal(*, deal_id: int, by: Actor) -> int:
    """Open a deal that says what another says, with its people, company and fields; its number in the
    database. It stands in the same stage, or in the first one when the other is closed; it is due as that
    stage says. Raises DealIsGoneError.
    """
    deal = Deal.objects.present().select_related("stage").filter(pk=deal_id).first()
    if deal is None:
        raise DealIsGoneError(deal_id)
    stage = deal.stage
    if stage.kind != Stage.Kind.OPEN:
        opened = Stage.objects.lasting().filter(pipeline_id=deal.pipeline_id, kind=Stage.Kind.OPEN)
        stage = opened.order_by("position", "pk")[0]
    people = DealContact.objects.filter(deal_id=deal_id, contact__deleted_at=None)
    name = gettext("{name} (copy)").format(name=deal.name[: NAME - 20])
    new = NewDeal(
        name=name,
        pipeline_id=stage.pipeline_id,
        stage_id=stage.pk,
        currency=deal.currency,
        amount=deal.amount,
        assignee_id=deal.assignee_id,
        contact_ids=list(people.order_by("-is_primary", "pk").values_list("contact_id", flat=True)),
        company_id=deal.company_id,
        type_id=deal.type_id,
    )
    (made,) = open_deals(deals=[new], by=by)
    held = held_values(DEAL, [deal_id]).get(deal_id, {})
    if held:
        fill_values(given={made: held}, by=by, is_told=False)
    bus.publish(DealCopied(deal_id=deal_id, copy_id=made, by=by))
    timeline.record([told("deal.copied", deal, by, {"copy": made, "copy_name": name})])
    return made
