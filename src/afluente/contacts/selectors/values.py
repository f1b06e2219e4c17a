"""What records have in their fields: as values, as people read them, as programs do."""

from __future__ import annotations

import datetime as dt
import json
import zoneinfo
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext

from afluente.accounts.models import Workspace
from afluente.contacts.models import EVERY, Field, value_model
from afluente.contacts.selectors.fields import CONTACT, KnownField, fields_for, fields_of
from afluente.kernel import tax_ids
from afluente.kernel.workspace import current_workspace_id, memory
from afluente.ui import formats

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

# A text or a link, a number, a tick, a moment, the numbers of the choices in their order.
Held = str | Decimal | bool | dt.datetime | tuple[int, ...]


@dataclass(frozen=True)
class Place:
    """Where a workspace is at home: how it writes numbers, and what time it is there."""

    country: str
    zone: zoneinfo.ZoneInfo


@dataclass(frozen=True, kw_only=True)
class CardValue:
    """A field on the card of a record with what the record has in it; `held` None when nothing."""

    field: KnownField
    held: Held | None

    @property
    def shown(self) -> str:
        return show(self.field, self.held)

    @property
    def mark(self) -> str:
        """What an editor has seen, to be sent back with the change."""
        return mark(self.held)

    @property
    def lines(self) -> list[str]:
        return self.shown.splitlines()


@dataclass(frozen=True, kw_only=True)
class CardGroup:
    """Fields under one heading; no heading for the General ones."""

    heading: str
    values: Sequence[CardValue]


def home() -> Place:
    """Where the present workspace is; asked of the database only outside a page."""
    country, zone = formats.home()
    if not zone:
        kept = memory()
        if "home" not in kept:
            workspace = Workspace.objects.get(pk=current_workspace_id())
            kept["home"] = (workspace.country, workspace.timezone)
        country, zone = kept["home"]
    return Place(country, zoneinfo.ZoneInfo(zone))


def card_groups(
    entity: str, record_id: int, scope_id: int | None = None, *, is_whole: bool = False
) -> list[CardGroup]:
    """The shown fields of a record with their values, General first: one query and the fields.

    `scope_id` is its pipeline or board. `is_whole`: also those that are not shown on cards.
    """
    shown = [field for field in fields_for(entity, scope_id) if field.is_active]
    fields = [field for field in shown if field.is_on_card or is_whole]
    held = held_values(entity, [record_id], [field.id for field in fields]).get(record_id, {})
    groups: dict[tuple[int, str], list[CardValue]] = defaultdict(list)
    groups[-1, ""] = []
    for field in fields:
        groups[field.tab_position, field.tab].append(CardValue(field=field, held=held.get(field.id)))
    return [CardGroup(heading=tab, values=groups[place, tab]) for place, tab in sorted(groups)]


def held_values(
    entity: str, record_ids: Collection[int], field_ids: Collection[int] | None = None
) -> dict[int, dict[int, Held]]:
    """What these records have in these fields (in all when None), by record and field: one query."""
    if not record_ids or (field_ids is not None and not field_ids):
        return {}
    wanted: dict[str, Any] = {f"{entity}_id__in": list(record_ids)}
    if field_ids is not None:
        wanted["field_id__in"] = list(field_ids)
    rows = value_model(entity).objects.filter(**wanted).order_by("option__position", "option_id")
    found: dict[int, dict[int, Any]] = defaultdict(dict)
    for record, field, kind, option, words, number, moment in rows.values_list(
        f"{entity}_id", "field_id", "field__kind", "option_id", "text", "number", "moment"
    ):
        if option is not None:
            found[record][field] = (*found[record].get(field, ()), option)
        elif kind == Field.Kind.CHECKBOX:
            found[record][field] = bool(number)
        else:
            found[record][field] = next(part for part in (words, number, moment) if part is not None)
    return dict(found)


def values_of(contact_ids: Collection[int], field_ids: Collection[int]) -> dict[int, dict[int, str]]:
    """The values of a list's columns as people read them, by contact and field: one query, and
    `fields_of`. What is empty is missing.
    """
    fields = {field.id: field for field in fields_of(CONTACT)}
    held = held_values(CONTACT, contact_ids, [number for number in field_ids if number in fields])
    return {
        record: {number: show(fields[number], values[number]) for number in field_ids if number in values}
        for record, values in held.items()
    }


