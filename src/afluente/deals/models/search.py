"""What deals are found by."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField

from afluente.kernel.workspace import WorkspaceModel


class DealSearch(WorkspaceModel):
    """The words of a deal's name (ADR 0166). Its `id` is the deal's. Kept by triggers of the deals' table, so
    that no way of making or renaming a deal can forget it.
    """

    words = SearchVectorField()

    class Meta(WorkspaceModel.Meta):
        indexes = [GinIndex(fields=["words"], name="deal_search_words", gin_pending_list_limit=256)]

    def __str__(self) -> str:
        return f"search of {self.pk}"
