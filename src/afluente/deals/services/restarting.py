"""Entering the stage anew in which a deal is already (S-CANCEL: a new entry, because a person says so)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.functions import TransactionNow
from django.db import transaction
from django.db.models import F

from afluente.deals.events import DealsEntered, Entry
from afluente.deals.models import Deal
from afluente.kernel import bus
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from afluente.timeline.events import Actor


@transaction.atomic
def restart_stage(*, deal_id: int, by: Actor) -> int:
    """Let a present deal enter its own stage once more, at its place and with its dates; the number of that entry.

    Nothing moved, so what listens to moves hears nothing. Raises Deal.DoesNotExist.
    """
    deal = (
        Deal.objects.present()
        .select_for_update(of=("self",), no_key=True)
        .select_related("stage")
        .get(pk=deal_id)
    )
    Deal.objects.filter(pk=deal_id).update(
        stage_epoch=F("stage_epoch") + 1, stage_entered_at=TransactionNow(), updated_at=TransactionNow()
    )
    epoch = deal.stage_epoch + 1
    data = {"stage": deal.stage_id, "stage_name": deal.stage.name, "epoch": epoch}
    events = timeline.record([NewEvent("deal.restarted", by, deal_id=deal_id, data=data)])
    bus.publish(DealsEntered([Entry(deal_id, deal.stage_id, epoch)], events, {}))
    return epoch