def attributes(
    entity: str, record_ids: Collection[int], scopes: Mapping[int, int] | None = None
) -> dict[int, list[dict[str, Any]]]:
    """The values of records for programs: every field but the archived, empty ones as null.

    `scopes` says which pipeline or board each record is in.
    """
    inside = scopes or {}
    fields = [field for field in fields_of(entity, EVERY if inside else None) if not field.is_archived]
    held = held_values(entity, record_ids, [field.id for field in fields])
    return {
        record: [
            {
                "id": field.id,
                "name": field.name,
                "kind": field.kind,
                "value": spoken(field, held.get(record, {}).get(field.id)),
            }
            for field in fields
            if field.scope_id in {None, inside.get(record)}
        ]
        for record in record_ids
    }


def show(field: KnownField, held: Held | None) -> str:
    """A value as people read it, in the region of the workspace; "" for none."""
    if held is None:
        return ""
    if isinstance(held, bool):
        return gettext("Yes") if held else gettext("No")
    if isinstance(held, Decimal):
        place = home()
        with formats.region(place.country, place.zone.key):
            return formats.exact(held)
    if isinstance(held, dt.datetime):
        return _show_moment(held)
    if isinstance(held, tuple):
        return ", ".join(labels(field, held))
    return tax_ids.show(held) if field.format else held


def labels(field: KnownField, held: Iterable[int]) -> list[str]:
    """The words of chosen options, in the order of the list."""
    chosen = set(held)
    return [option.label for option in field.options if option.id in chosen]


def spoken(field: KnownField, held: Held | None) -> Any:
    """A value as JSON: numbers as numbers, moments with their offset, choices by their words."""
    if isinstance(held, tuple):
        words = labels(field, held)
        return words if field.kind == Field.Kind.MULTISELECT else next(iter(words), None)
    if isinstance(held, Decimal):
        whole = held == held.to_integral_value()
        return int(held) if whole else float(held)
    return held.isoformat() if isinstance(held, dt.datetime) else held


def plain(held: Held | None) -> Any:
    """A value as the log keeps it, from which `from_plain` makes it again exactly."""
    if isinstance(held, Decimal):
        return f"{held.normalize():f}"
    if isinstance(held, dt.datetime):
        return held.astimezone(dt.UTC).isoformat()
    return sorted(held) if isinstance(held, tuple) else held


def from_plain(field: KnownField, value: Any) -> Held | None:
    """The value that `plain` wrote down; choices that are gone are left out."""
    if value is None or isinstance(value, bool):
        return value
    if field.has_options:
        known = {option.id for option in field.options}
        kept = tuple(number for number in value if number in known)
        return kept or None
    if field.kind == Field.Kind.NUMBER:
        return Decimal(value)
    return dt.datetime.fromisoformat(value) if field.kind == Field.Kind.MOMENT else str(value)


def mark(held: Held | None) -> str:
    """A short text that is the same exactly when the value is."""
    return json.dumps(plain(held), ensure_ascii=False)


def local_parts(held: Held | None) -> tuple[str, str]:
    """Date and time of a moment as an editor's boxes want them; no time at midnight."""
    if not isinstance(held, dt.datetime):
        return "", ""
    local = held.astimezone(home().zone)
    return local.date().isoformat(), "" if _is_day(local) else local.strftime("%H:%M")


def number_typed(held: Held | None) -> str:
    """A number as it is typed into a box: with the country's decimal sign, without groups."""
    if not isinstance(held, Decimal):
        return ""
    place = home()
    with formats.region(place.country, place.zone.key):
        return formats.exact(held).replace("\u00a0", "").replace("\u202f", "")


def number_said(value: str) -> str:
    """The number of a filter's address as the country writes numbers; what is none stays as it was typed."""
    try:
        return number_typed(Decimal(value.replace(",", "."))) or value
    except ArithmeticError:
        return value


def _show_moment(held: dt.datetime) -> str:
    place = home()
    local = held.astimezone(place.zone)
    with timezone.override(place.zone), formats.region(place.country, place.zone.key):
        return formats.day(local.date()) if _is_day(local) else formats.when(held)


def _is_day(local: dt.datetime) -> bool:
    """Midnight at home: somebody gave a date and no time."""
    return (local.hour, local.minute, local.second) == (0, 0, 0)
