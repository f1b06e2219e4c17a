"""The one log of what happened, and what people say about it."""

from __future__ import annotations

from django.db import models

from afluente.kernel.workspace import WorkspaceModel


class Event(WorkspaceModel):
    """Something that happened and matters to a person (invariant 4).

    `contact_id` and `deal_id` are plain numbers: the log outlives what it speaks of, and it lies
    below contacts and deals. The column `tx` (the writing transaction, see the migration) lets
    readers follow the log without missing a row that committed late; Django does not know it.
    """

    at = models.DateTimeField()
    kind = models.CharField(max_length=60)
    contact_id = models.BigIntegerField(null=True)
    deal_id = models.BigIntegerField(null=True)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150, default="")
    data = models.JSONField(default=dict)

    class Meta(WorkspaceModel.Meta):
        indexes = [
            models.Index(
                fields=["workspace", "contact_id", "-id"],
                condition=models.Q(contact_id__isnull=False),
                name="timeline_event_contact",
            ),
            models.Index(
                fields=["workspace", "deal_id", "-id"],
                condition=models.Q(deal_id__isnull=False),
                name="timeline_event_deal",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"


class Comment(WorkspaceModel):
    """What a person wrote about a contact or a deal. Its place in the history is its event."""

    contact_id = models.BigIntegerField(null=True)
    deal_id = models.BigIntegerField(null=True)
    author = models.ForeignKey(
        "accounts.Membership", models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    event = models.ForeignKey(
        Event, models.CASCADE, related_name="comments", db_constraint=False, db_index=False
    )
    text = models.CharField(max_length=5000)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        indexes = [
            models.Index(fields=["workspace", "event"], name="timeline_comment_event"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(contact_id__isnull=False) | models.Q(deal_id__isnull=False),
                name="timeline_comment_has_a_subject",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} by {self.author_id}"
