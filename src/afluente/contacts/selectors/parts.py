"""A part of an order of the list, in the order of one index."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from afluente.kernel.keyset import Beyond

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import Q

    from afluente.contacts.models import ContactQuerySet


@dataclass(frozen=True)
class Part:
    """Those whom `narrow` leaves, by `column` and then by number; `ties` when the highest number comes first."""

    narrow: Q
    column: str = "created_at"
    descending: bool = True
    ties: bool = True

    def sorted(self, found: ContactQuerySet) -> ContactQuerySet:
        return self._in_order(found.filter(self.narrow))

    def beyond(self, found: ContactQuerySet, value: Any, number: int) -> Iterator[ContactQuerySet]:
        """Those after the place of `value` and `number`."""
        if self.descending == self.ties:
            place = Beyond((self.column, "id"), (value, number), descending=self.descending)
            yield self._in_order(found.filter(self.narrow, place))
            return
        # An index passes over nobody only where each of the two is asked by itself.
        same = {self.column: value, "pk__lt" if self.ties else "pk__gt": number}
        yield self._in_order(found.filter(self.narrow, **same))
        yield self._in_order(
            found.filter(self.narrow, **{f"{self.column}__{'lt' if self.descending else 'gt'}": value})
        )

    def flipped(self) -> Part:
        return replace(self, descending=not self.descending, ties=not self.ties)

    def _in_order(self, found: ContactQuerySet) -> ContactQuerySet:
        signs = ("-" if self.descending else "", "-" if self.ties else "")
        return found.order_by(f"{signs[0]}{self.column}", f"{signs[1]}pk")
