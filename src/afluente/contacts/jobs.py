"""What contacts need done in the background."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from afluente.contacts import services
from afluente.contacts.services import bulk
from afluente.contacts.services.fields import AT_ONCE, ERASE_JOB
from afluente.contacts.services.indexing import INDEX_JOB
from afluente.contacts.services.merge_runs import STEP
from afluente.contacts.services.merging import LATE
from afluente.contacts.services.words import SWEEP_JOB
from afluente.contacts.statements import duplicates, search
from afluente.kernel.jobs import busy_workspaces, enqueue, every, job
from afluente.kernel.workspace import current_workspace_id, scope

BATCH = 1_000  # contacts per transaction


@job("contacts.reindex", atomic=False, label=_("Make contacts findable again"))
def reindex(*, workspace_id: int, **_later: Any) -> None:
    """Write the search index of a workspace anew, after what it holds has changed."""
    last = 0
    while True:
        with scope(workspace_id):
            last = services.reindex_contacts(after=last, limit=BATCH)
        if not last:
            return


@job(ERASE_JOB, atomic=False, label=_("Erase what a deleted field held"))
def erase_field(*, workspace_id: int, field_id: int, **_later: Any) -> None:
    """Erase the values of a deleted field, a part at a time."""
    is_gone = False
    while not is_gone:
        with scope(workspace_id):
            is_gone = services.erase_values(field_id=field_id, limit=AT_ONCE)


@job(INDEX_JOB, label=_("Make contacts findable again"))
def index(*, contact_ids: list[int], **_later: Any) -> None:
    """Index these contacts as they are when their turn comes."""
    search.index_contacts(contact_ids)


@job(SWEEP_JOB, atomic=False, label=_("Forget words that nobody has"))
def sweep_words(*, workspace_id: int, **_later: Any) -> None:
    """Go through the words that «contains» looks through, a part at a time."""
    last = 0
    while True:
        with scope(workspace_id):
            last = services.sweep_words(after=last, limit=BATCH)
        if not last:
            return


@job(LATE, label=_("Bring together what was written while contacts were merged"))
def carry_late(*, merge_ids: list[int], **_later: Any) -> None:
    """Let survivors have what slipped in while others became part of them."""
    services.carry_late(merge_ids=merge_ids)


@every(5, "contacts.duplicates", atomic=False)
def find_duplicates(**_later: Any) -> None:
    """Look at contacts that have changed, of each workspace some, until none waits.

    A suggestion is in no hurry: while an import or another long job works for a workspace, its turn
    comes later. Both would take the same processors, and people wait for the other one.
    """
    while sum(_look(workspace_id) for workspace_id in _free_workspaces()):
        pass


def _free_workspaces() -> set[int]:
    return set(duplicates.due_workspaces()) - busy_workspaces()


def _look(workspace_id: int) -> int:
    with scope(workspace_id):
        return services.look_for_duplicates()


@job(STEP, label=_("Remove duplicates"))
def step_run(*, run_id: int, **_later: Any) -> None:
    """The next piece of a run of removing duplicates."""
    services.step_run(run_id=run_id)


@job(bulk.JOB, label=_("Change many contacts"))
def change_many(*, bulk_id: int, **_later: Any) -> None:
    """A batch of a change of many, and the next one."""
    if bulk.run_batch(bulk_id=bulk_id):
        enqueue(bulk.JOB, {"bulk_id": bulk_id}, workspace_id=current_workspace_id())


@job(bulk.UNDO_JOB, label=_("Take back a change of many contacts"))
def undo_many(*, bulk_id: int, **_later: Any) -> None:
    """A batch of what is taken back, and the next one."""
    if bulk.undo_batch(bulk_id=bulk_id):
        enqueue(bulk.UNDO_JOB, {"bulk_id": bulk_id}, workspace_id=current_workspace_id())
