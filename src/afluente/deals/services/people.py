"""Who a deal is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from afluente.contacts.models import Contact
from afluente.deals.models import Deal, DealContact
from afluente.deals.services.editing import locked, told
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.timeline.events import Actor


@transaction.atomic
def link_contact(*, deal_id: int, contact_id: int, by: Actor) -> None:
    """Add a person to a deal; the first one is the primary one. Nothing happens when they are in it."""
    locked(deal_id)
    link_contacts(pairs=[(deal_id, contact_id)], by=by)


@transaction.atomic
def link_contacts(*, pairs: Sequence[tuple[int, int]], by: Actor) -> list[tuple[int, int]]:
    """Add persons to deals (deal, contact), as many statements for one as for a thousand: those that were not in
    there. The first of a deal is its primary one.
    """
    held = Deal.objects.present().select_for_update(of=("self",)).filter(pk__in={deal for deal, _ in pairs})
    present = set(held.order_by("pk").values_list("pk", flat=True))
    links = DealContact.objects.filter(deal_id__in=present).values_list("deal_id", "contact_id", "is_primary")
    known = {(deal_id, contact_id) for deal_id, contact_id, _ in links}
    led = {deal_id for deal_id, _, is_primary in links if is_primary}
    new = [pair for pair in dict.fromkeys(pairs) if pair[0] in present and pair not in known]
    made = []
    for deal_id, contact_id in new:
        made.append(DealContact(deal_id=deal_id, contact_id=contact_id, is_primary=deal_id not in led))
        led.add(deal_id)
    DealContact.objects.bulk_create(made)
    names = _names([contact_id for _, contact_id in new])
    timeline.record([_added(deal_id, contact_id, names, by) for deal_id, contact_id in new])
    return new


@transaction.atomic
def unlink_contact(*, deal_id: int, contact_id: int, by: Actor) -> None:
    """Take a person out of a deal; the next oldest becomes the primary one. Nothing when not in it."""
    locked(deal_id)
    links = DealContact.objects.filter(deal_id=deal_id)
    gone, _ = links.filter(contact_id=contact_id).delete()
    if not gone:
        return
    if not links.filter(is_primary=True).exists():
        links.filter(pk__in=links.order_by("pk").values("pk")[:1]).update(is_primary=True)
    timeline.record([_about("deal.contact_removed", deal_id, contact_id, by)])


@transaction.atomic
def make_primary(*, deal_id: int, contact_id: int, by: Actor) -> None:
    """Make a person of the deal its primary one. Nothing happens when they are not in it."""
    deal = locked(deal_id)
    links = DealContact.objects.filter(deal_id=deal_id)
    before = links.filter(is_primary=True).values_list("contact_id", flat=True).first()
    if before == contact_id or not links.filter(contact_id=contact_id).exists():
        return
    links.filter(is_primary=True).update(is_primary=False)
    links.filter(contact_id=contact_id).update(is_primary=True)
    names = _names([before or 0, contact_id])
    pair = [names.get(before or 0, ""), names.get(contact_id, "")]
    timeline.record([told("deal.changed", deal, by, {"primary_contact": pair})])


@transaction.atomic
def hand_over(*, deal_ids: Sequence[int], from_id: int, to_id: int) -> None:
    """Let one contact take another one's place in these deals; the others' history tells why."""
    there = DealContact.objects.filter(deal_id__in=deal_ids, contact_id=to_id).values("deal_id")
    DealContact.objects.filter(deal_id__in=deal_ids, contact_id=from_id).exclude(deal_id__in=there).update(
        contact_id=to_id
    )


def _added(deal_id: int, contact_id: int, names: Mapping[int, str], by: Actor) -> NewEvent:
    data = {"person": names.get(contact_id, "")}
    return NewEvent("deal.contact_added", by, deal_id=deal_id, contact_id=contact_id, data=data)


def _about(kind: str, deal_id: int, contact_id: int, by: Actor) -> NewEvent:
    data = {"person": _names([contact_id]).get(contact_id, "")}
    return NewEvent(kind, by, deal_id=deal_id, contact_id=contact_id, data=data)


def _names(contact_ids: list[int]) -> dict[int, str]:
    return {contact.pk: contact.name for contact in Contact.objects.filter(pk__in=contact_ids)}
