"""What figures need to know of deals and the log would have to be searched for."""

from __future__ import annotations

from django.db import models

from afluente.kernel.workspace import WorkspaceModel


class Journey(WorkspaceModel):
    """How far a deal came, and when a person first answered it. Kept from the log (`services.follow`).

    `furthest_id` is a plain number of the last stage on the way to won that it reached. `is_waiting` is
    true while it came by itself, is open, and nobody has answered.
    """

    deal = models.ForeignKey(
        "deals.Deal", models.CASCADE, related_name="journeys", db_constraint=False, db_index=False
    )
    opened_at = models.DateTimeField()
    furthest_id = models.BigIntegerField(null=True)
    is_waiting = models.BooleanField(default=False)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        "accounts.Membership",
        models.SET_NULL,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "deal"], name="insights_journey_once"),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "opened_at"],
                condition=models.Q(is_waiting=True),
                name="insights_journey_waiting",
            ),
            models.Index(
                fields=["workspace", "answered_at"],
                include=["answered_by", "opened_at"],
                condition=models.Q(answered_at__isnull=False),
                name="insights_journey_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"of deal {self.deal_id}"
