"""The one log of what happened, and what people say about it."""

from __future__ import annotations

from django.db import models

from afluente.kernel.workspace import WorkspaceModel

# What a comment can be about, each a column `<kind>_id`. It is about the first of these that it names: one
# about a deal names the deal's contact too, so that it goes along when contacts are merged.
RECORDS = ("task", "deal", "company", "contact")


class Event(WorkspaceModel):
    """Something that happened and matters to a person (invariant 4).

    `contact_id`, `deal_id`, `company_id`, `task_id` and `product_id` are plain numbers: the log outlives what it speaks
    of, and it lies below all of them. The column `tx` (the writing transaction, see the migration) lets
    readers follow the log without missing a row that committed late; Django does not know it.
    """

    at = models.DateTimeField()
    kind = models.CharField(max_length=60)
    contact_id = models.BigIntegerField(null=True)
    deal_id = models.BigIntegerField(null=True)
    company_id = models.BigIntegerField(null=True)
    task_id = models.BigIntegerField(null=True)
    product_id = models.BigIntegerField(null=True)
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
            models.Index(
                fields=["workspace", "task_id", "-id"],
                condition=models.Q(task_id__isnull=False),
                name="timeline_event_task",
            ),
            models.Index(
                fields=["workspace", "product_id", "-id"],
                condition=models.Q(product_id__isnull=False),
                name="timeline_event_product",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"


class Comment(WorkspaceModel):
    """What a person wrote about a record (RECORDS). Its place in the history is its event.

    A reply names the comment it answers; threads are one level deep.
    """

    contact_id = models.BigIntegerField(null=True)
    deal_id = models.BigIntegerField(null=True)
    company_id = models.BigIntegerField(null=True)
    task_id = models.BigIntegerField(null=True)
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
                fields=["workspace", "company_id"],
                condition=models.Q(company_id__isnull=False),
                name="timeline_comment_company",
            ),
            models.Index(
                fields=["workspace", "deal_id"],
                condition=models.Q(deal_id__isnull=False),
                name="timeline_comment_deal",
            ),
            models.Index(
                fields=["workspace", "task_id"],
                condition=models.Q(task_id__isnull=False),
                name="timeline_comment_task",
            ),
            models.Index(
                fields=["workspace", "parent", "id"],
                condition=models.Q(parent__isnull=False),
                name="timeline_comment_replies",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(contact_id__isnull=False)
                | models.Q(deal_id__isnull=False)
                | models.Q(company_id__isnull=False)
                | models.Q(task_id__isnull=False),
                name="timeline_comment_has_a_subject",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} by {self.author_id}"

    @property
    def record(self) -> tuple[str, int]:
        """What it is about: the kind of record and its number."""
        found = ((kind, getattr(self, f"{kind}_id")) for kind in RECORDS)
        return next((kind, number) for kind, number in found if number is not None)


class DraftFile(WorkspaceModel):
    """A file chosen for a comment that is not sent yet: the box finds it again, on any device of its writer.

    `draft` names the box (`comment:contact:7`, `reply:12`). One that `is_brought` came from the device for
    this comment, and goes again when the comment is never sent.
    """

    member = models.ForeignKey(
        "accounts.Membership", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    file = models.ForeignKey(
        "files.File", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    draft = models.CharField(max_length=60)
    is_brought = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta(WorkspaceModel.Meta):
        indexes = [models.Index(fields=["workspace", "file"], name="timeline_draftfile_file")]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "member", "draft", "file"], name="timeline_draftfile_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_id} for {self.draft}"


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
