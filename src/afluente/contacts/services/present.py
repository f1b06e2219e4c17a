"""What is said of known contacts, beside what they say now."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from afluente.accounts.models import Membership
from afluente.contacts import selectors
from afluente.contacts.models import CompanyContact, Contact
from afluente.contacts.services.values import PREFIX
from afluente.kernel import email

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from afluente.contacts.selectors import Held
    from afluente.contacts.services.creation import EmailValue, MessengerValue, PhoneValue

SCALARS = ("first_name", "last_name", "location", "address")


@dataclass(frozen=True)
class Arrival:
    """What is said of a contact that is known. Empty parts say nothing: nothing is ever emptied."""

    contact_id: int
    parts: Mapping[str, str] = field(default_factory=dict)  # of SCALARS
    emails: Sequence[EmailValue] = ()
    phones: Sequence[PhoneValue] = ()
    messengers: Sequence[MessengerValue] = ()
    company_ids: Sequence[int] = ()
    position: str = ""
    tag_ids: Sequence[int] = ()
    values: Mapping[int, Held] = field(default_factory=dict)
    utm: Mapping[str, str] = field(default_factory=dict)
    assignee_id: int | None = None
    created_at: datetime | None = None
    told: Mapping[str, Any] = field(default_factory=dict)  # what its event says besides


class Present:
    """What contacts say now: a few queries however many they are."""

    def __init__(self, ids: Sequence[int]) -> None:
        rows = Contact.objects.filter(pk__in=ids).select_related("assignee__user")
        self.contacts: dict[int, Contact] = {one.pk: one for one in rows}
        pages = selectors.api_contacts(ids)
        self.emails = {row["id"]: [one["email"] for one in row["emails"]] for row in pages}
        self.phones = {row["id"]: [one["raw"] for one in row["phones"]] for row in pages}
        self.messengers = {row["id"]: [one["value"] for one in row["messengers"]] for row in pages}
        self.keys = {row["id"]: _keys(row) for row in pages}
        self.tags = {row["id"]: [one["name"] for one in row["tags"]] for row in pages}
        self.companies: dict[int, list[str]] = {number: [] for number in self.contacts}
        links = CompanyContact.objects.filter(contact_id__in=ids, company__deleted_at=None).order_by("pk")
        for contact_id, name in links.values_list("contact_id", "company__name"):
            self.companies[contact_id].append(name)
        self.values = selectors.held_values(selectors.CONTACT, ids)
        self.fields = {one.id: one for one in selectors.fields_of(selectors.CONTACT)}
        self.members = dict(Membership.objects.values_list("pk", "user__name"))

    def narrowed(self, one: Arrival, *, fill_only: bool) -> Arrival:
        """Without what is there already, and with `fill_only` without what would change anything."""
        contact, number = self.contacts[one.contact_id], one.contact_id
        keys = self.keys[number]
        parts = _parts(contact, one, fill_only=fill_only)
        held = self.values.get(number, {})
        return Arrival(
            contact_id=number,
            parts=parts,
            emails=[
                v
                for v in one.emails
                if (v.key or v.email) not in keys and not (fill_only and self.emails[number])
            ],
            phones=[
                v
                for v in one.phones
                if (v.e164 or v.raw) not in keys and not (fill_only and self.phones[number])
            ],
            messengers=[
                v
                for v in one.messengers
                if (v.kind, v.value) not in keys and not (fill_only and self.messengers[number])
            ],
            company_ids=() if fill_only and self.companies[number] else one.company_ids,
            position=one.position,
            tag_ids=() if fill_only and self.tags[number] else one.tag_ids,
            values={
                key: value
                for key, value in one.values.items()
                if not (fill_only and held.get(key) is not None)
            },
            utm={} if fill_only and contact.utm_last else one.utm,
            assignee_id=None if fill_only and contact.assignee_id else one.assignee_id,
            created_at=None if fill_only else one.created_at,
            told=one.told,
        )


def _parts(contact: Contact, one: Arrival, *, fill_only: bool) -> dict[str, str]:
    """Names and places that are to change. A name is filled as a whole or not at all."""
    has_name = bool(contact.first_name or contact.last_name)
    return {
        name: value
        for name, value in one.parts.items()
        if name in SCALARS
        and value
        and value != getattr(contact, name)
        and not (fill_only and (getattr(contact, name) or (has_name and name.endswith("_name"))))
    }


def _keys(row: Mapping[str, Any]) -> set[Any]:
    """What two spellings of an address have in common, of all a contact has."""
    return {
        *(email.match_key(one["email"]) or one["email"] for one in row["emails"]),
        *(one["e164"] or one["raw"] for one in row["phones"]),
        *((one["kind"], one["value"]) for one in row["messengers"]),
    }


def shown(
    record: Mapping[str, Any],
    found: Present,
    number: int,
    tags: Mapping[int, str],
    companies: Mapping[int, str],
) -> dict[str, Any]:
    """What an event says: before and after as people read them."""
    told: dict[str, Any] = {}
    for name, (before, after) in record.get("details", {}).items():
        if name == "assignee_id":
            told["assignee"] = [_member(found, number), found.members.get(after, "")]
            told["assignee_before"] = before
        else:
            told[name] = [before, after]
    for name in ("emails", "phones", "messengers"):
        if name in record:
            had = getattr(found, name)[number]
            told[name] = [had, [*had, *record[name]]]
    for name, words in (("tags", tags), ("companies", companies)):
        if name in record:
            had = getattr(found, name)[number]
            told[name] = [had, [*had, *(words[one] for one in record[name])]]
    exact = record.get("values", {})
    for key, (before, after) in exact.items():
        known = found.fields[int(key)]
        told[f"{PREFIX}{known.name}"] = [_words(known, before), _words(known, after)]
    return {**told, **({"values": exact} if exact else {})}


def _words(known: Any, plain: Any) -> Any:
    held = selectors.from_plain(known, plain)
    if known.kind == "multiselect":
        return selectors.labels(known, held) if isinstance(held, tuple) else []
    return selectors.show(known, held)


def _member(found: Present, number: int) -> str:
    assignee = found.contacts[number].assignee
    return assignee.user.name if assignee else ""
