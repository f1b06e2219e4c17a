"""The orders of the list of deals, read by keyset; what has nothing to sort by comes last, whichever way.

A pipeline has some thousands of open deals, found by an index before they are sorted; so any column will do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Lower

from afluente.contacts import policies as contact_policies
from afluente.contacts.models import EVERY, Field
from afluente.contacts.selectors import KnownField, fields_of, find_field
from afluente.contacts.selectors.columns import FIELD
from afluente.deals.models import Deal, DealValue

if TYPE_CHECKING:
    from collections.abc import Callable

    from afluente.accounts.models import Membership
    from afluente.deals.models import DealQuerySet

NEWEST, CLOSED = "newest", "closed"
# What every deal has (every closed one, in lists of closed ones) and an index holds in order.
FILLED = frozenset({NEWEST, CLOSED, "amount"})
_KEYS = {
    Field.Kind.TEXT: "text_key",
    Field.Kind.LINK: "text_key",
    Field.Kind.NUMBER: "number_key",
    Field.Kind.CHECKBOX: "number_key",
    Field.Kind.MOMENT: "moment",
    Field.Kind.SELECT: "option__position",
}


@dataclass(frozen=True)
class Order:
    """By what `expression` makes of a deal, down or up; equal ones by number."""

    expression: Any
    is_down: bool
    is_filled: bool = False  # every deal has it: an index can give them in this order

    def sorted(self, deals: DealQuerySet) -> Any:
        """All of `deals` in this order."""
        column, last = F("sorted_by"), None if self.is_filled else True
        first = column.desc(nulls_last=last) if self.is_down else column.asc(nulls_last=last)
        return self._marked(deals).order_by(first, "-pk" if self.is_down else "pk")

    def after(self, deals: DealQuerySet, number: int) -> Any:
        """Those that come after the deal of this number; by what it is sorted is looked up anew."""
        last = self._place(number)
        ties = Q(pk__lt=number) if self.is_down else Q(pk__gt=number)
        found = self.sorted(deals)
        if last is None:
            return found.filter(ties, sorted_by__isnull=True)
        further = Q(**{f"sorted_by__{'lt' if self.is_down else 'gt'}": last})
        return found.filter(further | Q(ties, sorted_by=last) | Q(sorted_by__isnull=True))

    def before(self, deals: DealQuerySet, number: int) -> Any:
        """Those that come before it, the nearest first."""
        last = self._place(number)
        ties = Q(pk__gt=number) if self.is_down else Q(pk__lt=number)
        column = F("sorted_by")
        first = column.asc(nulls_first=True) if self.is_down else column.desc(nulls_first=True)
        found = self._marked(deals).order_by(first, "pk" if self.is_down else "-pk")
        if last is None:
            return found.filter(Q(sorted_by__isnull=False) | ties)
        nearer = Q(**{f"sorted_by__{'gt' if self.is_down else 'lt'}": last})
        return found.filter(nearer | Q(ties, sorted_by=last))

    def _marked(self, deals: Any) -> Any:
        return deals.annotate(sorted_by=self.expression)

    def _place(self, number: int) -> Any:
        return self._marked(Deal.objects.filter(pk=number)).values_list("sorted_by", flat=True).first()


def _company(member: Membership) -> Any:
    """By a company's name, of those that the member may open: an order must not say who they are either."""
    seen = contact_policies.companies_visible_to(member).filter(pk=OuterRef("company_id"))
    return Subquery(seen.values("sort_name")[:1])


def _person(member: Membership) -> Any:
    seen = contact_policies.visible_to(member).filter(
        deal_links__deal_id=OuterRef("pk"), deal_links__is_primary=True
    )
    return Subquery(seen.values("sort_name")[:1])


def _plain(expression: Any) -> Callable[[Membership], Any]:
    return lambda _member: expression


# By key: what a deal is sorted by, and whether a first click goes down.
_KNOWN: dict[str, tuple[Callable[[Membership], Any], bool]] = {
    NEWEST: (_plain(F("created_at")), True),
    "updated": (_plain(F("updated_at")), True),
    "amount": (_plain(F("amount")), True),
    CLOSED: (_plain(F("closed_at")), True),
    "due": (_plain(F("due_at")), False),
    "name": (_plain(F("search_name")), False),
    "number": (_plain(F("number")), False),
    "waiting": (_plain(F("stage_entered_at")), False),
    "stage": (_plain(F("stage__position")), False),
    "assignee": (_plain(Lower("assignee__user__name")), False),
    "type": (_plain(Lower("type__name")), False),
    "source": (_plain(F("source")), False),
    "company": (_company, False),
    "person": (_person, False),
}


def sorts(field: KnownField) -> bool:
    """Whether the list can be sorted by a field: not by one of which a deal has several values."""
    return field.kind in _KEYS


def key_of(key: str) -> str:
    """The name of an order that there is (`-name` is the other way round); the newest first for any other."""
    plain = key.removeprefix("-")
    return key if plain in _KNOWN or _field(plain) is not None else NEWEST


def is_descending(key: str) -> bool:
    """Whether an order goes down."""
    down = _KNOWN[key.removeprefix("-")][1] if key.removeprefix("-") in _KNOWN else False
    return down != key.startswith("-")


def opposite_of(key: str) -> str:
    """The same order, the other way round."""
    return key.removeprefix("-") if key.startswith("-") else f"-{key}"


def order_of(key: str, member: Membership) -> Order:
    """The order of this name as `member` sees it; the newest first when there is none of it."""
    key = key_of(key)
    plain = key.removeprefix("-")
    if plain in _KNOWN:
        return Order(_KNOWN[plain][0](member), is_descending(key), is_filled=plain in FILLED)
    field = _field(plain)
    if field is None:
        raise LookupError(key)
    held = DealValue.objects.filter(deal_id=OuterRef("pk"), field_id=field.id)
    return Order(Subquery(held.values(_KEYS[Field.Kind(field.kind)])[:1]), is_descending(key))


def _field(plain: str) -> KnownField | None:
    number = plain.removeprefix(FIELD)
    if not plain.startswith(FIELD) or not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    found = find_field(fields_of("deal", EVERY), int(number))
    return found if found is not None and found.is_active and sorts(found) else None
