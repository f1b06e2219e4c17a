"""Contacts, companies and tags as lines of the search box."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext

from afluente.contacts import policies
from afluente.contacts.models import Company, CompanyContact, Contact, ContactEmail, ContactPhone, Tag
from afluente.contacts.selectors import companies as reading
from afluente.contacts.selectors.searching import find_ids
from afluente.kernel import phone, text
from afluente.kernel.workspace import memory
from afluente.ui.finding import Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from afluente.accounts.models import Membership

LOOKED_AT = 50  # contacts a search box looks for, for itself and for what is linked to them


def found_ids(member: Membership, typed: str) -> list[int]:
    """Ids of the newest fifty contacts that fit; asked once in a request, however many sources ask."""
    known = memory()
    key = ("contacts.found", member.pk, typed)
    if key not in known:
        known[key] = find_ids(member=member, typed=typed, limit=LOOKED_AT)
    found: list[int] = known[key]
    return found


def find_contacts(member: Membership, typed: str, limit: int) -> list[Row]:
    """The newest contacts that fit, in four queries besides the search itself."""
    return _contact_rows(found_ids(member, typed)[:limit], typed)


def fetch_contacts(member: Membership, ids: Sequence[int]) -> list[Row]:
    """Those of `ids` that `member` may open."""
    seen = policies.visible_to(member).filter(pk__in=ids)
    return _contact_rows(list(seen.values_list("pk", flat=True)), "")


def every_contact(typed: str) -> str:
    """The list of all contacts that fit."""
    return f"{reverse('contacts:list')}?{urlencode({'q': typed})}"


def contact_acts(_member: Membership, pk: int) -> list[Row]:
    """Calling and writing to a contact that was found."""
    number = ContactPhone.objects.filter(contact_id=pk, is_primary=True).exclude(e164="").first()
    mail = ContactEmail.objects.filter(contact_id=pk, is_primary=True).exclude(key="").first()
    found = []
    if number and number.e164:
        said = gettext("Call {number}").format(number=phone.show(number.e164))
        found.append(Row(title=said, url=f"tel:{number.e164}", icon="phone"))
    if mail:
        said = gettext("Write to {address}").format(address=mail.email)
        found.append(Row(title=said, url=f"mailto:{mail.email}", icon="mail"))
    return found


def find_companies(member: Membership, typed: str, limit: int) -> list[Row]:
    """The companies whose name, domain or phone holds every word, by name."""
    found = reading.listed(member=member, wanted=reading.CompanyFilter(typed=typed))
    return _company_rows(found.order_by("sort_name", "pk")[:limit])


def fetch_companies(member: Membership, ids: Sequence[int]) -> list[Row]:
    """Those of `ids` that `member` sees."""
    return _company_rows(policies.companies_visible_to(member).filter(pk__in=ids))


def every_company(typed: str) -> str:
    """The list of all companies that fit."""
    return f"{reverse('contacts:companies')}?{urlencode({'q': typed})}"


def find_tags(_member: Membership, typed: str, limit: int) -> list[Row]:
    """Tags by a piece of their name; each leads to the contacts that carry it."""
    folded = text.norm(typed)
    tags = [tag for tag in Tag.objects.order_by(Lower("name"), "pk") if folded in text.norm(tag.name)]
    place = reverse("contacts:list")
    return [
        Row(
            title=tag.name,
            url=f"{place}?{urlencode({'where': f'tag.is:{tag.pk}'})}",
            pk=tag.pk,
            icon="tag",
            note=gettext("Contacts with this tag"),
        )
        for tag in tags[:limit]
    ]


def _contact_rows(ids: Sequence[int], typed: str) -> list[Row]:
    contacts = Contact.objects.in_bulk(ids) if ids else {}
    emails, phones = _addresses(contacts)
    companies = _company_names(contacts)
    rows = []
    for pk in (pk for pk in ids if pk in contacts):
        own = [*emails.get(pk, ()), *phones.get(pk, ())]
        title = contacts[pk].name or next(iter(own), f"#{pk}")
        note = _matching(own, typed) or companies.get(pk) or next((one for one in own if one != title), "")
        rows.append(
            Row(title=title, note=note, pk=pk, face=title, url=reverse("contacts:contact", args=[pk]))
        )
    return rows


def _addresses(ids: Iterable[int]) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    emails: dict[int, list[str]] = {}
    phones: dict[int, list[str]] = {}
    order = ("-is_primary", "pk")
    for pk, address in (
        ContactEmail.objects.filter(contact_id__in=ids).order_by(*order).values_list("contact_id", "email")
    ):
        emails.setdefault(pk, []).append(address)
    rows = ContactPhone.objects.filter(contact_id__in=ids).order_by(*order)
    for pk, e164, raw in rows.values_list("contact_id", "e164", "raw"):
        phones.setdefault(pk, []).append(phone.show(e164) if e164 else raw)
    return emails, phones


def _company_names(ids: Iterable[int]) -> Mapping[int, str]:
    links = CompanyContact.objects.filter(contact_id__in=ids, company__deleted_at=None).order_by("-pk")
    return dict(links.values_list("contact_id", "company__name"))


def _matching(addresses: Iterable[str], typed: str) -> str:
    """The address that was looked for: it says why somebody was found whose name is another."""
    digits = "".join(sign for sign in typed if sign.isdigit())
    words = [word for word in text.norm(typed).split() if len(word) > 2]
    for address in addresses:
        folded = text.norm(address)
        if "@" in address and any(word in folded for word in words):
            return address
        if len(digits) > 2 and digits in "".join(sign for sign in address if sign.isdigit()):
            return address
    return ""


def _company_rows(companies: Iterable[Company]) -> list[Row]:
    return [
        Row(
            title=one.name,
            note=one.domain or one.phone,
            pk=one.pk,
            face=one.name,
            square=True,
            url=reverse("contacts:company", args=[one.pk]),
        )
        for one in companies
    ]
