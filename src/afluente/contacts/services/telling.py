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
        Notice(
            member_id=whose[one.contact_id],
            kind=ASSIGNED,
            record_kind="contact",
            record_id=one.contact_id,
            actor=Actor("member", one.actor_id, one.actor_name)
            if one.actor_kind == "member"
            else Actor("system"),
        )
        for one in events
        if one.contact_id in whose
        and not (one.actor_kind == "member" and one.actor_id == whose[one.contact_id])
    ]
