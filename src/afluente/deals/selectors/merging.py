"""Deals that became part of others, and with which one a deal could be merged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from afluente.deals import policies
from afluente.deals.models import Deal, DealContact
from afluente.deals.selectors.contacts import subjects
from afluente.deals.selectors.finding import find_deals
from afluente.deals.statements import merging as statements

if TYPE_CHECKING:
    from collections.abc import Iterable

    from afluente.accounts.models import Membership
    from afluente.deals.models import DealQuerySet

OFFERED = 8
FOUND = 30  # looked through for those that can be merged


def joined_deals(deal_id: int) -> list[int]:
    """The deals that became part of this one, by way of others too."""
    return list(statements.joined([deal_id]))


def leads_to(*, member: Membership, deal_id: int) -> Deal | None:
    """The deal that a merged one is now, if `member` sees it."""
    survivor = statements.final([deal_id]).get(deal_id)
    return policies.visible_to(member).filter(pk=survivor).first() if survivor else None


def with_joined(found: dict[int, str]) -> dict[int, int]:
    """Of deals at hand and those that became part of them, which page is theirs."""
    return {**{pk: pk for pk in found}, **statements.joined(list(found))}


def pages_of(member: Membership, deal_ids: Iterable[int]) -> tuple[dict[int, str], dict[int, int]]:
    """Of `deal_ids` those that `member` sees, by name, and of all of them which page is theirs: a merged one
    has the survivor's.
    """
    wanted = list(deal_ids)
    found = subjects(member=member, deal_ids=wanted)
    final = statements.final([pk for pk in wanted if pk not in found])
    if final:
        found |= subjects(member=member, deal_ids=set(final.values()))
    pages = {pk: pk for pk in wanted if pk in found}
    return found, pages | {pk: survivor for pk, survivor in final.items() if survivor in found}


def candidates(*, member: Membership, deal: Deal, typed: str) -> list[Deal]:
    """Deals that could be one with `deal`: those that `typed` finds, else those of its people and company,
    open ones and newest first.
    """
    allowed = _fitting(member, deal)
    if typed:
        order = [row.pk for row in find_deals(member, typed, FOUND) if row.pk is not None]
        found = allowed.in_bulk(order)
        return [found[pk] for pk in order if pk in found][:OFFERED]
    people = DealContact.objects.filter(deal_id=deal.pk).values("contact_id")
    near = Q(pk__in=DealContact.objects.filter(contact_id__in=people).values("deal_id"))
    if deal.company_id is not None:
        near |= Q(company_id=deal.company_id)
    return list(allowed.filter(near).order_by("closed_at", "-pk")[:OFFERED])


def offered(*, member: Membership, deal: Deal, deal_id: int) -> Deal | None:
    """The deal of that number, if it can be merged with `deal`."""
    return _fitting(member, deal).filter(pk=deal_id).first()


def _fitting(member: Membership, deal: Deal) -> DealQuerySet:
    """A lead is merged with leads and a deal with deals."""
    allowed = policies.mergeable_by(member).exclude(pk=deal.pk).select_related("pipeline", "stage")
    return allowed.filter(pipeline__kind=deal.pipeline.kind)
