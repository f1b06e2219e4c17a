"""Filling fields of records: one contact by hand, many at once, and taking a change back."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext

from afluente.contacts import selectors
from afluente.contacts.models import Company, Contact
from afluente.contacts.services.editing import ChangedMeanwhileError
from afluente.contacts.services.reading import ValueRefusedError
from afluente.contacts.statements import identity, search
from afluente.contacts.statements import values as statements
from afluente.kernel import clock
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent, each

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from afluente.contacts.selectors import Held, KnownField
    from afluente.timeline.events import Actor

PREFIX = "field:"  # before the name of a field in an event, so that none is taken for one of ours


@dataclass(frozen=True)
class ValueChange:
    """A field of a record before and after."""

    record_id: int
    field: KnownField
    before: Held | None
    after: Held | None


class FieldGoneError(Exception):
    """There is no such field, or it is in the archive."""


@transaction.atomic
def change_value(
    *, contact_id: int, field_id: int, value: Held | None, by: Actor, seen: str | None = None
) -> int | None:
    """Let a contact have `value` in a field; the number of the event, None when it had it already.

    `seen` is the `mark` of what the editor showed: ChangedMeanwhileError when somebody else has put
    another value since. Raises FieldGoneError, and ValueRefusedError for a required field left empty.
    """
    field = _field(selectors.CONTACT, field_id)
    _require(field, value, by)
    identity.lock_contacts([contact_id])
    present = selectors.held_values(selectors.CONTACT, [contact_id], [field_id])
    before = present.get(contact_id, {}).get(field_id)
    if seen is not None and selectors.mark(before) not in {seen, selectors.mark(value)}:
        raise ChangedMeanwhileError(selectors.show(field, before) or gettext("nothing"))
    return next(iter(fill_values(given={contact_id: {field_id: value}}, by=by)), None)


@transaction.atomic
def change_company_value(
    *, company_id: int, field_id: int, value: Held | None, by: Actor, seen: str | None = None
) -> int | None:
    """Let a company have `value` in a field; the number of the event, None when it had it already.

    Raises as `change_value` does, and Company.DoesNotExist.
    """
    field = _field(selectors.COMPANY, field_id)
    _require(field, value, by)
    company = Company.objects.present().select_for_update(of=("self",)).get(pk=company_id)
    before = selectors.held_values(selectors.COMPANY, [company_id], [field_id]).get(company_id, {})
    if seen is not None and selectors.mark(before.get(field_id)) not in {seen, selectors.mark(value)}:
        raise ChangedMeanwhileError(selectors.show(field, before.get(field_id)) or gettext("nothing"))
    return _fill_company(company, {field_id: value}, by)


@transaction.atomic
def undo_company_values(*, company_id: int, told: Mapping[str, Sequence[Any]], by: Actor) -> int | None:
    """Take back what an event said of a company's `values`; what somebody has changed since stays.

    The number of the event, None when nothing of it was left to take back.
    """
    company = Company.objects.present().select_for_update(of=("self",)).get(pk=company_id)
    fields = {field.id: field for field in selectors.fields_of(selectors.COMPANY)}
    held = selectors.held_values(selectors.COMPANY, [company_id], [int(one) for one in told])
    present = held.get(company_id, {})
    given = {
        int(number): selectors.from_plain(fields[int(number)], before)
        for number, (before, after) in told.items()
        if int(number) in fields and selectors.plain(present.get(int(number))) == after
    }
    return _fill_company(company, given, by)


def _fill_company(company: Company, given: Mapping[int, Held | None], by: Actor) -> int | None:
    changes = replace_values(selectors.COMPANY, {company.pk: given})
    if not changes:
        return None
    Company.objects.filter(pk=company.pk).update(updated_at=clock.now())
    data = {"company": company.pk, "company_name": company.name, **change_data(changes)}
    return timeline.record([NewEvent("company.changed", by, company_id=company.pk, data=data)])[0]


@transaction.atomic
def set_values(*, contact_ids: Sequence[int], values: Mapping[int, Held | None], by: Actor) -> list[int]:
    """Let all these contacts have the same values; the numbers of the events, one for each changed.

    Whoever asks has checked that the contacts may be changed. Raises as `change_value` does.
    """
    for field_id, value in values.items():
        _require(_field(selectors.CONTACT, field_id), value, by)
    return fill_values(given=dict.fromkeys(contact_ids, values), by=by)


@transaction.atomic
def fill_values(
    *, given: Mapping[int, Mapping[int, Held | None]], by: Actor | Mapping[int, Actor], is_told: bool = True
) -> list[int]:
    """Let each contact have its own values: five statements however many there are.

    Fields that are gone and contacts that are gone are passed over, and nothing is required: this is
    how automatic sources and imports write (Q21). Returns the numbers of the events; none are written
    when `is_told` is off, for contacts that were made a moment ago.
    """
    present = identity.lock_contacts(sorted(given))
    kept = {record: given[record] for record in present}
    changes = replace_values(selectors.CONTACT, kept)
    if not changes:
        return []
    told: dict[int, list[ValueChange]] = {}
    for change in changes:
        told.setdefault(change.record_id, []).append(change)
    Contact.objects.filter(pk__in=list(told)).update(updated_at=clock.now())
    search.index_contacts(list(told))
    if not is_told:
        return []
    actors = [by[record] for record in told] if isinstance(by, dict) else each(by, len(told))  # type: ignore[arg-type]
    return timeline.record(
        [
            NewEvent("contact.changed", actor, contact_id=record, data=change_data(found))
            for (record, found), actor in zip(told.items(), actors, strict=True)
        ]
    )


def replace_values(
    entity: str, given: Mapping[int, Mapping[int, Held | None]], *, scope_id: int | None = None
) -> list[ValueChange]:
    """Write values of records that the caller holds; what really changed.

    `scope_id` is the pipeline or board of all of them, EVERY when the caller has checked that each field
    is one of its record. Tells nobody: the caller writes the event.
    """
    fields = {field.id: field for field in selectors.fields_of(entity, scope_id) if not field.is_archived}
    wanted = {number for values in given.values() for number in values if number in fields}
    held = selectors.held_values(entity, list(given), wanted)
    changes = [
        ValueChange(record, fields[number], before, after)
        for record, values in given.items()
        for number, value in values.items()
        for after in (Decimal(value) if type(value) is int else value,)
        if number in fields
        and selectors.plain(before := held.get(record, {}).get(number)) != selectors.plain(after)
    ]
    statements.replace_values(entity, [(one.record_id, one.field.id, one.after) for one in changes])
    return changes


def change_data(changes: Iterable[ValueChange]) -> dict[str, Any]:
    """What an event says of changed fields: before and after as people read them, by name; and under
    `values`, by number, as they are kept, so that the change can be taken back.
    """
    found = list(changes)
    exact = {str(one.field.id): [selectors.plain(one.before), selectors.plain(one.after)] for one in found}
    shown = {f"{PREFIX}{one.field.name}": [_told(one, one.before), _told(one, one.after)] for one in found}
    return {**shown, "values": exact}


def check_required(fields: Iterable[KnownField], values: Mapping[int, Held | None]) -> list[KnownField]:
    """The shown fields that must be filled and are not."""
    return [
        field for field in fields if field.is_active and field.is_required and not _is_there(field, values)
    ]


def _is_there(field: KnownField, values: Mapping[int, Held | None]) -> bool:
    return values.get(field.id) is not None


def _told(change: ValueChange, held: Held | None) -> Any:
    if change.field.kind == "multiselect":
        return selectors.labels(change.field, held) if isinstance(held, tuple) else []
    return selectors.show(change.field, held)


def _field(entity: str, field_id: int) -> KnownField:
    found = selectors.find_field(selectors.fields_of(entity), field_id)
    if found is None or found.is_archived:
        raise FieldGoneError(field_id)
    return found


def _require(field: KnownField, value: Held | None, by: Actor) -> None:
    """People fill what is required; programs and sources need not (Q21)."""
    if by.kind == "member" and field.is_required and field.is_active and value is None:
        raise ValueRefusedError(
            field.name, gettext("This must not be empty. Write something, or keep what is there.")
        )
