"""What a person opened lately, so that it is offered first."""

from __future__ import annotations

from django.db import models

from afluente.kernel.workspace import WorkspaceModel


class Opened(WorkspaceModel):
    """That a member opened the page of a record. `kind` is the name of a source of the search box.

    Only a wish to find it again: what the member may no longer see is not shown, and the oldest lines
    of each member go (services.KEPT).
    """

    member = models.ForeignKey(
        "accounts.Membership", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=20)
    record = models.BigIntegerField()
    opened_at = models.DateTimeField()

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "member", "kind", "record"], name="search_opened_once"
            ),
        ]
        indexes = [models.Index(fields=["workspace", "member", "-opened_at"], name="search_opened_latest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.record}"
