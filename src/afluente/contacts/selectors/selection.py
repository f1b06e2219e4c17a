"""Which records somebody picked in a list: some by number, or all that a filter finds, except some.

Read from a form (`Selection.read(request.POST)`), where the names are `ids` or `id` (numbers, also
parted by commas); or `all`, `query` (the address of the list) and `except`. What comes out starts
from what the member may see, at the moment of asking.
"""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

from django.http import QueryDict
from django.utils import timezone

from afluente.contacts import policies
from afluente.contacts.models import Contact
from afluente.contacts.selectors.listing import COUNTED_TO, Filter, filtered, newest_ids
from afluente.contacts.selectors.values import home

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from afluente.accounts.models import Membership
    from afluente.contacts.models import ContactQuerySet

MOST_PICKED = 20_000  # by number; more are said by a filter


@dataclass(frozen=True, kw_only=True)
class Picked:
    """Records by their `ids`; or, when there is a `query`, all of that list except `without`.

    `top` leaves out whatever came after the selection was made; None for no such bound. Each list says with
    `listed` what a member sees in it, and with `found_below` what its filter finds.
    """

    ids: tuple[int, ...] = ()
    query: str | None = None
    without: frozenset[int] = field(default_factory=frozenset)
    top: int | None = None

    @classmethod
    def read(cls, data: QueryDict) -> Self:
        """From what a form sent. Numbers that are none are passed over."""
        if data.get("all"):
            without = frozenset(_numbers(data.getlist("except")))
            return cls(query=data.get("query", ""), without=without, top=_top(data.get("top", "")))
        picked = dict.fromkeys(_numbers([*data.getlist("ids"), *data.getlist("id")]))
        return cls(ids=tuple(picked)[:MOST_PICKED])

    @classmethod
    def from_plain(cls, told: Mapping[str, Any]) -> Self:
        """What `plain` wrote down."""
        return cls(
            ids=tuple(told.get("ids", ())),
            query=told.get("query"),
            without=frozenset(told.get("except", ())),
            top=told.get("top"),
        )

    @property
    def plain(self) -> dict[str, Any]:
        """As values that JSON can hold, for jobs."""
        if self.query is None:
            return {"ids": list(self.ids)}
        return {"query": self.query, "except": sorted(self.without), "top": self.top}

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """As the fields of a form that `read` reads again."""
        if self.query is None:
            return [("ids", ",".join(map(str, self.ids)))]
        bounds = [("top", str(self.top))] if self.top is not None else []
        without = ",".join(map(str, sorted(self.without)))
        return [("all", "1"), ("query", self.query), *([("except", without)] if without else []), *bounds]

    def listed(self, member: Membership) -> Any:
        """All that `member` sees in this list, as a queryset."""
        raise NotImplementedError

    def found_below(self, *, member: Membership, limit: int, before_id: int | None) -> list[int]:
        """Numbers of up to `limit` of those that the filter finds, the highest first, below `before_id`."""
        raise NotImplementedError

    def newest(self) -> int:
        """The highest number that any record has; 0 when there is none."""
        raise NotImplementedError

    def bounded(self) -> Self:
        """All that the filter finds now: whatever comes later is left alone."""
        if self.query is None or self.top is not None:
            return self
        return replace(self, top=self.newest())

    def __bool__(self) -> bool:
        return self.query is not None or bool(self.ids)

    def batch(self, *, member: Membership, limit: int, before_id: int | None = None) -> list[int]:
        """Numbers of up to `limit` of them, the highest first, below `before_id`: read on with the last.

        Costs the same however many there are, which a slice of the list would not. Days begin when they begin
        for `member`, in a job as on the page where the selection was made.
        """
        with timezone.override(_zone_of(member)):
            return self._batch(member=member, limit=limit, before_id=before_id)

    def _batch(self, *, member: Membership, limit: int, before_id: int | None) -> list[int]:
        if self.query is None:
            found = self.listed(member).filter(pk__in=self.ids)
            below = found.filter(pk__lt=before_id) if before_id else found
            return list(below.order_by("-pk").values_list("pk", flat=True)[:limit])
        bound = self.top + 1 if self.top is not None else None
        before = min((one for one in (before_id, bound) if one is not None), default=None)
        kept: list[int] = []
        while len(kept) < limit:
            page = self.found_below(member=member, limit=limit, before_id=before)
            kept += [number for number in page if number not in self.without]
            if len(page) < limit:
                break
            before = page[-1]
        return kept[:limit]

    def batches(self, *, member: Membership, size: int) -> Iterator[list[int]]:
        """All of them, `size` numbers at a time, the highest first."""
        last: int | None = None
        while page := self.batch(member=member, limit=size, before_id=last):
            yield page
            last = page[-1]

    def count(self, *, member: Membership) -> tuple[int, bool]:
        """How many they are, counted to 10,000, and whether there are more."""
        found = len(self.batch(member=member, limit=COUNTED_TO + 1))
        return min(found, COUNTED_TO), found > COUNTED_TO


@dataclass(frozen=True, kw_only=True)
class Selection(Picked):
    """Contacts picked in their list."""

    @property
    def wanted(self) -> Filter:
        """The filter of the list; the whole list when the query says nothing."""
        return Filter.read(QueryDict((self.query or "").lstrip("?")))

    def listed(self, member: Membership) -> ContactQuerySet:
        return policies.listed_to(member)

    def found_below(self, *, member: Membership, limit: int, before_id: int | None) -> list[int]:
        return newest_ids(member=member, wanted=self.wanted, limit=limit, before_id=before_id)

    def newest(self) -> int:
        return Contact.objects.order_by("-pk").values_list("pk", flat=True).first() or 0

    def contacts(self, *, member: Membership) -> ContactQuerySet:
        """The contacts picked, of those listed to `member`, in no order."""
        if self.query is None:
            return policies.listed_to(member).filter(pk__in=self.ids)
        found = filtered(member=member, wanted=self.wanted)
        if self.without:
            found = found.exclude(pk__in=self.without)
        return found if self.top is None else found.filter(pk__lte=self.top)


def _zone_of(member: Membership) -> zoneinfo.ZoneInfo:
    own = member.user.timezone
    return zoneinfo.ZoneInfo(own) if own else home().zone


def _numbers(texts: Iterable[str]) -> list[int]:
    parts = (part.strip() for text in texts for part in text.split(","))
    return [int(part) for part in parts if part.isascii() and part.isdigit() and len(part) < 19]


def _top(text: str) -> int | None:
    return next(iter(_numbers([text])), None)
