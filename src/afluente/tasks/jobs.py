"""What tasks need done in the background."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from afluente.contacts.services import bulk as engine
from afluente.kernel.jobs import enqueue, job
from afluente.kernel.workspace import current_workspace_id
from afluente.tasks.services import bulk, reminding

OVERDUE_JOB = "tasks.plan_overdue"


@job(bulk.JOB, label=_("Change many tasks"))
def change_many(*, bulk_id: int, **_later: Any) -> None:
    """A batch of a change of many, and the next one."""
    if engine.run_batch(bulk_id=bulk_id):
        enqueue(bulk.JOB, {"bulk_id": bulk_id}, workspace_id=current_workspace_id())


@job(bulk.UNDO_JOB, label=_("Take back a change of many tasks"))
def undo_many(*, bulk_id: int, **_later: Any) -> None:
    """A batch of what is taken back, and the next one."""
    if engine.undo_batch(bulk_id=bulk_id):
        enqueue(bulk.UNDO_JOB, {"bulk_id": bulk_id}, workspace_id=current_workspace_id())


@job(OVERDUE_JOB, label=_("Plan what is told of overdue tasks"))
def plan_overdue(*, after_id: int = 0, **_later: Any) -> None:
    """A batch of the tasks that were there before, and the next one."""
    following = reminding.plan_overdue(after_id=after_id)
    if following is not None:
        enqueue(OVERDUE_JOB, {"after_id": following}, workspace_id=current_workspace_id())
