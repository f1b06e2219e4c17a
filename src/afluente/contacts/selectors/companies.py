"""The list of companies, read by keyset, and the page of one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Count, Q

from afluente.contacts import policies
from afluente.contacts.models import Company, CompanyContact, Contact, ContactEmail, ContactPhone
from afluente.contacts.selectors.fields import COMPANY
from afluente.contacts.selectors.values import attributes
from afluente.kernel import phone, text
from afluente.kernel.keyset import Beyond, number_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from afluente.accounts.models import Membership
    from afluente.contacts.models import CompanyQuerySet

PAGE = 50
PEOPLE = 100
COUNTED_TO = 10_000
BY_NAME, NEWEST = "name", "newest"
WORDS = 5


@dataclass(frozen=True, kw_only=True)
class CompanyFilter:
    """What the address of the list says; `after` is the last company seen, `assignee` 0 means nobody."""

    typed: str = ""
    assignee: int | None = None
    sort: str = BY_NAME
    after: int | None = None

    @classmethod
    def read(cls, query: Mapping[str, str]) -> CompanyFilter:
        """From `request.GET`; nonsense is no filter."""
        return cls(
            typed=text.clean(query.get("q", ""), limit=200),
            assignee=_number(query.get("assignee")),
            sort=NEWEST if query.get("sort") == NEWEST else BY_NAME,
            after=_number(query.get("after")),
        )

    @property
    def is_narrow(self) -> bool:
        return bool(self.typed) or self.assignee is not None

    @property
    def by_name(self) -> str:
        return self.address(sort=BY_NAME)

    @property
    def by_date(self) -> str:
        return self.address(sort=NEWEST)

    def address(self, **changes: Any) -> str:
        """The query string of this filter with `changes`, from the beginning unless `after` is given."""
        other = replace(self, **{"after": None, **changes})
        values = {
            "q": other.typed,
            "assignee": other.assignee,
            "sort": "" if other.sort == BY_NAME else other.sort,
            "after": other.after,
        }
        return "?" + urlencode({name: value for name, value in values.items() if value not in {"", None}})


@dataclass(frozen=True, kw_only=True)
class CompanyRow:
    """One company in the list, and how many of its people the member sees."""

    company: Company
    people: int


@dataclass(frozen=True, kw_only=True)
class CompanyPage:
    """A page of the list; `total` is exact up to 10,000, None on later pages."""

    rows: Sequence[CompanyRow]
    total: int | None = None
    is_more_than_counted: bool = False
    next_after: int | None = None


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody in a company, as far as the member sees them."""

    contact_id: int
    title: str
    position: str
    email: str
    phone: str
    assignee: str


@dataclass(frozen=True, kw_only=True)
class CompanyCard:
    """A company and its people; `hidden` is how many of them the member does not see."""

    company: Company
    people: Sequence[Person]
    count: int
    hidden: int
    call_url: str


def company_page(*, member: Membership, wanted: CompanyFilter, size: int = PAGE) -> CompanyPage:
    """One page of companies: four queries however many rows."""
    found = listed(member=member, wanted=wanted)
    last = Company.objects.filter(pk=wanted.after).first() if wanted.after else None
    ordered = _ordered(found, wanted, last).select_related("assignee__user")
    companies = list(ordered[: size + 1])
    shown = companies[:size]
    total = found[: COUNTED_TO + 1].count() if wanted.after is None else None
    people = people_counts(member=member, company_ids=[company.pk for company in shown])
    return CompanyPage(
        rows=[CompanyRow(company=company, people=people.get(company.pk, 0)) for company in shown],
        total=None if total is None else min(total, COUNTED_TO),
        is_more_than_counted=total is not None and total > COUNTED_TO,
        next_after=shown[-1].pk if len(companies) > size else None,
    )


def listed(*, member: Membership, wanted: CompanyFilter) -> CompanyQuerySet:
    """The companies of a list without its order and its page; each word stands in name, domain or phone."""
    found = policies.companies_visible_to(member)
    for word in text.norm(wanted.typed).split()[:WORDS]:
        found = found.filter(Q(sort_name__contains=word) | Q(domain__contains=word) | Q(phone__contains=word))
    if wanted.assignee is not None:
        found = found.filter(assignee_id=wanted.assignee or None)
    return found


def company_named(*, member: Membership, name: str) -> Company | None:
    """A company of this name that `member` sees, accents and case aside."""
    folded = text.norm(text.clean(name, limit=255))
    found: Company | None = (
        policies.companies_visible_to(member).filter(sort_name=folded).order_by("pk").first()
    )
    return found


