"""What was erased for good."""

from __future__ import annotations

from django.db import models

from afluente.kernel.workspace import WorkspaceModel


class Erasure(WorkspaceModel):
    """That a person was erased, without saying who: the tombstone (P-2).

    `keys` are keyed hashes of their addresses: who asks whether an address was erased can be told,
    nobody can read it here. A restored backup is erased again by `contact_id`.
    """

    contact_id = models.BigIntegerField()
    keys = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    reason = models.CharField(max_length=300, blank=True, default="")
    member = models.ForeignKey(
        "accounts.Membership",
        models.SET_NULL,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "contact_id"], name="transfer_erasure_once"),
        ]

    def __str__(self) -> str:
        return f"of {self.contact_id}"
