"""What tasks are found by."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField

from afluente.kernel.workspace import WorkspaceModel


class TaskSearch(WorkspaceModel):
    """The words of a task's title (ADR 0136). Its `id` is the task's. Kept by triggers of the tasks' table."""

    words = SearchVectorField()

    class Meta(WorkspaceModel.Meta):
        indexes = [GinIndex(fields=["words"], name="task_search_words", gin_pending_list_limit=256)]

    def __str__(self) -> str:
        return f"search of {self.pk}"
