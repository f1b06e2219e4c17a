"""Addresses of other programs that are told what happens, and every time they were told (R-9)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from afluente.kernel.workspace import WorkspaceModel


class Endpoint(WorkspaceModel):
    """Where another program listens. While a secret is being changed both sign (Standard Webhooks 1.0.0).

    `kinds` are the events it is told of; without any it hears of rules only.
    """

    name = models.CharField(max_length=100)
    url = models.CharField(max_length=1_000)
    kinds = models.JSONField(default=list)
    secret_box = models.TextField()
    old_secret_box = models.TextField(blank=True, default="")
    old_until = models.DateTimeField(null=True)
    is_on = models.BooleanField(default=True)
    off_because = models.CharField(max_length=300, blank=True, default="")
    failing_since = models.DateTimeField(null=True)
    wait_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta(WorkspaceModel.Meta):
        indexes = [
            models.Index(fields=["workspace"], condition=Q(is_on=True), name="delivery_endpoint_on"),
        ]

    def __str__(self) -> str:
        return self.name


class Call(WorkspaceModel):
    """One thing that one endpoint is told. `public_id` is the same at every attempt, so that the receiver can
    tell a repeat; `key` is what it is told because of.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Delivered")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    endpoint = models.ForeignKey(
        Endpoint, models.CASCADE, related_name="calls", db_constraint=False, db_index=False
    )
    public_id = models.CharField(max_length=40)
    key = models.CharField(max_length=150)
    kind = models.CharField(max_length=60)
    body = models.TextField()
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    detail = models.CharField(max_length=500, blank=True, default="")
    rule_id = models.BigIntegerField(null=True)
    goes_along = models.BooleanField(default=False)
    deal = models.ForeignKey(
        "deals.Deal", models.SET_NULL, null=True, related_name="+", db_constraint=False, db_index=False
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "endpoint", "key"], name="delivery_call_once"),
            models.UniqueConstraint(fields=["workspace", "public_id"], name="delivery_call_public"),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "due_at", "id"],
                condition=Q(state__in=["queued", "sending"]),
                name="delivery_call_due",
            ),
            models.Index(fields=["workspace", "endpoint", "-id"], name="delivery_call_endpoint"),
            models.Index(
                fields=["workspace", "deal"],
                condition=Q(state="queued", goes_along=True),
                name="delivery_call_along",
            ),
        ]


class Attempt(WorkspaceModel):
    """One try to tell: what came back, and how long it took in milliseconds."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="tries", db_constraint=False, db_index=False)
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    said = models.CharField(max_length=500, blank=True, default="")
    took = models.PositiveIntegerField(default=0)

    class Meta(WorkspaceModel.Meta):
        indexes = [models.Index(fields=["workspace", "call", "id"], name="delivery_attempt_call")]
