"""The calendar that somebody may subscribe to."""

from __future__ import annotations

from django.db import models

from afluente.kernel.workspace import WorkspaceModel


class CalendarFeed(WorkspaceModel):
    """The secret address of a person's calendar; there is none until they ask for it.

    `digest` finds it, `box` holds the secret, sealed, so that it can be shown again.
    """

    member = models.ForeignKey(
        "accounts.Membership", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    digest = models.CharField(max_length=64)
    box = models.TextField()
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "member"], name="tasks_feed_one_each"),
            models.UniqueConstraint(fields=["workspace", "digest"], name="tasks_feed_digest"),
        ]

    def __str__(self) -> str:
        return f"calendar of {self.member_id}"
