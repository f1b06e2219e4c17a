"""The company a deal is made with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from afluente.deals.models import Deal
from afluente.deals.services.editing import primary_contacts
from afluente.kernel import clock
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.contacts.models import Company
    from afluente.timeline.events import Actor


@transaction.atomic
def set_company(*, deal_ids: Sequence[int], company: Company | None, by: Actor) -> list[int]:
    """Say which company deals are made with, or take that back; those that changed, one event each."""
    held = Deal.objects.present().select_for_update(of=("self",)).filter(pk__in=deal_ids)
    deals = list(held.select_related("company").order_by("pk"))
    changed = [deal for deal in deals if deal.company_id != (company.pk if company else None)]
    ids = [deal.pk for deal in changed]
    Deal.objects.filter(pk__in=ids).update(company=company, updated_at=clock.now())
    people = primary_contacts(ids)
    timeline.record(
        [
            NewEvent(
                "deal.changed",
                by,
                deal_id=deal.pk,
                contact_id=people.get(deal.pk),
                company_id=company.pk if company else deal.company_id,
                data={
                    "company": [deal.company.name if deal.company else "", company.name if company else ""]
                },
            )
            for deal in changed
        ]
    )
    return ids
