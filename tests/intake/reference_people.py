"""The readable twin's side of contacts: who is meant, and what is added to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afluente.contacts.models import Contact, ContactEmail, ContactMessenger, ContactPhone

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from afluente.intake.services.leads import Lead


def who(lead: Lead) -> tuple[str, list[Contact]]:
    """The first level at which anybody fits, and everybody who fits there (crm.md section 3, Q1)."""
    emails = [value.key for value in lead.emails if value.key]
    phones = [value.e164 for value in lead.phones if value.e164]
    present = Contact.objects.present().order_by("pk")
    levels: list[tuple[str, QuerySet[Contact]]] = [
        ("primary_email", present.filter(emails__key__in=emails, emails__is_primary=True)),
        ("email", present.filter(emails__key__in=emails)),
        ("phone", present.filter(phones__e164__in=phones)),
    ]
    for level, found in levels:
        if people := list(found.distinct()):
            return level, people
    ids: set[int] = set()
    for one in lead.messengers:
        if one.external_id:
            same = present.filter(messengers__kind=one.kind, messengers__external_id=one.external_id)
            ids |= set(same.values_list("pk", flat=True))
    return ("messenger", list(present.filter(pk__in=ids))) if ids else ("", [])


def add_addresses(contact: Contact, lead: Lead) -> None:
    """Addresses the contact does not have yet; the first of each kind is the primary one."""
    for given in lead.emails:
        held = ContactEmail.objects.filter(contact=contact)
        if not (
            held.filter(email=given.email).exists() or (given.key and held.filter(key=given.key).exists())
        ):
            held.create(contact=contact, email=given.email, key=given.key, is_primary=not held.exists())
    for number in lead.phones:
        numbers = ContactPhone.objects.filter(contact=contact)
        same = numbers.filter(raw=number.raw).exists()
        if not (same or (number.e164 and numbers.filter(e164=number.e164).exists())):
            numbers.create(contact=contact, raw=number.raw, e164=number.e164, is_primary=not numbers.exists())
    for one in lead.messengers:
        names = ContactMessenger.objects.filter(contact=contact)
        same = names.filter(kind=one.kind, value=one.value).exists()
        known = one.external_id and names.filter(kind=one.kind, external_id=one.external_id).exists()
        if not (same or known):
            names.create(
                contact=contact,
                kind=one.kind,
                value=one.value,
                external_id=one.external_id,
                is_primary=not names.exists(),
            )
