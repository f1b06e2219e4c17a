"""Contacts, companies and deals as the log knows them: who sees them now, and what they are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from afluente.contacts import policies as contact_policies
from afluente.deals import policies as deal_policies
from afluente.timeline.events import Subject
from afluente.timeline.policies import Record, register_record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.accounts.models import Membership
    from afluente.contacts.models import Contact


def register() -> None:
    """Let people be told about contacts, companies and deals."""
    register_record(Record(kind="contact", visible=contact_policies.visible_to, subjects=_contacts))
    register_record(
        Record(kind="company", visible=contact_policies.companies_visible_to, subjects=_companies)
    )
    register_record(Record(kind="deal", visible=deal_policies.visible_to, subjects=_deals))


def _contacts(member: Membership, numbers: Sequence[int]) -> Mapping[int, Subject]:
    found = contact_policies.visible_to(member).filter(pk__in=numbers)
    return {
        contact.pk: Subject(_called(contact), reverse("contacts:contact", args=[contact.pk]))
        for contact in found.prefetch_related("emails", "phones")
    }


def _called(contact: Contact) -> str:
    """The name, else an address, else the number."""
    addresses = [*(one.email for one in contact.emails.all()), *(one.raw for one in contact.phones.all())]
    return contact.name or next(iter(addresses), f"#{contact.pk}")


def _companies(member: Membership, numbers: Sequence[int]) -> Mapping[int, Subject]:
    found = contact_policies.companies_visible_to(member).filter(pk__in=numbers).values_list("pk", "name")
    return {pk: Subject(name, reverse("contacts:company", args=[pk]) + "?tab=history") for pk, name in found}


def _deals(member: Membership, numbers: Sequence[int]) -> Mapping[int, Subject]:
    found = deal_policies.visible_to(member).filter(pk__in=numbers).values_list("pk", "name")
    return {pk: Subject(name, reverse("deals:deal", args=[pk])) for pk, name in found}
