"""Filling the fields of tasks: one by hand, many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext

from afluente.contacts import selectors as fields
from afluente.contacts import services as contacts
from afluente.contacts.models import EVERY
from afluente.kernel import clock
from afluente.tasks.models import Task
from afluente.tasks.services.changing import ChangedMeanwhileError, locked
from afluente.tasks.services.telling import tell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from afluente.contacts.selectors import Held
    from afluente.timeline.events import Actor

TASK = "task"


@transaction.atomic
def change_value(
    *, task: Task, field_id: int, value: Held | None, by: Actor, seen: str | None = None
) -> list[int]:
    """Let a task have `value` in a field of its board, or of all; the task, if it changed.

    `seen` is the `mark` of what the editor showed: ChangedMeanwhileError when somebody else has put
    another value since. Raises contacts' FieldGoneError, and ValueRefusedError for a required field that
    a person leaves empty.
    """
    for row in locked([task.pk]):
        task = row
    field = fields.find_field(fields.fields_for(TASK, task.board_id), field_id)
    if field is None or field.is_archived:
        raise contacts.FieldGoneError(field_id)
    if by.kind == "member" and field.is_required and field.is_active and value is None:
        said = gettext("This must not be empty. Write something, or keep what is there.")
        raise contacts.ValueRefusedError(field.name, said)
    before = fields.held_values(TASK, [task.pk], [field_id]).get(task.pk, {}).get(field_id)
    if seen is not None and fields.mark(before) not in {seen, fields.mark(value)}:
        raise ChangedMeanwhileError(field.name, fields.show(field, before) or gettext("nothing"))
    return fill_values(given={task.pk: {field_id: value}}, by=by)


@transaction.atomic
def fill_values(
    *,
    given: Mapping[int, Mapping[int, Held | None]],
    by: Actor,
    is_told: bool = True,
    board_id: int | None = None,
) -> list[int]:
    """Let each task have its own values, of fields of its board or of all; others are passed over.

    `board_id` is where the tasks are about to go: fields of that board are filled too. One event for each task that changed, unless `is_told` is off; which did. Nothing is required.
    """
    known = {field.id: field for field in fields.fields_of(TASK, EVERY)}
    kept = {
        row.pk: {
            number: value
            for number, value in given[row.pk].items()
            if number in known and known[number].scope_id in {None, row.board_id, board_id}
        }
        for row in locked(list(given))
    }
    told: dict[int, list[contacts.ValueChange]] = {}
    for change in contacts.replace_values(TASK, kept, scope_id=EVERY):
        told.setdefault(change.record_id, []).append(change)
    Task.objects.filter(pk__in=list(told)).update(updated_at=clock.now())
    if is_told:
        tell(
            kind="task.changed",
            by=by,
            data={pk: contacts.change_data(changes) for pk, changes in told.items()},
        )
    return list(told)


def copy_values(made: Mapping[int, int]) -> None:
    """Let each new task have what the old one has: the numbers of the new ones by those of the old ones."""
    held = fields.held_values(TASK, list(made))
    given = {made[old]: values for old, values in held.items()}
    if given:
        contacts.replace_values(TASK, given, scope_id=EVERY)
