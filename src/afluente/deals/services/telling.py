"""Whom events of deals are told to: who was given one, and who wants to know of new ones (SP-263)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from afluente.accounts.models import Membership
from afluente.deals.models import Deal
from afluente.timeline import policies as records
from afluente.timeline.events import Actor
from afluente.timeline.selectors import notices
from afluente.timeline.services import Notice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.timeline.models import Event

OPENED, ASSIGNED = "deal.opened", "deal.assigned"


def followers_of_deals(ids: Sequence[int]) -> dict[int, list[int]]:
    """Who is told of what is written about deals: whose they are."""
    whose = Deal.objects.filter(pk__in=ids).exclude(assignee=None)
    return {pk: [member] for pk, member in whose.values_list("pk", "assignee_id")}


def tell_of_deals(events: Sequence[Event]) -> list[Notice]:
    """Notices for deals that were opened or given to somebody; nobody is told what they did themselves."""
    deals = {deal.pk: deal for deal in Deal.objects.present().filter(pk__in=[one.deal_id for one in events])}
    known = [(one, deals[one.deal_id]) for one in events if one.deal_id in deals]
    given = [
        _notice(ASSIGNED, deal.assignee_id, one)
        for one, deal in known
        if deal.assignee_id is not None and not _is_own(one, deal.assignee_id)
    ]
    return given + _of_new([pair for pair in known if pair[0].kind == OPENED])


def _of_new(opened: Sequence[tuple[Event, Deal]]) -> list[Notice]:
    wanting = notices.wanting(OPENED) if opened else {}
    if not wanting:
        return []
    people = Membership.objects.filter(pk__in=wanting).select_related("user", "team", "custom_role")
    seers = records.seers("deal", [deal.pk for _, deal in opened], list(people))
    return [
        _notice(OPENED, member_id, one)
        for one, deal in opened
        for member_id, pipelines in sorted(wanting.items())
        if (member_id, deal.pk) in seers
        and (not pipelines or deal.pipeline_id in pipelines)
        and member_id != deal.assignee_id  # they are told that it is theirs
        and not _is_own(one, member_id)
    ]


def _is_own(event: Event, member_id: int) -> bool:
    return event.actor_kind == "member" and event.actor_id == member_id


def _notice(kind: str, member_id: int, event: Event) -> Notice:
    kinds: Any = event.actor_kind
    is_person = event.actor_kind == "member"
    actor = Actor(kinds, event.actor_id if is_person else None, event.actor_name if is_person else "")
    return Notice(
        member_id=member_id,
        kind=kind,
        record_kind="deal",
        record_id=event.deal_id or 0,
        actor=actor,
        data={"source": event.data.get("source_name", "")} if kind == OPENED else {},
    )
