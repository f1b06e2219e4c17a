"""The list of contacts: filtered, sorted, read by keyset so that the last page costs what the first does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from afluente.contacts import policies
from afluente.contacts.models import Contact, ContactEmail, ContactPhone
from afluente.contacts.selectors import searching
from afluente.kernel import phone, slots, text
from afluente.kernel.keyset import Beyond

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from afluente.accounts.models import Membership
    from afluente.contacts.models import ContactQuerySet

PAGE = 50
COUNTED_TO = 10_000
NEWEST, BY_NAME = "newest", "name"


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What the address of the list says. `assignee` 0 means nobody; `after` is the last contact seen."""

    typed: str = ""
    source: str = ""
    assignee: int | None = None
    sort: str = NEWEST
    after: int | None = None

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Filter:
        """From `request.GET`; nonsense is no filter."""
        return cls(
            typed=text.clean(query.get("q", ""), limit=200),
            source=text.clean(query.get("source", ""), limit=20),
            assignee=_number(query.get("assignee")),
            sort=BY_NAME if query.get("sort") == BY_NAME else NEWEST,
            after=_number(query.get("after")),
        )

    @property
    def is_narrow(self) -> bool:
        """Whether it leaves anybody out."""
        return bool(self.typed or self.source or self.assignee is not None)

    @property
    def by_name(self) -> str:
        return self.address(sort=BY_NAME)

    @property
    def by_date(self) -> str:
        return self.address(sort=NEWEST)

    def address(self, **changes: Any) -> str:
        """The query string of this filter with `changes`; the beginning of the list unless `after` is given."""
        other = replace(self, **{"after": None, **changes})
        values = {
            "q": other.typed,
            "source": other.source,
            "assignee": other.assignee,
            "sort": "" if other.sort == NEWEST else other.sort,
            "after": other.after,
        }
        return "?" + urlencode({name: value for name, value in values.items() if value not in {"", None}})


@dataclass(frozen=True, kw_only=True)
class Row:
    """One contact as the list shows it. `phone` is written as people write it; `assignee` is a name."""

    id: int
    title: str
    email: str
    phone: str
    source: str
    source_name: str
    assignee_id: int | None
    assignee: str
    created_at: datetime
    cells: Sequence[Any] = ()


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of the list and how many there are: exact up to 10,000, `total` None when not counted."""

    rows: Sequence[Row]
    columns: Sequence[slots.Column] = ()
    total: int | None = None
    is_more_than_counted: bool = False
    next_after: int | None = None


def contact_page(*, member: Membership, wanted: Filter, size: int = PAGE, is_counted: bool = True) -> Page:
    """One page of the contacts that `member` sees: 6 queries however many rows.

    A search answers newest first: that is the order in which the index can stop early.
    """
    contacts = _searched(member, wanted, size) if wanted.typed else _listed(member, wanted, size)
    shown = contacts[:size]
    has_more = len(contacts) > size
    total = _count(member, wanted, shown, has_more) if is_counted and wanted.after is None else None
    columns = slots.parts("contacts.columns", member=member, contact_ids=[contact.pk for contact in shown])
    return Page(
        rows=_rows(shown, columns),
        columns=columns,
        total=None if total is None else min(total, COUNTED_TO),
        is_more_than_counted=total is not None and total > COUNTED_TO,
        next_after=shown[-1].pk if has_more else None,
    )


def filtered(*, member: Membership, wanted: Filter) -> ContactQuerySet:
    """The contacts of a list without its search words, its order and its page."""
    found = policies.listed_to(member)
    if wanted.source:
        found = found.filter(source=wanted.source)
    if wanted.assignee is not None:
        found = found.filter(assignee_id=wanted.assignee or None)
    return found


def _searched(member: Membership, wanted: Filter, size: int) -> list[Contact]:
    ids = searching.find_ids(
        member=member,
        typed=wanted.typed,
        limit=size + 1,
        before_id=wanted.after,
        source=wanted.source,
        assignee_id=wanted.assignee,
    )
    return list(Contact.objects.filter(pk__in=ids).select_related("assignee__user").order_by("-pk"))


def _listed(member: Membership, wanted: Filter, size: int) -> list[Contact]:
    found = filtered(member=member, wanted=wanted)
    last = Contact.objects.filter(pk=wanted.after).first() if wanted.after else None
    if wanted.sort == BY_NAME:
        if last is not None:
            found = found.filter(Beyond(("sort_name", "id"), (last.sort_name, last.pk)))
        found = found.order_by("sort_name", "pk")
    else:
        if last is not None:
            found = found.filter(Beyond(("created_at", "id"), (last.created_at, last.pk), descending=True))
        found = found.order_by("-created_at", "-pk")
    return list(found.select_related("assignee__user")[: size + 1])


def _count(member: Membership, wanted: Filter, shown: Sequence[Contact], has_more: bool) -> int | None:
    if not has_more:
        return len(shown)
    if wanted.typed:
        return None
    return filtered(member=member, wanted=wanted)[: COUNTED_TO + 1].count()


def _rows(contacts: Sequence[Contact], columns: Sequence[slots.Column]) -> list[Row]:
    ids = [contact.pk for contact in contacts]
    emails = dict(
        ContactEmail.objects.filter(contact_id__in=ids, is_primary=True).values_list("contact_id", "email")
    )
    phones = {
        contact_id: phone.show(e164) if e164 else raw
        for contact_id, e164, raw in ContactPhone.objects.filter(
            contact_id__in=ids, is_primary=True
        ).values_list("contact_id", "e164", "raw")
    }
    return [
        Row(
            id=contact.pk,
            title=contact.name or emails.get(contact.pk) or phones.get(contact.pk) or f"#{contact.pk}",
            email=emails.get(contact.pk, ""),
            phone=phones.get(contact.pk, ""),
            source=contact.source,
            source_name=contact.source_name,
            assignee_id=contact.assignee_id,
            assignee=contact.assignee.user.name if contact.assignee else "",
            created_at=contact.created_at,
            cells=[(column, column.values.get(contact.pk)) for column in columns],
        )
        for contact in contacts
    ]


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 19 else None