def people_counts(*, member: Membership, company_ids: Sequence[int]) -> dict[int, int]:
    """How many people of each company are listed to `member`."""
    seen = policies.listed_to(member).filter(company_links__company_id__in=company_ids)
    return dict(seen.values_list("company_links__company_id").annotate(n=Count("pk")))


def company_card(*, member: Membership, company_id: int) -> CompanyCard | None:
    """A company with the first hundred of its people, in 5 queries; None when `member` does not see it."""
    companies = policies.companies_visible_to(member).select_related("assignee__user")
    company = companies.filter(pk=company_id).first()
    if company is None:
        return None
    present = CompanyContact.objects.filter(company_id=company_id, contact__deleted_at=None)
    seen = policies.visible_to(member).filter(company_links__company_id=company_id)
    contacts = list(seen.select_related("assignee__user").order_by("sort_name", "pk")[:PEOPLE])
    positions = dict(present.values_list("contact_id", "position"))
    count = len(contacts) if len(contacts) < PEOPLE else seen.count()
    number = phone.parse(company.phone, member.workspace.country) if company.phone else None
    return CompanyCard(
        company=company,
        people=_people(contacts, positions),
        count=count,
        hidden=len(positions) - count,
        call_url=f"tel:{number}" if number else "",
    )


def api_companies(
    *, member: Membership, typed: str, cursor: str, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """A page of companies as plain values, the newest first, and the cursor of the next one. Raises BadCursorError."""
    found = listed(member=member, wanted=CompanyFilter(typed=typed))
    before = number_in(cursor)
    rows = list((found.filter(pk__lt=before) if before else found).order_by("-pk")[: limit + 1])
    page = rows[:limit]
    counts = people_counts(member=member, company_ids=[company.pk for company in page])
    items = api_companies_of(page, counts)
    return items, str(page[-1].pk) if len(rows) > limit else None


def api_companies_of(companies: Sequence[Company], counts: Mapping[int, int]) -> list[dict[str, Any]]:
    """Companies as other programs read them, with the values of their fields; amounts are texts."""
    values = attributes(COMPANY, [company.pk for company in companies])
    return [_plain(company, counts.get(company.pk, 0), values[company.pk]) for company in companies]


def _plain(company: Company, contacts: int, values: Sequence[dict[str, Any]]) -> dict[str, Any]:
    names = ("name", "domain", "phone", "address", "currency", "assignee_id", "created_at", "updated_at")
    return {
        "id": company.pk,
        **{name: getattr(company, name) for name in names},
        "revenue": None if company.revenue is None else f"{company.revenue:.4f}",
        "contacts": contacts,
        "attributes": values,
    }


def _people(contacts: Sequence[Contact], positions: Mapping[int, str]) -> list[Person]:
    ids = [contact.pk for contact in contacts]
    emails, phones = main_addresses(ids)
    return [
        Person(
            contact_id=contact.pk,
            title=contact.name or emails.get(contact.pk) or phones.get(contact.pk) or f"#{contact.pk}",
            position=positions.get(contact.pk, ""),
            email=emails.get(contact.pk, ""),
            phone=phones.get(contact.pk, ""),
            assignee=contact.assignee.user.name if contact.assignee else "",
        )
        for contact in contacts
    ]


def main_addresses(contact_ids: Iterable[int]) -> tuple[dict[int, str], dict[int, str]]:
    """The main e-mail and the main phone, as people write it, of each contact: two queries."""
    ids = list(contact_ids)
    emails = ContactEmail.objects.filter(contact_id__in=ids, is_primary=True)
    phones = ContactPhone.objects.filter(contact_id__in=ids, is_primary=True)
    return (
        dict(emails.values_list("contact_id", "email")),
        {
            contact_id: phone.show(e164) if e164 else raw
            for contact_id, e164, raw in phones.values_list("contact_id", "e164", "raw")
        },
    )


def _ordered(found: CompanyQuerySet, wanted: CompanyFilter, last: Company | None) -> CompanyQuerySet:
    if wanted.sort == NEWEST:
        if last is not None:
            found = found.filter(Beyond(("created_at", "id"), (last.created_at, last.pk), descending=True))
        return found.order_by("-created_at", "-pk")
    if last is not None:
        found = found.filter(Beyond(("sort_name", "id"), (last.sort_name, last.pk)))
    return found.order_by("sort_name", "pk")


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 19 else None
