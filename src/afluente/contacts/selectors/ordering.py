"""The orders of the list: each read by keyset along indexes, so that the last page costs what the first does.

An order is a row of parts, each of which an index has in its order: the contacts of one responsible
person after those of another, then those of nobody; those with a value in a field, then those without.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q

from afluente.accounts.models import Membership
from afluente.contacts.models import ContactValue, Field
from afluente.contacts.selectors.fields import CONTACT, KnownField, fields_of, find_field
from afluente.contacts.selectors.parts import Part
from afluente.contacts.selectors.walked import ActivityOrder, CompanyOrder, WalkedOrder
from afluente.kernel import text
from afluente.ui import channels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from afluente.contacts.models import Contact, ContactQuerySet

NEWEST, BY_NAME = "newest", "name"
ASSIGNEE, SOURCE, COMPANY, ACTIVITY = "assignee", "source", "company", "activity"
_FIELD = "field-"  # as the key of its column
_KEYS = {
    Field.Kind.TEXT: ("text", "text_key"),
    Field.Kind.LINK: ("text", "text_key"),
    Field.Kind.NUMBER: ("number", "number_key"),
    Field.Kind.CHECKBOX: ("number", "number_key"),
    Field.Kind.MOMENT: ("moment", "moment"),
}


@dataclass(frozen=True)
class Order:
    """Parts one after another; `place` says in which of them a contact stands, and with what value."""

    parts: tuple[Part, ...]
    place: Callable[[Contact], tuple[int, Any]]

    @property
    def is_one(self) -> bool:
        """Whether one index has all of it."""
        return len(self.parts) == 1

    def sorted(self, found: ContactQuerySet) -> Iterator[ContactQuerySet]:
        """Everybody found, as lists to be read one after another."""
        return (part.sorted(found) for part in self.parts)

    def beyond(
        self, found: ContactQuerySet, contact: Contact, *, is_inclusive: bool = False
    ) -> Iterator[ContactQuerySet]:
        """Those that stand after `contact`; and itself, when `is_inclusive`."""
        number, value = self.place(contact)
        part = self.parts[number]
        last = contact.pk + (0 if not is_inclusive else 1 if part.ties else -1)
        yield from part.beyond(found, value, last)
        for other in self.parts[number + 1 :]:
            yield other.sorted(found)

    def backwards(self) -> Order:
        """From the last to the first."""
        last = len(self.parts) - 1

        def place(contact: Contact) -> tuple[int, Any]:
            number, value = self.place(contact)
            return last - number, value

        return Order(tuple(part.flipped() for part in reversed(self.parts)), place)


def _simple(column: str, *, descending: bool) -> Order:
    part = Part(Q(), column, descending, descending)
    return Order((part,), lambda contact: (0, getattr(contact, column)))


# By key: the order, whether it goes down, and the key of the other way round.
_SIMPLE = {
    NEWEST: (_simple("created_at", descending=True), True, "oldest"),
    "oldest": (_simple("created_at", descending=False), False, NEWEST),
    BY_NAME: (_simple("sort_name", descending=False), False, "-name"),
    "-name": (_simple("sort_name", descending=True), True, BY_NAME),
    "updated": (_simple("updated_at", descending=True), True, "-updated"),
    "-updated": (_simple("updated_at", descending=False), False, "updated"),
    "number": (_simple("pk", descending=False), False, "-number"),
    "-number": (_simple("pk", descending=True), True, "number"),
}


def key_of(key: str) -> str:
    """The name of an order that there is; the newest first for any other."""
    plain = key.removeprefix("-")
    is_known = (
        key == ACTIVITY or key in _SIMPLE or plain in {ASSIGNEE, SOURCE, COMPANY} or _field(plain) is not None
    )
    return key if is_known else NEWEST


def is_descending(key: str) -> bool:
    return _SIMPLE[key][1] if key in _SIMPLE else key == ACTIVITY or key.startswith("-")


def opposite_of(key: str) -> str:
    """The same order, the other way round; who has no value stands last in both. By activity there is one
    way only: whom nothing happened to for longest is at the far end of the log.
    """
    if key == ACTIVITY:
        return key
    if key in _SIMPLE:
        return _SIMPLE[key][2]
    return key.removeprefix("-") if key.startswith("-") else f"-{key}"


def sorts(field: KnownField) -> bool:
    """Whether the list can be sorted by a field: not by one of which somebody has several values."""
    return field.kind in _KEYS or field.kind == Field.Kind.SELECT


def order_of(key: str) -> Order | WalkedOrder:
    """The order of this name; the newest first when there is none of it."""
    key = key_of(key)
    if key == ACTIVITY:
        return ActivityOrder(descending=True)
    if key in _SIMPLE:
        return _SIMPLE[key][0]
    plain, descending = key.removeprefix("-"), key.startswith("-")
    if plain == ASSIGNEE:
        people = Membership.objects.values_list("pk", "user__name")
        return _grouped("assignee_id", [pk for pk, name in sorted(people, key=_folded)], descending)
    if plain == SOURCE:
        kinds = [(kind, str(one.label)) for kind, one in channels.CHANNELS.items()]
        return _grouped("source", [kind for kind, label in sorted(kinds, key=_folded)], descending)
    if plain == COMPANY:
        return CompanyOrder(descending=descending)
    field = _field(plain)
    if field is None:
        raise LookupError(key)
    return _by_option(field, descending) if field.has_options else _by_value(field, descending)


def _folded(pair: tuple[Any, str]) -> str:
    return text.norm(pair[1])


def _field(plain: str) -> KnownField | None:
    number = plain.removeprefix(_FIELD)
    if not plain.startswith(_FIELD) or not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    found = find_field(fields_of(CONTACT), int(number))
    return found if found is not None and found.is_active and sorts(found) else None


def _grouped(column: str, values: list[Any], descending: bool) -> Order:
    """By a column of few values, the newest first among equals; whoever has none of them comes last."""
    values = values[::-1] if descending else values
    rest = Q(**{f"{column}__isnull": True}) if column == "assignee_id" else ~Q(**{f"{column}__in": values})
    parts = (*(Part(Q(**{column: value})) for value in values), Part(rest))
    places = {value: number for number, value in enumerate(values)}
    return Order(
        parts, lambda contact: (places.get(getattr(contact, column), len(values)), contact.created_at)
    )


def _none_of(field: KnownField) -> Part:
    return Part(~Q(Exists(ContactValue.objects.filter(contact_id=OuterRef("pk"), field_id=field.id))))


def _by_value(field: KnownField, descending: bool) -> Order:
    column, key = _KEYS[Field.Kind(field.kind)]
    having = Q(values__field_id=field.id, **{f"values__{column}__isnull": False})
    # As the index has them: going up, the highest number first among equals.
    parts = (Part(having, f"values__{key}", descending, not descending), _none_of(field))

    def place(contact: Contact) -> tuple[int, Any]:
        rows = ContactValue.objects.filter(contact_id=contact.pk, field_id=field.id)
        value = rows.exclude(**{column: None}).values_list(key, flat=True).first()
        return (1, contact.created_at) if value is None else (0, value)

    return Order(parts, place)


def _by_option(field: KnownField, descending: bool) -> Order:
    """In the order in which the choices stand in the settings."""
    options = [option.id for option in field.options]
    options = options[::-1] if descending else options
    having = (Part(Q(values__field_id=field.id, values__option_id=one), "pk") for one in options)

    def place(contact: Contact) -> tuple[int, Any]:
        rows = ContactValue.objects.filter(contact_id=contact.pk, field_id=field.id)
        chosen = rows.values_list("option_id", flat=True).first()
        return (
            (options.index(chosen), contact.pk) if chosen in options else (len(options), contact.created_at)
        )

    return Order((*having, _none_of(field)), place)
