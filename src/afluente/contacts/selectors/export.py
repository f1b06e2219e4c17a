"""Contacts as plain values for other programs: six queries a page, no model objects."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from afluente.contacts.models import Contact, ContactEmail, ContactMessenger, ContactPhone
from afluente.contacts.selectors.fields import CONTACT
from afluente.contacts.selectors.listing import Filter, filtered, newest_ids
from afluente.contacts.selectors.tags import tags_of
from afluente.contacts.selectors.values import attributes
from afluente.kernel.keyset import BadCursorError, Beyond, number_in, numbers_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.accounts.models import Membership
    from afluente.contacts.models import ContactQuerySet

FIELDS = (
    "id",
    "first_name",
    "last_name",
    "location",
    "address",
    "source",
    "source_name",
    "assignee_id",
    "created_at",
    "updated_at",
    "utm_first",
    "utm_last",
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST = (datetime.max.replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)


def api_page(
    *, member: Membership, wanted: Filter, cursor: str, updated: datetime | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """A page of contacts that `member` sees, and the cursor of the next one. Raises BadCursorError.

    `updated` asks in the order of change and knows no search words.
    """
    if updated is not None and not wanted.typed:
        return _changed_since(filtered(member=member, wanted=wanted), updated, cursor, limit)
    ids = newest_ids(member=member, wanted=wanted, limit=limit + 1, before_id=number_in(cursor))
    page = api_contacts(ids[:limit])
    return page, str(page[-1]["id"]) if len(ids) > limit else None


def api_contacts(contact_ids: Sequence[int]) -> list[dict[str, Any]]:
    """These contacts, newest first. Whoever asks has checked that they may be seen."""
    rows = Contact.objects.present().filter(pk__in=contact_ids).order_by("-pk").values(*FIELDS)
    return _with_addresses(list(rows))


def _changed_since(
    found: ContactQuerySet, updated: datetime, cursor: str, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """In the order of change, so that a program that reads on from its cursor misses nothing."""
    if cursor:
        micros, last_id = numbers_in(cursor, 2)
        if micros > LAST:
            raise BadCursorError(cursor)
        moment = EPOCH + timedelta(microseconds=micros)
        found = found.filter(Beyond(("updated_at", "id"), (moment, last_id)))
    else:
        found = found.filter(updated_at__gte=updated)
    rows = list(found.order_by("updated_at", "pk").values(*FIELDS)[: limit + 1])
    page = _with_addresses(rows[:limit])
    if len(rows) <= limit:
        return page, None
    micros = (page[-1]["updated_at"] - EPOCH) // timedelta(microseconds=1)
    return page, f"{micros}-{page[-1]['id']}"


def _with_addresses(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    ids = [row["id"] for row in rows]
    emails: dict[int, list[dict[str, Any]]] = defaultdict(list)
    phones: dict[int, list[dict[str, Any]]] = defaultdict(list)
    messengers: dict[int, list[dict[str, Any]]] = defaultdict(list)
    order = ("contact_id", "-is_primary", "pk")
    addresses = ContactEmail.objects.filter(contact_id__in=ids).order_by(*order)
    for contact_id, address, key, is_primary in addresses.values_list(
        "contact_id", "email", "key", "is_primary"
    ):
        emails[contact_id].append({"email": address, "is_valid": bool(key), "is_primary": is_primary})
    numbers = ContactPhone.objects.filter(contact_id__in=ids).order_by(*order)
    for contact_id, raw, e164, is_primary in numbers.values_list("contact_id", "raw", "e164", "is_primary"):
        phones[contact_id].append({"raw": raw, "e164": e164 or None, "is_primary": is_primary})
    names = ContactMessenger.objects.filter(contact_id__in=ids).order_by(*order)
    for contact_id, kind, value, is_primary in names.values_list("contact_id", "kind", "value", "is_primary"):
        messengers[contact_id].append({"kind": kind, "value": value, "is_primary": is_primary})
    tags = tags_of(ids)
    values = attributes(CONTACT, ids)
    return [
        {
            **row,
            "emails": emails[row["id"]],
            "phones": phones[row["id"]],
            "messengers": messengers[row["id"]],
            "tags": [{"id": tag.pk, "name": tag.name, "color": tag.color} for tag in tags.get(row["id"], ())],
            "attributes": values[row["id"]],
        }
        for row in rows
    ]
