"""What deals need done in the background."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from afluente.contacts.services import bulk as engine
from afluente.deals.services import bulk, emptying
from afluente.kernel.jobs import enqueue, job
from afluente.kernel.workspace import current_workspace_id


@job(bulk.JOB, label=_("Change many deals"))
def change_many(*, bulk_id: int, **_later: Any) -> None:
    """A batch of a change of many, and the next one."""
    if engine.run_batch(bulk_id=bulk_id):
        enqueue(bulk.JOB, {"bulk_id": bulk_id}, workspace_id=current_workspace_id())


@job(bulk.UNDO_JOB, label=_("Take back a change of many deals"))
def undo_many(*, bulk_id: int, **_later: Any) -> None:
    """A batch of what is taken back, and the next one."""
    if engine.undo_batch(bulk_id=bulk_id):
        enqueue(bulk.UNDO_JOB, {"bulk_id": bulk_id}, workspace_id=current_workspace_id())


@job(emptying.JOB, label=_("Move the deals of a deleted stage"))
def end_stages(*, stage_ids: list[int], by: list[Any], cause: dict[str, Any], **_later: Any) -> None:
    """Some deals of stages that were deleted, and the next ones."""
    if emptying.end_some(stage_ids=stage_ids, by=by, cause=cause):
        again = {"stage_ids": stage_ids, "by": by, "cause": cause}
        enqueue(emptying.JOB, again, workspace_id=current_workspace_id())
