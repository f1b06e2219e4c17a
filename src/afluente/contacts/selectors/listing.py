"""The list of contacts: filtered, sorted, read by keyset so that the last page costs what the first does."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from afluente.contacts import policies
from afluente.contacts.selectors import choosing, searching
from afluente.contacts.selectors.columns import batch_of
from afluente.contacts.selectors.criteria import NOBODY
from afluente.contacts.selectors.filtering import Plan, all_criteria, plan
from afluente.contacts.selectors.lists import FilteredList
from afluente.contacts.selectors.ordering import COMPANY, NEWEST, key_of
from afluente.contacts.selectors.wording import SHOWN
from afluente.contacts.statements import search
from afluente.kernel import text
from afluente.kernel.conditions import Condition, Expression, UnreadableError, read_query
from afluente.kernel.timeouts import TooSlowError, at_most

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.http import QueryDict

    from afluente.accounts.models import Membership
    from afluente.contacts.models import ContactQuerySet
    from afluente.contacts.selectors.batch import Batch
    from afluente.contacts.selectors.chosen import Chosen

PAGE = 50
COUNTED_TO = 10_000
PATIENCE = 0.3  # seconds for a count: the list is there already, and the database has other things to do


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What the address of the list says. `after` is the last contact seen, `at` the one to begin with;
    `problem` says what is no filter.
    """

    typed: str = ""
    where: Expression = field(default_factory=Expression)
    sort: str = NEWEST
    after: int | None = None
    at: int | None = None
    problem: str = ""

    @classmethod
    def read(cls, query: QueryDict) -> Filter:
        """From `request.GET`. `source` and `assignee` are short for conditions."""
        problem = ""
        try:
            where = read_query(dict(query.lists()))
        except UnreadableError as error:
            where, problem = Expression(), str(error)
        for name in ("source", "assignee"):
            if value := text.clean(query.get(name, ""), limit=20):
                short = Condition(name, "is", (NOBODY if (name, value) == ("assignee", "0") else value,))
                where = replace(where, groups=(*where.groups, (short,)))
        return cls(
            typed=text.clean(query.get("q", ""), limit=200),
            where=where,
            sort=key_of(query.get("sort", "")),
            after=_number(query.get("after")),
            at=_number(query.get("at")),
            problem=problem,
        )

    @property
    def is_narrow(self) -> bool:
        """Whether it leaves anybody out."""
        return bool(self.typed or self.where or self.problem)

    def address(self, **changes: Any) -> str:
        """The query string of this filter with `changes`; the beginning of the list unless `after` is given."""
        other = replace(self, **{"after": None, "at": None, **changes})
        values = [
            ("q", other.typed),
            *other.where.pairs,
            ("sort", "" if other.sort == NEWEST else other.sort),
            ("after", other.after),
            ("at", other.at),
        ]
        return "?" + urlencode([(name, value) for name, value in values if value not in {"", None}])


