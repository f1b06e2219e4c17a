"""What members are told, how they want to be told, and when something is to be remembered."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from afluente.kernel.workspace import WorkspaceModel
from afluente.timeline.models.history import Comment


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

    `channels` holds, by kind of notification, a list of "app", "mail" and "push"; a kind that is missing
    has its default. `choices` narrows a kind to some things, such as pipelines; none means all of them.
    Letters leave `mail_after` minutes after the first thing that was not read, at the full hour, or
    once a day at `mail_hour` where the member lives.
    """

    class Rhythm(models.TextChoices):
        SOON = "soon", _("Soon")
        HOURLY = "hourly", _("Once an hour")
        DAILY = "daily", _("Once a day")

    member = models.ForeignKey(
        "accounts.Membership", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    hidden_groups = ArrayField(models.CharField(max_length=20), default=list)
    channels = models.JSONField(default=dict)
    choices = models.JSONField(default=dict)
    rhythm = models.CharField(max_length=6, choices=Rhythm, default=Rhythm.SOON)
    mail_after = models.PositiveSmallIntegerField(default=15)
    mail_hour = models.PositiveSmallIntegerField(default=8)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "member"], name="timeline_preference_once"),
            models.CheckConstraint(condition=models.Q(mail_hour__lt=24), name="timeline_preference_hour"),
        ]

    def __str__(self) -> str:
        return f"of {self.member_id}"


class Reminder(WorkspaceModel):
    """A moment at which people are told about a record. It is gone once they were told.

    `kind` is registered with `events.register_reminder`; a record has one of each kind at most.
    """

    record_kind = models.CharField(max_length=20)
    record_id = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta(WorkspaceModel.Meta):
        indexes = [models.Index(fields=["workspace", "kind", "at", "id"], name="timeline_reminder_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "record_kind", "record_id", "kind"], name="timeline_reminder_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.record_kind} {self.record_id}"


class PushDevice(WorkspaceModel):
    """A browser of a member that takes messages. Its address is sealed: whoever has it can tell of it."""

    member = models.ForeignKey(
        "accounts.Membership", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)
    address_box = models.TextField()
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        indexes = [models.Index(fields=["workspace", "member"], name="timeline_pushdevice_member")]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "digest"], name="timeline_pushdevice_once"),
        ]

    def __str__(self) -> str:
        return self.name
