"""Taking back a change of a contact or a company, as far as nobody has changed the same again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from afluente.contacts import selectors
from afluente.contacts.models import Company
from afluente.contacts.services.companies import LENGTHS, edit_company
from afluente.contacts.services.places import PARTS, ChangedMeanwhileError, change_place
from afluente.contacts.services.values import fill_values, undo_company_values
from afluente.timeline.models import Event

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.timeline.events import Actor


@transaction.atomic
def undo_changes(*, event_ids: Sequence[int], by: Actor) -> int:
    """Take back what these events changed in fields, location and address; how many contacts changed.

    What somebody has changed since stays as it is. Whoever asks has checked that the contacts of
    the events may be changed.
    """
    events = Event.objects.filter(pk__in=event_ids, kind="contact.changed", contact_id__isnull=False)
    told = [(event.contact_id or 0, event.data) for event in events.order_by("-pk")]
    fields = {field.id: field for field in selectors.fields_of(selectors.CONTACT)}
    numbers = {int(number) for _, data in told for number in data.get("values", {})}
    held = selectors.held_values(selectors.CONTACT, [record for record, _ in told], numbers)
    given: dict[int, dict[int, selectors.Held | None]] = {}
    for record, data in told:
        for number, (before, after) in data.get("values", {}).items():
            field = fields.get(int(number))
            present = held.get(record, {}).get(int(number))
            if field is not None and selectors.plain(present) == after:
                given.setdefault(record, {})[field.id] = selectors.from_plain(field, before)
    count = len(fill_values(given=given, by=by))
    return count + sum(_undo_place(record, data, by) for record, data in told)


@transaction.atomic
def undo_company_change(*, event: Event, by: Actor) -> bool:
    """Take back what an event `company.changed` changed; what somebody has changed since stays as it is.

    Whether there was anything left to take back.

    Whoever asks has checked that the company may be changed. Raises Company.DoesNotExist.
    """
    company = Company.objects.present().select_for_update(of=("self",)).get(pk=event.company_id or 0)
    told = {name: pair for name, pair in event.data.items() if name in {*LENGTHS, "revenue", "currency"}}
    given = {
        name: before for name, (before, after) in told.items() if _plain(getattr(company, name)) == after
    }
    own = edit_company(company_id=company.pk, changes=given, by=by)
    more = undo_company_values(company_id=company.pk, told=event.data.get("values", {}), by=by)
    return not (own is None and more is None)


def _plain(value: Any) -> str | None:
    return None if value is None else str(value)


def _undo_place(record: int, data: dict[str, list[str]], by: Actor) -> int:
    count = 0
    for part in PARTS:
        if part not in data:
            continue
        before, after = data[part]
        try:
            change_place(contact_id=record, part=part, value=before, by=by, seen=after)
        except ChangedMeanwhileError:
            continue
        count += 1
    return count
