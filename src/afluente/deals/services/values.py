"""Filling the fields of deals: one by hand, many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext

from afluente.contacts import selectors as fields
from afluente.contacts import services as contacts
from afluente.contacts.models import EVERY
from afluente.deals.models import Deal
from afluente.deals.services.editing import ChangedMeanwhileError, locked, primary_contacts
from afluente.kernel import clock
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.contacts.selectors import Held, KnownField
    from afluente.timeline.events import Actor

DEAL = "deal"


@transaction.atomic
def change_value(
    *, deal_id: int, field_id: int, value: Held | None, by: Actor, seen: str | None = None
) -> list[int]:
    """Let a deal have `value` in a field of its pipeline, or of all; the number of the event, if it changed.

    `seen` is the `mark` of what the editor showed: ChangedMeanwhileError when somebody else has put
    another value since. Raises DealIsGoneError, contacts' FieldGoneError, and ValueRefusedError for a
    required field that a person leaves empty.
    """
    deal = locked(deal_id)
    field = fields.find_field(fields.fields_for(DEAL, deal.pipeline_id), field_id)
    if field is None or field.is_archived:
        raise contacts.FieldGoneError(field_id)
    if by.kind == "member" and field.is_required and field.is_active and value is None:
        said = gettext("This must not be empty. Write something, or keep what is there.")
        raise contacts.ValueRefusedError(field.name, said)
    before = fields.held_values(DEAL, [deal_id], [field_id]).get(deal_id, {}).get(field_id)
    if seen is not None and fields.mark(before) not in {seen, fields.mark(value)}:
        raise ChangedMeanwhileError(field.name, fields.show(field, before) or gettext("nothing"))
    return fill_values(given={deal_id: {field_id: value}}, by=by)


@transaction.atomic
def fill_values(
    *,
    given: Mapping[int, Mapping[int, Held | None]],
    by: Actor,
    is_told: bool = True,
    pipeline_id: int | None = None,
) -> list[int]:
    """Let each deal have its own values, of fields of its pipeline or of all; others are passed over.

    `pipeline_id` is where the deals are about to go: fields of that pipeline are filled too. One event for each deal that changed, unless `is_told` is off; their numbers. Nothing is required.
    """
    held = Deal.objects.present().select_for_update(of=("self",)).filter(pk__in=list(given)).order_by("pk")
    scopes = dict(held.values_list("pk", "pipeline_id"))
    known = {field.id: field for field in fields.fields_of(DEAL, EVERY)}
    kept = {
        deal_id: {
            number: value
            for number, value in given[deal_id].items()
            if _is_of(known.get(number), {scope, pipeline_id})
        }
        for deal_id, scope in scopes.items()
    }
    changes = contacts.replace_values(DEAL, kept, scope_id=EVERY)
    return _tell(changes, by if is_told else None)


def _tell(changes: Sequence[contacts.ValueChange], by: Actor | None) -> list[int]:
    """Note that these deals changed, and write one event for each, if anybody is to be told."""
    told: dict[int, list[contacts.ValueChange]] = {}
    for change in changes:
        told.setdefault(change.record_id, []).append(change)
    Deal.objects.filter(pk__in=list(told)).update(updated_at=clock.now())
    if not told or by is None:
        return []
    people = primary_contacts(list(told))
    return timeline.record(
        [
            NewEvent(
                "deal.changed",
                by,
                deal_id=deal_id,
                contact_id=people.get(deal_id),
                data=contacts.change_data(found),
            )
            for deal_id, found in told.items()
        ]
    )


def _is_of(field: KnownField | None, pipelines: set[int | None]) -> bool:
    return field is not None and field.scope_id in {None, *pipelines}
