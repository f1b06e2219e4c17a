"""The one log of what happened, and what people say about it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from afluente.kernel.workspace import WorkspaceModel


class Event(WorkspaceModel):
    """Something that happened and matters to a person (invariant 4).

    `contact_id`, `deal_id` and `company_id` are plain numbers: the log outlives what it speaks of, and it
    lies below contacts and deals. The column `tx` (the writing transaction, see the migration) lets
    readers follow the log without missing a row that committed late; Django does not know it.
    """

    at = models.DateTimeField()
    kind = models.CharField(max_length=60)
    contact_id = models.BigIntegerField(null=True)
    deal_id = models.BigIntegerField(null=True)
    company_id = models.BigIntegerField(null=True)
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
            models.Index(
                fields=["workspace", "company_id", "-id"],
                condition=models.Q(company_id__isnull=False),
                name="timeline_event_company",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"


class Comment(WorkspaceModel):
    """What a person wrote about a contact or a deal. Its place in the history is its event.

    A reply names the comment it answers; threads are one level deep.
    """

    contact_id = models.BigIntegerField(null=True)
    deal_id = models.BigIntegerField(null=True)
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, related_name="replies", db_constraint=False, db_index=False
    )
    author = models.ForeignKey(
        "accounts.Membership", models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    event = models.ForeignKey(
        Event, models.CASCADE, related_name="comments", db_constraint=False, db_index=False
    )
    text = models.CharField(max_length=65_535)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        indexes = [
            models.Index(fields=["workspace", "event"], name="timeline_comment_event"),
            # What was written about somebody goes along when they become part of somebody else.
            models.Index(
                fields=["workspace", "contact_id"],
                condition=models.Q(contact_id__isnull=False),
                name="timeline_comment_contact",
            ),
            models.Index(
                fields=["workspace", "parent", "id"],
                condition=models.Q(parent__isnull=False),
                name="timeline_comment_replies",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(contact_id__isnull=False) | models.Q(deal_id__isnull=False),
                name="timeline_comment_has_a_subject",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} by {self.author_id}"

    @property
    def record(self) -> tuple[str, int]:
        """What it is about: the kind of record and its number."""
        return ("deal", self.deal_id) if self.deal_id is not None else ("contact", self.contact_id or 0)


class Mention(WorkspaceModel):
    """A member named in a comment: which part of the text, and who. Their name may change since."""

    comment = models.ForeignKey(
        Comment, models.CASCADE, related_name="mentions", db_constraint=False, db_index=False
    )
    member = models.ForeignKey(
        "accounts.Membership", models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    start = models.PositiveIntegerField()
    length = models.PositiveSmallIntegerField()

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "comment", "start"], name="timeline_mention_once"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.comment_id}"


class Notification(WorkspaceModel):
    """Something a member is told: of what kind, about which record, and whether they have read it.

    `record_kind` and `record_id` name a record above this floor; who may see it is asked whenever
    the notification is shown (policies.notifications_of). `in_app` is False for what goes by e-mail
    alone.
    """

    member = models.ForeignKey(
        "accounts.Membership", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=40)
    record_kind = models.CharField(max_length=20)
    record_id = models.BigIntegerField()
    comment = models.ForeignKey(
        Comment, models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False
    )
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150, default="")
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    in_app = models.BooleanField(default=True)
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        indexes = [
            models.Index(
                fields=["workspace", "member", "-id"],
                condition=models.Q(read_at=None),
                name="timeline_notice_unread",
            ),
            models.Index(fields=["workspace", "member", "-id"], name="timeline_notice_all"),
            models.Index(fields=["workspace", "record_kind", "record_id"], name="timeline_notice_record"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "member", "kind", "comment"],
                condition=models.Q(comment__isnull=False),
                name="timeline_notice_once",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind} for {self.member_id}"


class Preference(WorkspaceModel):
    """How one member reads: groups of kinds left out of histories, and what reaches them how.

    `channels` holds, by kind of notification, a list of "app" and "mail"; a kind that is missing has
    its default. `mail_after` is how many minutes something may stay unread before it is mailed.
    """

    member = models.ForeignKey(
        "accounts.Membership", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    hidden_groups = ArrayField(models.CharField(max_length=20), default=list)
    channels = models.JSONField(default=dict)
    mail_after = models.PositiveSmallIntegerField(default=15)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "member"], name="timeline_preference_once"),
        ]

    def __str__(self) -> str:
        return f"of {self.member_id}"
