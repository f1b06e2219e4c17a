"""What arrives under the name of a field goes into that field of the contact (crm.md 2.3, SP-161 to SP-163).

Nothing known is overwritten, and nothing is required (Q21). A value that the field cannot hold stays
with the arrival, whose note says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from afluente.contacts import selectors
from afluente.contacts import services as contacts
from afluente.intake.services.notes import Note
from afluente.kernel import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.contacts.selectors import Held, KnownField
    from afluente.intake.services.applying import Entry

Given = dict[int, dict[int, "Held | None"]]  # contact, field, value


def fill_fields(entries: Sequence[Entry]) -> None:
    """Fill fields of the contacts of a round: each entry is about somebody else, held by the caller."""
    if not any(entry.lead.fields for entry in entries):
        return
    fields = {
        text.norm(field.name): field
        for field in selectors.fields_of(selectors.CONTACT)
        if not field.is_archived
    }
    given = {entry.outcome.contact_id or 0: _read(entry, fields) for entry in entries} if fields else {}
    made = {entry.outcome.contact_id for entry in entries if entry.is_new_contact}
    actors = {entry.outcome.contact_id or 0: entry.actor for entry in entries}
    new = {contact: values for contact, values in given.items() if values and contact in made}
    known = _still_empty({one: values for one, values in given.items() if values and one not in made})
    if new:
        contacts.fill_values(given=new, by=actors, is_told=False)
    if known:
        contacts.fill_values(given=known, by=actors)


def _read(entry: Entry, fields: dict[str, KnownField]) -> dict[int, Held | None]:
    values: dict[int, Held | None] = {}
    for name, typed in entry.lead.fields.items():
        field = fields.get(text.norm(name.strip()))
        if field is None:
            continue
        try:
            value = contacts.read_value(field, typed, selectors.home())
        except contacts.ValueRefusedError as refused:
            entry.outcome.notes.append(Note("value_refused", str(refused)))
            continue
        if value is not None:
            values.setdefault(field.id, value)
    return values


def _still_empty(given: Given) -> Given:
    if not given:
        return {}
    asked = {number for values in given.values() for number in values}
    held = selectors.held_values(selectors.CONTACT, list(given), asked)
    left = {
        contact: {number: value for number, value in values.items() if number not in held.get(contact, {})}
        for contact, values in given.items()
    }
    return {contact: values for contact, values in left.items() if values}
