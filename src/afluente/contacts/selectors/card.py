"""A contact as the side panel and its own page show it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from django.utils.translation import gettext_lazy as _

from afluente.accounts.models import Action
from afluente.accounts.policies import may_configure
from afluente.contacts import policies
from afluente.contacts.models import ContactMessenger
from afluente.contacts.selectors import chat_links
from afluente.contacts.selectors.belonging import companies_of, suggested_company
from afluente.contacts.selectors.duplicates import Suggestion, suggestions_of
from afluente.contacts.selectors.fields import CONTACT
from afluente.contacts.selectors.tags import tags_of
from afluente.contacts.selectors.values import CardGroup, card_groups
from afluente.contacts.statements.addresses import addresses_of
from afluente.files.selectors import AttachedFiles, attached_files
from afluente.kernel import phone, slots
from afluente.timeline.selectors import touch
from afluente.ui import channels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_stubs_ext import StrOrPromise

    from afluente.accounts.models import Membership
    from afluente.contacts.models import Company, Contact, Tag
    from afluente.contacts.selectors.belonging import Belonging
    from afluente.contacts.selectors.values import CardValue
    from afluente.contacts.statements.addresses import AddressRow

_LABELS: dict[str, StrOrPromise] = {
    "email": _("E-mail"),
    "phone": _("Phone"),
    **dict(ContactMessenger.Kind.choices),
}
_SIGNS = {"email": "mail", "phone": "phone", "telegram": "send", "instagram": "camera"}
DOUBTS = 3  # suggestions on a card; the others stand on the page of duplicates
CHATS = {
    "telegram": "https://t.me/{}",
    "facebook": "https://m.me/{}",
    "instagram": "https://ig.me/m/{}",
    "whatsapp": "https://wa.me/{}",
    "viber": "viber://chat?number={}",
}


@dataclass(frozen=True, kw_only=True)
class Address:
    """A way to reach somebody. `kind` is email, phone or messenger; `url` opens it, '' when it cannot."""

    id: int
    kind: str
    label: str
    shown: str
    value: str
    url: str
    is_primary: bool
    is_valid: bool
    has_siblings: bool = False

    @property
    def label_shown(self) -> StrOrPromise:
        return _LABELS.get(self.label, self.label)

    @property
    def sign(self) -> str:
        """The sign of the link that opens it."""
        return _SIGNS.get(self.label, "message-circle")

    @property
    def opens(self) -> str:
        """What the link does, in words (SP-092)."""
        said = {"email": _("Write to {address}"), "phone": _("Call {address}")}
        where = said.get(self.kind, _("Open {messenger}: {address}"))
        return str(where).format(address=self.shown, messenger=self.label_shown)


@dataclass(frozen=True, kw_only=True)
class Card:
    """Everything about a contact but its history and what other slices add."""

    contact: Contact
    title: str
    emails: Sequence[Address]
    phones: Sequence[Address]
    messengers: Sequence[Address]
    doubts: Sequence[Suggestion] = ()  # whom it may be, too
    tags: Sequence[Tag] = ()
    files: AttachedFiles | None = None
    groups: Sequence[CardGroup] = ()  # fields: the General ones, then those under headings
    may_add_field: bool = False
    companies: Sequence[Belonging] = ()
    suggested: Company | None = None  # by the domain of their e-mail, while they are in none
    former_assignee: str = ""  # the responsible person, when they can no longer be chosen

    @property
    def source_label(self) -> StrOrPromise:
        """The form's or the webhook's own name; else the kind of source."""
        return self.contact.source_name or channels.channel(self.contact.source).label

    @property
    def general(self) -> Sequence[CardValue]:
        """The fields without a heading of their own."""
        return self.groups[0].values if self.groups else ()

    @property
    def headed(self) -> Sequence[CardGroup]:
        return self.groups[1:]

    @property
    def addable(self) -> list[tuple[str, StrOrPromise]]:
        return [("phone", _("Phone")), ("email", _("E-mail")), ("messenger", _("Messenger"))]

    @property
    def touches(self) -> list[tuple[StrOrPromise, list[tuple[StrOrPromise, str]]]]:
        """Where they came from the first time and, when that differs, the last time."""
        first, last = touch(self.contact.utm_first), touch(self.contact.utm_last)
        shown = [(_("First visit"), first), (_("Last visit"), last if last != first else [])]
        return [(heading, values) for heading, values in shown if values]

    @property
    def addresses(self) -> list[Address]:
        return [*self.phones, *self.emails, *self.messengers]

    @property
    def call_url(self) -> str:
        return _first(self.phones)

    @property
    def mail_url(self) -> str:
        return _first(self.emails)

    @property
    def chat_url(self) -> str:
        """A messenger of theirs, else WhatsApp on their number."""
        number = next((address.url for address in self.phones if address.url), "")
        return _first(self.messengers) or (f"https://wa.me/{number.removeprefix('tel:+')}" if number else "")


def contact_card(*, member: Membership, contact_id: int) -> Card | None:
    """The contact with its addresses, tags, companies and doubles, in 5 or 6 queries; None when `member` does not see it."""
    contact = policies.visible_to(member).select_related("assignee__user").filter(pk=contact_id).first()
    if contact is None:
        return None
    rows = addresses_of([contact.pk]).get(contact.pk, [])
    emails = _siblings([_email(row) for row in rows if row.part == "email"])
    phones = _siblings([_phone(row) for row in rows if row.part == "phone"])
    companies = companies_of([contact.pk], member=member).get(contact.pk, [])
    gone = contact.assignee if contact.assignee and not contact.assignee.is_active else None
    return Card(
        contact=contact,
        title=contact.name or next((a.shown for a in (*emails, *phones)), f"#{contact.pk}"),
        emails=emails,
        phones=phones,
        messengers=_siblings(
            [_messenger(row, member.workspace.country) for row in rows if row.part == "messenger"]
        ),
        doubts=suggestions_of(member=member, contact_id=contact.pk, most=DOUBTS),
        tags=tags_of([contact.pk]).get(contact.pk, []),
        files=attached_files(
            member=member,
            kind=CONTACT,
            entity_id=contact.pk,
            may_edit=policies.may(member, contact.pk, Action.EDIT),
        ),
        groups=card_groups(CONTACT, contact.pk),
        may_add_field=may_configure(member),
        companies=companies,
        suggested=None
        if companies
        else suggested_company(member=member, emails=[one.value for one in emails]),
        former_assignee=gone.user.name if gone else "",
    )


def tabs(*, member: Membership, contact: Contact) -> list[slots.Tab]:
    """What other slices say about the contact, besides its history."""
    return slots.parts("contact.tabs", member=member, contact=contact)


def _siblings(addresses: list[Address]) -> list[Address]:
    """«Main» is only worth saying where there is a choice."""
    return [replace(address, has_siblings=len(addresses) > 1) for address in addresses]


def _email(row: AddressRow) -> Address:
    url = f"mailto:{quote(row.shown, safe='@+')}" if row.key else ""
    return _address(row, shown=row.shown, url=url, is_valid=bool(row.key))


def _phone(row: AddressRow) -> Address:
    shown, url = (phone.show(row.key), f"tel:{row.key}") if row.key else (row.shown, "")
    return _address(row, shown=shown, url=url, is_valid=bool(row.key))


def _messenger(row: AddressRow, country: str) -> Address:
    return _address(row, shown=row.shown, url=chat_url(row.kind, row.shown, country), is_valid=True)


def _address(row: AddressRow, *, shown: str, url: str, is_valid: bool) -> Address:
    return Address(
        id=row.id,
        kind=row.part,
        label=row.kind,
        shown=shown,
        value=row.shown,
        url=url,
        is_primary=row.is_primary,
        is_valid=is_valid,
    )


def chat_url(kind: str, value: str, country: str) -> str:
    """What opens a chat in the messenger `kind` with a number, read as of `country`, a user name or a link.

    '' when nothing does (SP-091, SP-092).
    """
    pattern, value = CHATS.get(kind, ""), chat_links.name_in(value)
    number = phone.parse(value, country) if not any(sign.isalpha() for sign in value) else None
    handle = value.strip().lstrip("@").replace(" ", "")
    if kind == "whatsapp":
        handle = number.lstrip("+") if number else "".join(sign for sign in value if sign.isdigit())
    elif number and kind in {"telegram", "viber"}:
        handle = number
    return pattern.format(quote(handle, safe="+" if kind == "telegram" else "")) if pattern and handle else ""


def _first(addresses: Sequence[Address]) -> str:
    return next((address.url for address in addresses if address.url), "")
