"""The kinds of business that deals can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext, override

from afluente.deals.models import DealType
from afluente.deals.services.editing import locked, told
from afluente.kernel import clock
from afluente.timeline import services as timeline

if TYPE_CHECKING:
    from afluente.deals.models import Deal
    from afluente.timeline.events import Actor


def make_types(*, language: str) -> None:
    """The six usual types of a new workspace, named in `language`. Those that are there stay."""
    with override(language):
        names = [
            gettext("Sale"),
            gettext("Product sale"),
            gettext("Service sale"),
            gettext("Resale"),
            gettext("Service maintenance"),
            gettext("Other"),
        ]
    DealType.objects.bulk_create(
        [DealType(name=name, position=n) for n, name in enumerate(names)], ignore_conflicts=True
    )


@transaction.atomic
def set_type(*, deal_id: int, to: DealType | None, by: Actor) -> Deal:
    """Say what kind of business a deal is, or take that back; one event with both names.

    Raises DealIsGoneError.
    """
    deal = locked(deal_id)
    if deal.type_id == (to.pk if to else None):
        return deal
    before = DealType.objects.filter(pk=deal.type_id or 0).values_list("name", flat=True).first()
    deal.type, deal.updated_at = to, clock.now()
    deal.save(update_fields=["type", "updated_at"])
    timeline.record([told("deal.changed", deal, by, {"type": [before or "", to.name if to else ""]})])
    return deal
