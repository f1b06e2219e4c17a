"""Giving fields of many deals one value, as rules do."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction

from afluente.deals.events import DealChanged
from afluente.deals.models import Deal
from afluente.deals.services.editing import EDITABLE, primary_contacts
from afluente.kernel import bus, clock
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.timeline.events import Actor


@transaction.atomic
def set_fields(*, deal_ids: Sequence[int], values: Mapping[str, Any], by: Actor) -> list[int]:
    """Set fields (EDITABLE) of present deals to `values`; the ids of those in which something differed.

    Three statements however many deals, and one event `deal.changed` for each that changed.
    """
    wanted = {name: value for name, value in values.items() if name in EDITABLE}
    deals = Deal.objects.present().select_for_update(of=("self",)).filter(pk__in=deal_ids).order_by("pk")
    changed: dict[int, dict[str, list[Any]]] = {}
    for deal in deals:
        pairs = {
            name: [_plain(getattr(deal, name)), _plain(value)]
            for name, value in wanted.items()
            if getattr(deal, name) != value
        }
        if pairs:
            changed[deal.pk] = pairs
            before = {name: getattr(deal, name) for name in pairs}
            after = {name: wanted[name] for name in pairs}
            bus.publish(DealChanged(deal_id=deal.pk, before=before, after=after, by=by))
    Deal.objects.filter(pk__in=changed).update(**wanted, updated_at=clock.now())
    people = primary_contacts(list(changed))
    timeline.record(
        [
            NewEvent("deal.changed", by, deal_id=pk, contact_id=people.get(pk), data=pairs)
            for pk, pairs in changed.items()
        ]
    )
    return list(changed)


def _plain(value: Any) -> Any:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value
