"""Who is told of events by HTTP, every call that is to be made or was, and what was answered (R-9)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from afluente.kernel.workspace import WorkspaceModel


class Endpoint(WorkspaceModel):
    """An address of another program, and the kinds of events it is told of.

    Secret and `headers_box` are sealed. After a rotation the former secret signs as well until
    `old_secret_until`. `wait_until`: the other side is overloaded or away, nobody asks it before. `failing_since`
    is when the first of the calls failed that failed in a row.
    """

    class Off(models.TextChoices):
        BY_HAND = "by_hand", _("Switched off by a colleague")
        GONE = "gone", _("The other side said that it is gone (410)")
        FAILING = "failing", _("It failed for three days")

    url = models.CharField(max_length=2_000)
    description = models.CharField(max_length=200, blank=True, default="")
    events = ArrayField(models.CharField(max_length=60), default=list)
    is_on = models.BooleanField(default=True)
    off_reason = models.CharField(max_length=10, choices=Off, blank=True, default="")
    secret_box = models.TextField()
    old_secret_box = models.TextField(blank=True, default="")
    old_secret_until = models.DateTimeField(null=True)
    headers_box = models.TextField(blank=True, default="")
    wait_until = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(is_on=True, off_reason="") | Q(is_on=False), name="delivery_endpoint_off_reason"
            )
        ]

    def __str__(self) -> str:
        return self.description or self.url


class Call(WorkspaceModel):
    """One request to another program, of an event or of a rule. `body` is written once and sent unchanged each time.

    `key` names what wants it: the same event calls an endpoint once. A call may be made twice, so one whose sender
    died is simply taken again (`due_at` is its lease while it is being made): the receiver knows it by `webhook_id`.
    A rule's own address and headers stand here; those of an endpoint are read when it is called.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Delivered")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    endpoint = models.ForeignKey(
        Endpoint, models.CASCADE, null=True, related_name="calls", db_constraint=False, db_index=False
    )
    key = models.CharField(max_length=120)
    webhook_id = models.CharField(max_length=80)
    kind = models.CharField(max_length=60)
    event_id = models.BigIntegerField(null=True)
    contact_id = models.BigIntegerField(null=True)
    deal_id = models.BigIntegerField(null=True)
    rule_id = models.BigIntegerField(null=True)
    rule_name = models.CharField(max_length=150, blank=True, default="")
    goes_along = models.BooleanField(default=False)
    method = models.CharField(max_length=6, default="POST")
    url = models.CharField(max_length=2_000, blank=True, default="")
    headers_box = models.TextField(blank=True, default="")
    body = models.TextField(blank=True, default="")
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    reason = models.CharField(max_length=40, blank=True, default="")
    detail = models.CharField(max_length=500, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="delivery_call_once")]
        indexes = [
            models.Index(
                fields=["workspace", "endpoint", "due_at", "id"],
                condition=Q(state__in=["queued", "sending"]),
                name="delivery_call_due",
            ),
            models.Index(fields=["workspace", "endpoint", "-id"], name="delivery_call_newest"),
            models.Index(
                fields=["ended_at"], condition=Q(ended_at__isnull=False), name="delivery_call_ended"
            ),
            models.Index(
                fields=["workspace", "deal_id"],
                condition=Q(state="queued", goes_along=True),
                name="delivery_call_along",
            ),
            models.Index(
                fields=["workspace", "contact_id"],
                condition=Q(contact_id__isnull=False),
                name="delivery_call_contact",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.webhook_id}"


class Attempt(WorkspaceModel):
    """What came of asking once: the status and the beginning of the answer, or why there was none."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="tries", db_constraint=False, db_index=False)
    at = models.DateTimeField()
    took_ms = models.PositiveIntegerField()
    url = models.CharField(max_length=2_000)
    status = models.PositiveSmallIntegerField(null=True)
    said = models.CharField(max_length=1_000, blank=True, default="")
    problem = models.CharField(max_length=300, blank=True, default="")

    class Meta(WorkspaceModel.Meta):
        indexes = [models.Index(fields=["workspace", "call", "id"], name="delivery_attempt_call")]

    def __str__(self) -> str:
        return f"{self.status or self.problem}"
