"""The checklist of a task."""

from __future__ import annotations

from django.db import models

from afluente.kernel.workspace import WorkspaceModel
from afluente.tasks.models.tasks import Task


class CheckItem(WorkspaceModel):
    """A line to tick off. `done_at` is when, `done_by` who did."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="items", db_constraint=False, db_index=False)
    text = models.CharField(max_length=250)
    position = models.IntegerField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        "accounts.Membership",
        models.SET_NULL,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )

    class Meta(WorkspaceModel.Meta):
        indexes = [models.Index(fields=["workspace", "task", "position"], name="tasks_item_order")]

    def __str__(self) -> str:
        return self.text
