"""Who sells, as it stands on documents to come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from afluente.kernel.workspace import lock_name
from afluente.sales.models import Seller
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from afluente.timeline.events import Actor


@transaction.atomic
def save_seller(*, values: Mapping[str, Any], by: Actor) -> Seller:
    """Say who sells and how documents are numbered; documents that are issued keep what they say."""
    lock_name("sales.seller")
    found = Seller.objects.first() or Seller()
    pairs = {name: [getattr(found, name), value] for name, value in values.items()}
    changed = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    for name, value in values.items():
        setattr(found, name, value)
    found.save()
    if changed:
        timeline.record([NewEvent("seller.changed", by, data={"fields": changed})])
    return found