@dataclass(frozen=True, kw_only=True)
class Row:
    """One contact as the list shows it. `phone` is written as people write it; `cells` are the columns
    with what the contact has in them.
    """

    id: int
    title: str
    email: str
    phone: str
    source: str
    source_name: str
    created_at: datetime
    company: str = ""
    cells: Sequence[tuple[Chosen, Any]] = ()


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of the list. `total` is how many there are when the page holds them all; else ask `contact_total`,
    which may take longer than the page.
    """

    rows: Sequence[Row]
    columns: Sequence[Chosen] = ()
    total: int | None = None
    next_after: int | None = None


@dataclass(frozen=True)
class Total:
    """How many contacts fit: exactly, or more than that."""

    count: int
    is_more: bool = False


def contact_page(
    *,
    member: Membership,
    wanted: Filter,
    columns: Sequence[Chosen] = (),
    size: int = PAGE,
) -> Page:
    """One page of the contacts that `member` sees: as many queries for a million rows as for one.

    What the search index answers comes newest first: that is the order in which it can stop early.
    """
    wanted = readable(member, wanted)
    made = plan_of(member, wanted)
    if made is None:
        return Page(rows=[], columns=columns, total=0)
    contacts = choosing.chosen(member, wanted, made, size + 1)
    shown = contacts[:size]
    has_more = len(contacts) > size
    is_whole = not has_more and wanted.at is None and wanted.after is None
    return Page(
        rows=_rows(batch_of(shown, columns=[one.column for one in columns], member=member), columns),
        columns=columns,
        total=len(shown) if is_whole else None,
        next_after=shown[-1].pk if has_more else None,
    )


def readable(member: Membership, wanted: Filter) -> Filter:
    """The same list; the newest first when its order would tell companies to whom may not see them."""
    is_told = wanted.sort.removeprefix("-") == COMPANY and not policies.may_list_companies(member)
    return replace(wanted, sort=NEWEST) if is_told else wanted


def contact_total(*, member: Membership, wanted: Filter) -> Total | None:
    """How many contacts of the list `member` sees, exact up to 10,000; None when that takes too long."""
    made = plan_of(member, wanted)
    if made is None:
        return Total(0)
    try:
        with at_most(PATIENCE):
            count = _count(member, wanted, made)
    except TooSlowError:
        return None
    return Total(min(count, COUNTED_TO), is_more=count > COUNTED_TO)


def filtered(*, member: Membership, wanted: Filter) -> ContactQuerySet:
    """All contacts of a list, without its order and its page; none when it is broken."""
    made = plan_of(member, wanted)
    found = policies.listed_to(member)
    if made is None:
        return found.none()
    found = found.filter(made.whole)
    if not wanted.typed:
        return found
    query = searching.build_query(wanted.typed, seen=policies.assignees_seen_by(member))
    return found.none() if query is None else found.filter(search.Matching(query))


def newest_ids(*, member: Membership, wanted: Filter, limit: int, before_id: int | None = None) -> list[int]:
    """Ids of up to `limit` contacts that fit, newest first, below `before_id`."""
    made = plan_of(member, wanted)
    if made is None:
        return []
    seen = policies.listed_to(member)
    if wanted.typed or (made.token and not made.is_columns and not made.scanned):
        query = choosing.question(member, wanted, made)
        return choosing.walk(member, wanted, made, query, limit=limit, before_id=before_id) if query else []
    if few := choosing.named(made, choosing.NAMED_TO):
        return searching.walk_along(few[0], seen.filter(few[1]), limit=limit, before_id=before_id)
    found = seen.filter(choosing.narrowed(made) or made.whole, **({"pk__lt": before_id} if before_id else {}))
    return list(found.order_by("-pk").values_list("pk", flat=True)[:limit])


def problems(*, member: Membership, wanted: Filter) -> list[str]:
    """What of a filter cannot be asked, one sentence each."""
    if wanted.problem:
        return [wanted.problem]
    made = plan(wanted.where, member=member, known=all_criteria())
    return [f"{condition}: {why}" for condition, why in made.broken.items()]


def plan_of(member: Membership, wanted: Filter) -> Plan | None:
    """What the filter comes to; None when it says something that cannot be asked."""
    if wanted.problem:
        return None
    if not wanted.where:
        return Plan()
    made = plan(wanted.where, member=member, known=all_criteria())
    return None if made.broken else made


def _count(member: Membership, wanted: Filter, made: Plan) -> int:
    if not wanted.typed and not made.is_columns and not made.rest:  # the index says all of it
        query = searching.build_query("", token=made.token, seen=policies.assignees_seen_by(member))
        if query is not None:
            return len(search.find(query, limit=COUNTED_TO + 1))
    return filtered(member=member, wanted=wanted)[: COUNTED_TO + 1].count()


def _rows(batch: Batch, columns: Sequence[Chosen]) -> list[Row]:
    return [
        Row(
            id=contact.pk,
            title=batch.title(contact),
            email=next(iter(batch.emails.get(contact.pk, ())), ""),
            phone=next(iter(batch.phones.get(contact.pk, ())), ""),
            source=contact.source,
            source_name=contact.source_name,
            created_at=contact.created_at,
            company=next((one.company.name for one in batch.companies.get(contact.pk, ())), ""),
            cells=[(one, one.column.read(batch, contact)) for one in columns],
        )
        for contact in batch.contacts
    ]


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 19 else None


CONTACTS = FilteredList(
    entity="contact",
    path="contacts/",
    title=_("Filter contacts"),
    said=_("Contacts that fit"),
    may_list=policies.may_list,
    criteria=all_criteria,
    usual=SHOWN,
    read=Filter.read,
    page=lambda _data: reverse("contacts:list"),
    keeps=("q", "sort"),
)
