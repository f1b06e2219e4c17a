"""What a workspace has decided about its contacts as a whole."""

from __future__ import annotations

from django.db import models

from afluente.kernel.workspace import WorkspaceModel


class ContactSettings(WorkspaceModel):
    """One row per workspace; without a row, everything is as the defaults say.

    `default_assignee` gets what arrives and what neither the deal rule nor the pipeline names anybody
    for (SP-223, Q20); nobody while it is empty.
    """

    default_assignee = models.ForeignKey(
        "accounts.Membership",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    updated_at = models.DateTimeField()

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace"], name="contact_settings_once")]

    def __str__(self) -> str:
        return f"contact settings of {self.workspace_id}"
