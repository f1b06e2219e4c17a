"""The fields of a workspace, as everything that shows, asks or checks a value needs them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from afluente.contacts.models import EVERY, Field, FieldTab, value_model
from afluente.contacts.statements.fields import read_fields
from afluente.kernel import slots, text
from afluente.kernel.workspace import memory

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet
    from django_stubs_ext import StrOrPromise

CONTACT, COMPANY = Field.Entity.CONTACT.value, Field.Entity.COMPANY.value
COUNTED_TO = 10_000
_FACTS = (
    "id",
    "entity",
    "scope_id",
    "name",
    "kind",
    "format",
    "is_required",
    "is_on_card",
    "state",
    "tab_id",
    "tab",
    "tab_position",
)
_CHANGES = [0]  # how often this process has changed fields: what was remembered before is old


@dataclass(frozen=True)
class Choice:
    """A choice of a list. `color` is a hue, None for none."""

    id: int
    label: str
    color: int | None
    is_archived: bool


@dataclass(frozen=True, kw_only=True)
class KnownField:
    """A field with its choices in their order. `tab` is the heading it stands under, "" for General."""

    id: int
    entity: str
    scope_id: int | None
    name: str
    kind: str
    format: str
    is_required: bool
    is_on_card: bool
    state: str
    tab_id: int | None
    tab: str
    tab_position: int
    options: tuple[Choice, ...] = ()

    @property
    def is_active(self) -> bool:
        """Whether people are shown it and asked for it."""
        return self.state == Field.State.ACTIVE

    @property
    def is_archived(self) -> bool:
        return self.state == Field.State.ARCHIVED

    @property
    def has_options(self) -> bool:
        return self.kind in Field.CHOICES

    @property
    def kind_label(self) -> StrOrPromise:
        return Field.Kind(self.kind).label

    @property
    def offered(self) -> list[Choice]:
        """The choices that can be made now."""
        return [option for option in self.options if not option.is_archived]

    def option(self, option_id: int) -> Choice | None:
        return next((option for option in self.options if option.id == option_id), None)


@dataclass(frozen=True, kw_only=True)
class FieldUse:
    """Something that stops working, or works differently, without a field: what slices say in the
    slot `field.uses`. `what` is a sentence part such as «Webhook Site de vendas».
    """

    what: StrOrPromise
    url: str = ""
    order: int = 50


def fields_of(entity: str, scope_id: int | None = None) -> list[KnownField]:
    """All fields of a kind of record, in their order: hidden and archived ones too.

    One query, asked once while a scope is open, however often it is called.
    """
    kept = memory()
    key = ("fields", entity, scope_id)
    found = kept.get(key)
    if found is None or found[0] != _CHANGES[0]:
        found = kept[key] = (_CHANGES[0], _read(entity, scope_id))
    return list(found[1])


def fields_for(entity: str, scope_id: int | None) -> list[KnownField]:
    """The fields of the records of one pipeline or board: the common ones, then its own."""
    return [field for field in fields_of(entity, EVERY) if field.scope_id in {None, scope_id}]


def forget_fields() -> None:
    """Fields have changed: whoever asks in this process reads them again."""
    _CHANGES[0] += 1


def find_field(fields: Iterable[KnownField], wanted: str | int) -> KnownField | None:
    """The field of this number, or of this name whatever its case and accents."""
    known = list(fields)
    if isinstance(wanted, int) or (wanted.isascii() and wanted.isdigit()):
        found = next((field for field in known if field.id == int(wanted)), None)
        if found is not None or isinstance(wanted, int):
            return found
    name = text.norm(wanted.strip())
    return next((field for field in known if text.norm(field.name) == name), None)


def tabs_of() -> list[FieldTab]:
    """The headings under which fields can stand, in their order."""
    return list(FieldTab.objects.order_by("position", "pk"))


def uses_of(field: KnownField) -> list[FieldUse]:
    """Where a field is used besides on records, as the slices above tell it."""
    return slots.parts("field.uses", field=field)


def stored_count(field: KnownField) -> int:
    """How many values of a field there are, counted up to 10,001."""
    return holders(field)[: COUNTED_TO + 1].count()


def has_values(field: KnownField) -> bool:
    return holders(field).exists()


def holders(field: KnownField) -> QuerySet[Any]:
    """The values of a field, found by the index of its kind."""
    found: QuerySet[Any] = value_model(field.entity).objects.filter(_set_column(field), field_id=field.id)
    return found


def option_counts(field: KnownField) -> dict[int, bool]:
    """Which choices some record has."""
    model = value_model(field.entity)
    return {option.id: model.objects.filter(option_id=option.id).exists() for option in field.options}


def _set_column(field: KnownField) -> Q:
    if field.has_options:
        return Q(option_id__in=[option.id for option in field.options])
    if field.kind in {Field.Kind.NUMBER, Field.Kind.CHECKBOX}:
        return Q(number__isnull=False)
    return Q(moment__isnull=False) if field.kind == Field.Kind.MOMENT else Q(text__isnull=False)


def _read(entity: str, scope_id: int | None) -> Sequence[KnownField]:
    rows = read_fields(
        entity=entity, scope_id=scope_id, is_every=scope_id == EVERY, gone=Field.State.DELETED.value
    )
    return [
        KnownField(
            **dict(zip(_FACTS, facts, strict=True)), options=tuple(Choice(*choice) for choice in choices)
        )
        for *facts, choices in rows
    ]
