"""The orders of the list: each read by keyset along an index, so that the last page costs what the first does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from afluente.kernel.keyset import Beyond

if TYPE_CHECKING:
    from afluente.contacts.models import Contact, ContactQuerySet

NEWEST, BY_NAME = "newest", "name"


@dataclass(frozen=True)
class Order:
    """By one column and then by number, both the same way. `opposite` is the other way round."""

    key: str
    column: str
    descending: bool
    opposite: str

    def sorted(self, found: ContactQuerySet) -> ContactQuerySet:
        sign = "-" if self.descending else ""
        return found.order_by(f"{sign}{self.column}", f"{sign}pk")

    def beyond(
        self, found: ContactQuerySet, contact: Contact, *, is_inclusive: bool = False
    ) -> ContactQuerySet:
        """Those that stand after `contact`; and itself, when `is_inclusive`."""
        last = contact.pk + (0 if not is_inclusive else 1 if self.descending else -1)
        values = (getattr(contact, self.column), last)
        return found.filter(Beyond((self.column, "id"), values, descending=self.descending))


ORDERS = {
    order.key: order
    for order in (
        Order(NEWEST, "created_at", True, "oldest"),
        Order("oldest", "created_at", False, NEWEST),
        Order(BY_NAME, "sort_name", False, "-name"),
        Order("-name", "sort_name", True, BY_NAME),
        Order("updated", "updated_at", True, "-updated"),
        Order("-updated", "updated_at", False, "updated"),
    )
}


def order_of(key: str) -> Order:
    """The order of this name; the newest first when there is none of it."""
    return ORDERS.get(key, ORDERS[NEWEST])
