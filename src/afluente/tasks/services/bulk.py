"""Many tasks changed as one act: by the engine of contacts (ADR 0100), in batches, with one way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afluente.contacts.models import SavedFilter
from afluente.contacts.services import bulk
from afluente.contacts.services.bulk_shapes import Change, Subject
from afluente.tasks import statements
from afluente.tasks.models import TaskBulkEntry
from afluente.tasks.selectors.picking import TaskSelection
from afluente.tasks.services.bulk_kinds import kind_of

if TYPE_CHECKING:
    from afluente.accounts.models import Membership
    from afluente.contacts.models import BulkChange
    from afluente.timeline.events import Actor

TASK = SavedFilter.Entity.TASK
JOB, UNDO_JOB = "tasks.bulk", "tasks.bulk_undo"
SUBJECT = Subject(
    entity=TASK,
    selection=TaskSelection,
    kind_of=kind_of,
    entries=TaskBulkEntry,
    column="task_id",
    hold=statements.hold_tasks,
    job=JOB,
    undo_job=UNDO_JOB,
)


def change_many(
    *, selection: TaskSelection, change: Change, member: Membership, by: Actor, at_once: int | None = None
) -> BulkChange:
    """Ask for `change` of the tasks picked: as contacts' `bulk_change`. Those that `member` may not change, or
    that cannot be like that, are counted as refused.
    """
    return bulk.bulk_change(
        selection=selection, change=change, member=member, by=by, at_once=at_once, entity=TASK
    )
