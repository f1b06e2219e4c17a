"""After a merge was taken back: what came to the parted contact since can go with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from afluente.contacts.events import ArrivalsReturned
from afluente.contacts.models import ContactMerge
from afluente.kernel import bus
from afluente.timeline.models import Event

if TYPE_CHECKING:
    from collections.abc import Sequence


@transaction.atomic
def return_arrivals(*, merge_id: int, event_ids: Sequence[int]) -> int:
    """After a merge was taken back: let arrivals that came since go to the parted contact, with the deals
    they opened. How many went. Only those still with the survivor.
    """
    merge = ContactMerge.objects.get(pk=merge_id)
    events = Event.objects.filter(pk__in=list(event_ids), contact_id=merge.survivor_id, kind="lead.received")
    rows = list(events.values_list("pk", "deal_id", "data"))
    deals = tuple(deal_id for _, deal_id, _ in rows if deal_id)
    raw = tuple(data["raw_event"] for _, _, data in rows if data.get("raw_event"))
    Event.objects.filter(
        Q(pk__in=[row[0] for row in rows]) | Q(deal_id__in=deals), contact_id=merge.survivor_id
    ).update(contact_id=merge.loser_id)
    if rows:
        bus.publish(
            ArrivalsReturned(
                from_id=merge.survivor_id, to_id=merge.loser_id, raw_event_ids=raw, deal_ids=deals
            )
        )
    return len(rows)
