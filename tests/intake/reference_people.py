"""The readable twin's side of contacts: who is meant, and what is added to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from afluente.contacts import selectors
from afluente.contacts.models import (
    Contact,
    ContactEmail,
    ContactMessenger,
    ContactPhone,
    ContactValue,
    Field,
)
from afluente.contacts.services import ValueRefusedError, change_data, read_value
from afluente.contacts.services.duplicate_names import contradict
from afluente.contacts.services.values import ValueChange
from afluente.kernel import clock, text
from afluente.timeline.models import Event

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from afluente.intake.services.leads import Lead
    from afluente.timeline.events import Actor


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
            if level == "phone":  # a family's number is not one person's
                people = [
                    one for one in people if not contradict(lead.name, f"{one.first_name} {one.last_name}")
                ]
                return ("phone", people) if people else ("", [])
            return level, people
    ids: set[int] = set()
    for one in lead.messengers:
        if one.external_id:
            same = present.filter(messengers__kind=one.kind, messengers__external_id=one.external_id)
            ids |= set(same.values_list("pk", flat=True))
    return ("messenger", list(present.filter(pk__in=ids))) if ids else ("", [])


def told(lead: Lead, level: str, known: Contact | None, touched: set[int]) -> dict[str, Any]:
    """What the history says of a recognition."""
    if known is None:
        values: list[str] = []
    elif level == "phone":
        values = [key for key in known.phones.values_list("e164", flat=True) if key in _phones(lead)]
    elif level == "messenger":
        pairs = {(one.kind, one.external_id) for one in lead.messengers if one.external_id}
        held = known.messengers.values_list("kind", "external_id")
        values = [f"{kind}:{external}" for kind, external in held if (kind, external) in pairs]
    else:
        rows = known.emails.filter(key__in=[value.key for value in lead.emails if value.key])
        values = [row.key for row in rows if row.is_primary or level == "email"]
    return {
        "matched": level if known else "",
        "matched_values": sorted(set(values)),
        "others": len(touched - ({known.pk} if known else set())),
        "unlike": len(unlike(lead)),
    }


def touched_by(lead: Lead) -> set[int]:
    """Everybody present who has any address of the lead."""
    found: set[int] = set()
    present = Contact.objects.present()
    emails = [value.key for value in lead.emails if value.key]
    found |= set(present.filter(emails__key__in=emails).values_list("pk", flat=True))
    found |= set(present.filter(phones__e164__in=_phones(lead)).values_list("pk", flat=True))
    for one in lead.messengers:
        if one.external_id:
            same = present.filter(messengers__kind=one.kind, messengers__external_id=one.external_id)
            found |= set(same.values_list("pk", flat=True))
    return found


def unlike(lead: Lead) -> list[Contact]:
    """Who has a phone of the lead under somebody else's name, when phones were asked at all."""
    emails = [value.key for value in lead.emails if value.key]
    present = Contact.objects.present()
    if present.filter(emails__key__in=emails).exists():
        return []
    found = present.filter(phones__e164__in=_phones(lead)).distinct()
    return [one for one in found if contradict(lead.name, f"{one.first_name} {one.last_name}")]


def _phones(lead: Lead) -> list[str]:
    return [value.e164 for value in lead.phones if value.e164]


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


def fill_fields(contact: Contact, lead: Lead, *, by: Actor, is_told: bool) -> list[dict[str, str]]:
    """Fill the fields that are still empty and are called as something that came; what could not be read."""
    notes, changes = [], []
    for name, typed in lead.fields.items():
        row = next(
            (one for one in Field.objects.all() if text.norm(one.name) == text.norm(name.strip())), None
        )
        if row is None or not typed:
            continue
        field = selectors.find_field(selectors.fields_of("contact"), row.pk)
        try:
            value = read_value(field, typed, selectors.home())
        except ValueRefusedError as refused:
            notes.append({"code": "value_refused", "value": str(refused)})
            continue
        if value is None or ContactValue.objects.filter(contact=contact, field=row).exists():
            continue
        if isinstance(value, tuple):
            ContactValue.objects.create(contact=contact, field=row, option_id=value[0])
        else:
            ContactValue.objects.create(contact=contact, field=row, number=value)
        changes.append(ValueChange(contact.pk, field, None, value))
    if changes and is_told:
        Event.objects.create(
            at=clock.now(),
            kind="contact.changed",
            contact_id=contact.pk,
            actor_kind=by.kind,
            actor_id=by.id,
            actor_name=by.name,
            data=change_data(changes),
        )
    return notes
