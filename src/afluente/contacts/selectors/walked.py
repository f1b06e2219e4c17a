"""Orders of the list that stand in another table: by what happened last, by the company's name.

That table is walked in its own order, a step at a time; a row counts when it is the one that decides for
its contact (the last event, the first company). Nothing is kept up to date for it. Where the walk meets
too few who fit, these are sorted at once. Who is not in the table comes last, the newest first.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Exists, F, Func, IntegerField, OuterRef, Q, Subquery, Value

from afluente.contacts.models import CompanyContact, Contact
from afluente.contacts.selectors.parts import Part
from afluente.timeline.models import Event

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.db.models import QuerySet

    from afluente.contacts.models import ContactQuerySet

    Place = tuple[Any, ...]

FIRST_STEP, LONGEST_STEP = 300, 20_000  # rows read at once: four times as many in each further step
LOOKED_AT = 1_000  # contacts met before it is asked whether the walk is worth it
WORTH = 50  # one in so many of those who are met should fit
_OTHERS = Part(Q())


class WalkedOrder(ABC):
    """As `ordering.Order`. Each kind says of its table: the row that decides for a contact, the order of
    rows, and what of it comes after a place.
    """

    is_one = False

    def __init__(self, *, descending: bool) -> None:
        self.descending = descending

    def sorted(self, found: ContactQuerySet) -> Iterator[ContactQuerySet]:
        """Everybody found, as lists to be read one after another."""
        yield from self._walked(found, None)
        yield _OTHERS.sorted(self._without(found))

    def beyond(
        self, found: ContactQuerySet, contact: Contact, *, is_inclusive: bool = False
    ) -> Iterator[ContactQuerySet]:
        """Those that stand after `contact`; and itself, when `is_inclusive`."""
        place = self._deciding().filter(contact_id=contact.pk).values_list(*self.names, "contact_id").first()
        if is_inclusive:
            yield found.filter(pk=contact.pk)
        if place is None:
            yield from _OTHERS.beyond(self._without(found), contact.created_at, contact.pk)
        else:
            yield from self._walked(found, place)
            yield _OTHERS.sorted(self._without(found))

    def backwards(self) -> _Backwards:
        """From the last to the first."""
        return _Backwards(self)

    # What each kind says

    names: tuple[str, ...] = ()

    @abstractmethod
    def _deciding(self) -> QuerySet[Any]:
        """The rows, of one contact or of all, in the order in which the first one decides."""

    @abstractmethod
    def _rows(self, place: Place | None) -> QuerySet[Any]:
        """The rows after `place`, in the order of the list."""

    # How it is walked

    def _first(self, name: str) -> Subquery:
        return Subquery(self._deciding().filter(contact_id=OuterRef("pk")).values(name)[:1])

    def _without(self, found: ContactQuerySet) -> ContactQuerySet:
        return found.filter(~Exists(self._deciding().filter(contact_id=OuterRef("pk"))))

    def _walked(self, found: ContactQuerySet, place: Place | None) -> Iterator[ContactQuerySet]:
        step, met, kept = FIRST_STEP, 0, 0
        while met < LOOKED_AT or kept * WORTH >= met:
            rows = list(self._rows(place).values_list("pk", *self.names, "contact_id")[:step])
            ids = self._decided(rows)
            fitting = found.filter(pk__in=ids)
            yield _in_order(fitting, ids)
            if len(rows) < step:
                return
            met, kept = met + len(ids), kept + fitting.count()
            place, step = rows[-1][1:], min(step * 4, LONGEST_STEP)
        yield self._at_once(found, place)

    def _decided(self, rows: Sequence[Place]) -> list[int]:
        """The contacts of those rows that decide for theirs."""
        whose = {row[-1] for row in rows}
        first = dict(Contact.objects.filter(pk__in=whose).values_list("pk", self._first("pk")))
        return [row[-1] for row in rows if first.get(row[-1]) == row[0]]

    def _at_once(self, found: ContactQuerySet, place: Place | None) -> ContactQuerySet:
        """All the rest, sorted."""
        number, *_ = self.names
        rest = found.annotate(sorted_by=self._first(number)).filter(sorted_by__isnull=False)
        up, down = ("sorted_by", "-pk"), ("-sorted_by", "pk")
        if place is not None:
            side = "lt" if self.descending else "gt"
            same = Q(sorted_by=place[0], **{f"pk__{'gt' if self.descending else 'lt'}": place[-1]})
            rest = rest.filter(Q(**{f"sorted_by__{side}": place[0]}) | same)
        return rest.order_by(*(down if self.descending else up))


class _Backwards:
    """Another order from its last to its first."""

    is_one = False

    def __init__(self, order: WalkedOrder) -> None:
        self.order = type(order)(descending=not order.descending)

    def sorted(self, found: ContactQuerySet) -> Iterator[ContactQuerySet]:
        yield _OTHERS.flipped().sorted(self.order._without(found))
        yield from self.order._walked(found, None)

    def beyond(
        self, found: ContactQuerySet, contact: Contact, *, is_inclusive: bool = False
    ) -> Iterator[ContactQuerySet]:
        order = self.order
        rows = order._deciding().filter(contact_id=contact.pk)
        place = rows.values_list(*order.names, "contact_id").first()
        if is_inclusive:
            yield found.filter(pk=contact.pk)
        if place is None:
            others = order._without(found)
            yield from _OTHERS.flipped().beyond(others, contact.created_at, contact.pk)
        yield from order._walked(found, place)


class ActivityOrder(WalkedOrder):
    """By the last event of each contact."""

    names = ("id",)

    def _deciding(self) -> QuerySet[Any]:
        return Event.objects.filter(contact_id__isnull=False).order_by("-pk")

    def _rows(self, place: Place | None) -> QuerySet[Any]:
        rows = Event.objects.filter(contact_id__isnull=False)
        if place is not None:
            rows = rows.filter(**{f"pk__{'lt' if self.descending else 'gt'}": place[0]})
        return rows.order_by("-pk" if self.descending else "pk")


class CompanyOrder(WalkedOrder):
    """By the name of the first company of each, the one that is shown beside theirs."""

    names = ("company__sort_name",)

    def _deciding(self) -> QuerySet[Any]:
        return CompanyContact.objects.filter(company__deleted_at=None).order_by("pk")

    def _rows(self, place: Place | None) -> QuerySet[Any]:
        rows = CompanyContact.objects.filter(company__deleted_at=None)
        if place is not None:
            name, number = place
            near, far = ("lt", "gt") if self.descending else ("gt", "lt")
            after = Q(**{f"company__sort_name__{near}": name})
            after |= Q(company__sort_name=name, **{f"contact_id__{far}": number})
            # Said twice: the first is what an index can begin with.
            rows = rows.filter(after, **{f"company__sort_name__{near}e": name})
        up, down = ("company__sort_name", "-contact_id"), ("-company__sort_name", "contact_id")
        return rows.order_by(*(down if self.descending else up))


def _in_order(found: ContactQuerySet, ids: Sequence[int]) -> ContactQuerySet:
    given = Value(list(ids), output_field=ArrayField(BigIntegerField()))
    return found.order_by(Func(given, F("pk"), function="array_position", output_field=IntegerField()))
