"""The ways to reach a contact: any number of each kind, one of each the main one (crm.md 2.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from django.db import transaction
from django.utils.translation import gettext

from afluente.contacts.models import Contact, ContactEmail, ContactMessenger, ContactPhone
from afluente.contacts.services.editing import (
    ChangedMeanwhileError,
    NamelessContactError,
    lock_contact,
    tell_change,
)
from afluente.contacts.services.identity import note_possible_duplicates
from afluente.kernel import clock, email, phone, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.timeline.events import Actor

Kind = Literal["email", "phone", "messenger"]
LIMITS = {"email": email.LIMIT, "phone": 50, "messenger": 100}
_MODELS: dict[str, Any] = {"email": ContactEmail, "phone": ContactPhone, "messenger": ContactMessenger}
_FIELDS = {"email": "email", "phone": "raw", "messenger": "value"}
_LISTS = {"email": "emails", "phone": "phones", "messenger": "messengers"}


class AddressRefusedError(Exception):
    """An address that cannot be kept; its text is a sentence for people."""


class AddressGoneError(Exception):
    """Somebody else has removed the address."""


@dataclass(frozen=True)
class NewAddress:
    """An address as typed. `country` (ISO) reads phones without a prefix; `messenger` names which one.

    `is_checked` when somebody types it who can mend it: an e-mail that cannot be one is refused then.
    """

    kind: Kind
    typed: str
    country: str = "BR"
    messenger: str = ContactMessenger.Kind.WHATSAPP
    is_checked: bool = False


@transaction.atomic
def add_address(*, contact_id: int, address: NewAddress, by: Actor, is_primary: bool = False) -> int:
    """Add a way to reach somebody; the first of its kind becomes the main one. Returns its number.

    An e-mail or phone that cannot be right is kept as typed and flagged. Adding what is there already
    changes nothing. Contacts with the same e-mail are written down as possible doubles.
    Raises AddressRefusedError for an empty or too long text, and for an e-mail that is to be checked.
    """
    contact = lock_contact(contact_id)
    values = _values(address)
    _check(address, values)
    rows = _MODELS[address.kind].objects.filter(contact_id=contact.pk)
    known = rows.filter(**_identity(address.kind, values)).first()
    if known is not None:
        return int(known.pk)
    before = _shown(rows)
    made = _MODELS[address.kind].objects.create(
        contact=contact, is_primary=not rows.filter(is_primary=True).exists(), **values
    )
    if is_primary and not made.is_primary:
        _move_primary(rows, made)
    _touch(contact)
    tell_change(contact.pk, {_LISTS[address.kind]: [before, _shown(rows)]}, by)
    _note_doubles(contact.pk, made)
    return int(made.pk)


@transaction.atomic
def change_address(
    *, contact_id: int, address_id: int, address: NewAddress, by: Actor, seen: str | None = None
) -> None:
    """Replace what an address says. `seen` is what the editor showed (ChangedMeanwhileError).

    Raises AddressRefusedError as `add_address` does, and when the contact has it already;
    AddressGoneError when it was removed.
    """
    contact = lock_contact(contact_id)
    rows = _MODELS[address.kind].objects.filter(contact_id=contact.pk)
    row = _row(rows, address_id)
    values = _values(address)
    field = _FIELDS[address.kind]
    if seen is not None and getattr(row, field) not in {seen, values[field]}:
        raise ChangedMeanwhileError(getattr(row, field))
    if getattr(row, field) != values[field]:  # what came in flagged stays until somebody changes it
        _check(address, values)
    if rows.filter(**_identity(address.kind, values)).exclude(pk=row.pk).exists():
        raise AddressRefusedError(gettext("This contact has it already."))
    before = _shown(rows)
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
    after = _shown(rows)
    if before == after:
        return
    _touch(contact)
    tell_change(contact.pk, {_LISTS[address.kind]: [before, after]}, by)
    _note_doubles(contact.pk, row)


@transaction.atomic
def remove_address(*, contact_id: int, kind: Kind, address_id: int, by: Actor) -> Any:
    """Remove an address; the oldest of the others becomes the main one. Returns the removed row.

    Raises NamelessContactError when nothing would be left to tell the contact by.
    """
    contact = lock_contact(contact_id)
    rows = _MODELS[kind].objects.filter(contact_id=contact.pk)
    row = _row(rows, address_id)
    if not contact.name and _count(contact) == 1:
        raise NamelessContactError
    before = _shown(rows)
    rows.filter(pk=row.pk).delete()
    heir = rows.order_by("pk").first() if row.is_primary else None
    if heir is not None:
        rows.filter(pk=heir.pk).update(is_primary=True)
    _touch(contact)
    tell_change(contact.pk, {_LISTS[kind]: [before, _shown(rows)]}, by)
    return row


@transaction.atomic
def make_primary(*, contact_id: int, kind: Kind, address_id: int, by: Actor) -> None:
    """Make one address the main one of its kind."""
    contact = lock_contact(contact_id)
    rows = _MODELS[kind].objects.filter(contact_id=contact.pk)
    row = _row(rows, address_id)
    former = rows.filter(is_primary=True).first()
    if former is not None and former.pk == row.pk:
        return
    _move_primary(rows, row)
    _touch(contact)
    before = _written(former) if former else ""
    tell_change(contact.pk, {f"primary_{kind}": [before, _written(row)]}, by)


@transaction.atomic
def replace_addresses(*, contact_id: int, kind: Kind, typed: Sequence[str], country: str, by: Actor) -> None:
    """Make the addresses of one kind these, in this order: the first is the main one. One event.

    Raises AddressRefusedError for a text that cannot be kept, NamelessContactError when nothing
    would be left to tell the contact by.
    """
    contact = lock_contact(contact_id)
    rows = _MODELS[kind].objects.filter(contact_id=contact.pk)
    before = _shown(rows)
    kept: list[int] = []
    for text_ in typed:
        values = _values(NewAddress(kind, text_, country))
        row = rows.filter(**_identity(kind, values)).first()
        row = row or _MODELS[kind].objects.create(contact=contact, is_primary=False, **values)
        kept.append(row.pk)
    rows.exclude(pk__in=kept).delete()
    if not contact.name and not _count(contact):
        raise NamelessContactError
    rows.filter(is_primary=True).exclude(pk__in=kept[:1]).update(is_primary=False)
    rows.filter(pk__in=kept[:1]).update(is_primary=True)
    if before == _shown(rows):
        return
    _touch(contact)
    tell_change(contact.pk, {_LISTS[kind]: [before, _shown(rows)]}, by)
    note_same_emails(contact_id=contact.pk)


def note_same_emails(*, contact_id: int) -> None:
    """Write down who else has an e-mail of this contact, as possibly the same person."""
    for row in ContactEmail.objects.filter(contact_id=contact_id).exclude(key=""):
        _note_doubles(row.contact_id, row)


def _values(address: NewAddress) -> dict[str, str]:
    typed = text.clean(address.typed, limit=1000)
    if not typed:
        raise AddressRefusedError(gettext("Write something first."))
    if len(typed) > LIMITS[address.kind]:
        raise AddressRefusedError(
            gettext("This is longer than {n} characters.").format(n=LIMITS[address.kind])
        )
    if address.kind == "email":
        return {"email": typed, "key": email.match_key(typed) or ""}
    if address.kind == "phone":
        return {"raw": typed, "e164": phone.parse(typed, address.country) or ""}
    if address.messenger not in ContactMessenger.Kind.values:
        raise AddressRefusedError(gettext("Choose a messenger."))
    return {"kind": address.messenger, "value": typed}


def _check(address: NewAddress, values: dict[str, str]) -> None:
    if address.is_checked and address.kind == "email" and not values["key"]:
        raise AddressRefusedError(gettext("Check this address, something is missing."))


def _identity(kind: str, values: dict[str, str]) -> dict[str, str]:
    """By what two addresses of one contact are the same."""
    if kind == "email" and values["key"]:
        return {"key": values["key"]}
    if kind == "phone" and values["e164"]:
        return {"e164": values["e164"]}
    return {name: value for name, value in values.items() if name not in {"key", "e164"}}


def _row(rows: Any, address_id: int) -> Any:
    row = rows.filter(pk=address_id).first()
    if row is None:
        raise AddressGoneError
    return row


def _shown(rows: Any) -> list[str]:
    """The addresses as the log tells them: as people write them."""
    return [_written(row) for row in rows.order_by("pk")]


def _written(row: Any) -> str:
    if isinstance(row, ContactPhone):
        return phone.show(row.e164) if row.e164 else row.raw
    return str(row.value if isinstance(row, ContactMessenger) else row.email)


def _move_primary(rows: Any, row: Any) -> None:
    rows.filter(is_primary=True).update(is_primary=False)  # first: there may be only one at a time
    rows.filter(pk=row.pk).update(is_primary=True)


def _touch(contact: Contact) -> None:
    Contact.objects.filter(pk=contact.pk).update(updated_at=clock.now())


def _count(contact: Contact) -> int:
    return int(contact.emails.count() + contact.phones.count() + contact.messengers.count())


def _note_doubles(contact_id: int, row: Any) -> None:
    if not isinstance(row, ContactEmail) or not row.key:
        return
    same = ContactEmail.objects.filter(key=row.key, contact__deleted_at=None).exclude(contact_id=contact_id)
    others = same.values_list("contact_id", flat=True)[:5]
    note_possible_duplicates([(contact_id, other, "email") for other in others])
