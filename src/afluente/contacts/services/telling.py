"""Whom events of contacts are told to: who was given one by somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afluente.contacts.models import Company, Contact
from afluente.timeline.events import Actor
from afluente.timeline.services import Notice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.timeline.events import NewEvent
    from afluente.timeline.models import Event

ASSIGNED = "contact.assigned"
COMPANY_ASSIGNED = "company.assigned"


def followers_of_contacts(ids: Sequence[int]) -> dict[int, list[int]]:
    """Who is told of what is written about contacts: whose they are."""
    whose = Contact.objects.filter(pk__in=ids).exclude(assignee=None)
    return {pk: [member] for pk, member in whose.values_list("pk", "assignee_id")}


def followers_of_companies(ids: Sequence[int]) -> dict[int, list[int]]:
    """The same of companies."""
    whose = Company.objects.filter(pk__in=ids).exclude(assignee=None)
    return {pk: [member] for pk, member in whose.values_list("pk", "assignee_id")}


def is_about_assignee(event: NewEvent) -> bool:
    """Whether a contact may have got somebody new. What arrives by itself tells of its deal."""
    return event.actor.kind not in {"source", "system"} and bool(event.data.get("assignee"))


def tell_of_contacts(events: Sequence[Event]) -> list[Notice]:
    """Notices for whoever has these contacts now; nobody is told what they did themselves."""
    numbers = [one.contact_id for one in events if one.contact_id is not None]
    present = Contact.objects.filter(pk__in=numbers, deleted_at=None, merged_into=None)
    whose = dict(present.exclude(assignee=None).values_list("pk", "assignee_id"))
    return [
        notice
        for one in events
        if one.contact_id in whose
        for notice in _notices(ASSIGNED, "contact", one.contact_id, whose[one.contact_id], one)
    ]


def tell_of_companies(events: Sequence[Event]) -> list[Notice]:
    """The same for whoever has these companies now."""
    numbers = [one.company_id for one in events if one.company_id is not None]
    present = Company.objects.present().filter(pk__in=numbers).exclude(assignee=None)
    whose = dict(present.values_list("pk", "assignee_id"))
    return [
        notice
        for one in events
        if one.company_id in whose
        for notice in _notices(COMPANY_ASSIGNED, "company", one.company_id, whose[one.company_id], one)
    ]


def _notices(kind: str, record_kind: str, pk: int, member_id: int, event: Event) -> list[Notice]:
    is_person = event.actor_kind == "member"
    if is_person and event.actor_id == member_id:
        return []
    actor = Actor("member", event.actor_id, event.actor_name) if is_person else Actor("system")
    return [Notice(member_id=member_id, kind=kind, record_kind=record_kind, record_id=pk, actor=actor)]
