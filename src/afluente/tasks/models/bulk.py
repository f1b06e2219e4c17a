"""What a task had before it was changed with many others."""

from __future__ import annotations

from django.db import models

from afluente.kernel.workspace import WorkspaceModel
from afluente.tasks.models.tasks import Task


class TaskBulkEntry(WorkspaceModel):
    """What one task had before a change of many (`contacts.models.BulkChange`), and has since."""

    bulk = models.ForeignKey(
        "contacts.BulkChange", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    task = models.ForeignKey(Task, models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    is_undone = models.BooleanField(default=False)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "bulk", "task"], name="tasks_bulk_entry_once"),
        ]
        indexes = [
            models.Index(fields=["workspace", "task"], name="tasks_bulk_entry_deal"),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} in {self.bulk_id}"
