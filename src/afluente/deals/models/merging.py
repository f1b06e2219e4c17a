"""What became of two deals that were one: enough to understand it, and to take it back (ADR 0210)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from afluente.deals.models.deals import Deal
from afluente.kernel.workspace import WorkspaceModel


class DealMerge(WorkspaceModel):
    """`loser` became part of `survivor`.

    `changes` says of each field of the survivor that says something else since [before, after], as plain
    values by the key of `services.merging`. `moved` names by carrier the rows that went along, and those of
    them that had its mark: [[ids], [marked ids]].
    """

    survivor = models.ForeignKey(Deal, models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    loser = models.ForeignKey(Deal, models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    changes = models.JSONField(default=dict)
    moved = models.JSONField(default=dict)
    event_id = models.BigIntegerField(null=True)  # the line of the history that tells it
    by_name = models.CharField(max_length=150, default="")
    created_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=150, default="")

    class Meta(WorkspaceModel.Meta):
        constraints = [
            # Whoever is merged twice at once meets this: one deal becomes part of one other.
            models.UniqueConstraint(
                fields=["workspace", "loser"], condition=Q(undone_at=None), name="deals_merge_once"
            ),
        ]
        indexes = [models.Index(fields=["workspace", "survivor", "-id"], name="deals_merge_survivor")]

    def __str__(self) -> str:
        return f"{self.loser_id} into {self.survivor_id}"
