"""The companies of contacts: those they are in, those they may belong to."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Case, IntegerField, Value, When

from afluente.contacts import policies
from afluente.contacts.models import Company, CompanyContact
from afluente.contacts.selectors.searching import search_contacts
from afluente.kernel import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from afluente.accounts.models import Membership
    from afluente.contacts.models import Contact

OPTIONS = 8
# Whoever has an address here says nothing about where they work.
FREE_MAIL = frozenset(
    [
        "aol.com",
        "bk.ru",
        "bol.com.br",
        "email.com",
        "fastmail.com",
        "gmail.com",
        "globo.com",
        "globomail.com",
        "gmx.com",
        "gmx.de",
        "gmx.net",
        "gazeta.pl",
        "googlemail.com",
        "hey.com",
        "hotmail.com",
        "hotmail.com.br",
        "hotmail.co.uk",
        "hotmail.fr",
        "icloud.com",
        "ig.com.br",
        "inbox.lv",
        "inbox.ru",
        "interia.eu",
        "interia.pl",
        "laposte.net",
        "libero.it",
        "list.ru",
        "live.com",
        "live.com.pt",
        "live.nl",
        "mac.com",
        "mail.com",
        "mail.ru",
        "me.com",
        "msn.com",
        "o2.pl",
        "oi.com.br",
        "onet.eu",
        "onet.pl",
        "op.pl",
        "orange.fr",
        "outlook.com",
        "outlook.com.br",
        "outlook.es",
        "outlook.pt",
        "pm.me",
        "poczta.fm",
        "poczta.onet.pl",
        "proton.me",
        "protonmail.com",
        "qq.com",
        "r7.com",
        "rocketmail.com",
        "sapo.pt",
        "seznam.cz",
        "terra.com.br",
        "tlen.pl",
        "tutanota.com",
        "uol.com.br",
        "web.de",
        "wp.eu",
        "wp.pl",
        "yahoo.co.uk",
        "yahoo.com",
        "yahoo.com.br",
        "yahoo.de",
        "yahoo.es",
        "yahoo.fr",
        "yandex.com",
        "yandex.ru",
        "ymail.com",
        "zipmail.com.br",
        "zoho.com",
        "ukr.net",
        "i.ua",
        "meta.ua",
        "163.com",
        "126.com",
    ]
)


@dataclass(frozen=True, kw_only=True)
class Belonging:
    """That somebody is in a company, and what they are there."""

    company: Company
    position: str


@dataclass(frozen=True, kw_only=True)
class CompanyOptions:
    """What a box in which somebody types a company offers. `new` is the name it would make, '' for none."""

    companies: Sequence[Company]
    new: str = ""


def companies_of(contact_ids: Iterable[int], *, member: Membership) -> dict[int, list[Belonging]]:
    """The present companies of these contacts that `member` sees, the first one first: one query."""
    if not policies.may_list_companies(member):
        return {}
    links = (
        CompanyContact.objects.filter(contact_id__in=list(contact_ids), company__deleted_at=None)
        .select_related("company")
        .order_by("pk")
    )
    found: dict[int, list[Belonging]] = defaultdict(list)
    for link in links:
        found[link.contact_id].append(Belonging(company=link.company, position=link.position))
    return found


def company_options(
    *, member: Membership, typed: str, without: Sequence[int] = (), limit: int = OPTIONS
) -> CompanyOptions:
    """Companies that fit what is being typed, those that begin so first; and whether it would be a new one."""
    words = text.norm(text.clean(typed, limit=120))
    found = policies.companies_visible_to(member).exclude(pk__in=without)
    if words:
        found = found.filter(sort_name__contains=words) | found.filter(domain__startswith=words)
    begins = When(sort_name__startswith=words, then=Value(0))
    place = Case(begins, default=Value(1), output_field=IntegerField())
    companies = list(found.order_by(place, "sort_name", "pk")[:limit])
    is_new = bool(words) and policies.may_create_companies(member)
    is_known = is_new and Company.objects.present().filter(sort_name=words).exists()
    return CompanyOptions(
        companies=companies, new=text.clean(typed, limit=120) if is_new and not is_known else ""
    )


def suggested_company(*, member: Membership, emails: Iterable[str]) -> Company | None:
    """The oldest company whose domain is that of one of these addresses; free mail says nothing."""
    domains = {email.rpartition("@")[2].strip().lower() for email in emails} - FREE_MAIL - {""}
    if not domains:
        return None
    found = policies.companies_visible_to(member).filter(domain__in=domains)
    return found.order_by("pk").first()


def people_options(*, member: Membership, company_id: int, typed: str) -> list[tuple[Contact, str]]:
    """Contacts that fit what is typed and are not yet in the company, each with a line to tell them by."""
    if not text.clean(typed, limit=200):
        return []
    found = search_contacts(member=member, typed=typed, limit=OPTIONS)
    inside = set(
        CompanyContact.objects.filter(
            company_id=company_id, contact_id__in=[contact.pk for contact in found]
        ).values_list("contact_id", flat=True)
    )
    return [(contact, _line(contact)) for contact in found if contact.pk not in inside]


def position_of(*, company_id: int, contact_id: int) -> str | None:
    """What a contact is in a company; None when they are not in it."""
    links = CompanyContact.objects.filter(company_id=company_id, contact_id=contact_id)
    return links.values_list("position", flat=True).first()


def _line(contact: Any) -> str:
    emails = [row.email for row in contact.emails.all()]
    phones = [row.raw for row in contact.phones.all()]
    return next(iter([*emails, *phones]), "")
