"""How a workspace sends, what it writes, and every message that is to leave or left (S-TX)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from afluente.kernel.workspace import WorkspaceModel


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")


class Sender(WorkspaceModel):
    """How a workspace sends by one channel. `options` are plain values of its provider, `secret_box` is sealed.

    Quiet hours are minutes after midnight in the workspace's zone; past midnight the second is the smaller one.
    """

    channel = models.CharField(max_length=10, choices=Channel)
    provider = models.CharField(max_length=10)
    options = models.JSONField(default=dict)
    secret_box = models.TextField(blank=True, default="")
    from_name = models.CharField(max_length=150, blank=True, default="")
    from_address = models.CharField(max_length=254)
    reply_to = models.CharField(max_length=254, blank=True, default="")
    per_minute = models.PositiveIntegerField(default=60)
    quiet_from = models.PositiveSmallIntegerField(null=True)
    quiet_until = models.PositiveSmallIntegerField(null=True)
    asks_consent = models.BooleanField(default=False)
    tracks = models.BooleanField(default=True)  # letters say when they are opened, and their links followed
    updated_at = models.DateTimeField()

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "channel"], name="delivery_sender_once"),
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None) | Q(quiet_from__lt=1440, quiet_until__lt=1440),
                name="delivery_quiet_hours",
            ),
        ]


class Template(WorkspaceModel):
    """A message with variables. `body` is written with the few signs of Markdown; an SMS has no subject."""

    channel = models.CharField(max_length=10, choices=Channel, default=Channel.EMAIL)
    name = models.CharField(max_length=100)
    subject = models.CharField(max_length=250, blank=True, default="")
    body = models.TextField(blank=True, default="")
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        indexes = [models.Index(fields=["workspace", "name"], name="delivery_template_name")]

    def __str__(self) -> str:
        return self.name


class Message(WorkspaceModel):
    """One message to one address. `key` is the name of the step that wants it: the same step sends once.

    `sending` is committed before the other side is asked, so a crash there is `unknown` and never a second
    message. `goes_along`: while it is queued it is taken back when its deal leaves the stage.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        UNKNOWN = "unknown", _("Needs a decision")
        FAILED = "failed", _("Failed")
        SKIPPED = "skipped", _("Skipped")
        CANCELLED = "cancelled", _("Cancelled")

    class Arrival(models.TextChoices):
        THERE = "there", _("Arrived")
        RETURNED = "returned", _("Came back")

    channel = models.CharField(max_length=10, choices=Channel)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    reason = models.CharField(max_length=40, blank=True, default="")
    detail = models.CharField(max_length=500, blank=True, default="")
    key = models.CharField(max_length=120)
    goes_along = models.BooleanField(default=False)
    contact = models.ForeignKey(
        "contacts.Contact",
        models.SET_NULL,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    deal = models.ForeignKey(
        "deals.Deal", models.SET_NULL, null=True, related_name="+", db_constraint=False, db_index=False
    )
    rule_id = models.BigIntegerField(null=True)
    rule_name = models.CharField(max_length=150, blank=True, default="")
    template_id = models.BigIntegerField(null=True)  # whose words these are
    address = models.CharField(max_length=254)
    subject = models.CharField(max_length=998, blank=True, default="")
    text = models.TextField(blank=True, default="")
    html = models.TextField(blank=True, default="")
    is_marketing = models.BooleanField(default=True)
    is_urgent = models.BooleanField(default=False)  # quiet hours do not hold it
    message_id = models.CharField(max_length=250, blank=True, default="")
    provider_id = models.CharField(max_length=250, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    until = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # What was said after it was taken: a receipt of a provider, or a letter that came back.
    arrival = models.CharField(max_length=10, choices=Arrival, blank=True, default="")
    arrival_detail = models.CharField(max_length=300, blank=True, default="")
    arrived_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "key"], name="delivery_message_once"),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "channel", "due_at", "id"],
                condition=Q(state="queued"),
                name="delivery_message_due",
            ),
            models.Index(
                fields=["workspace", "channel", "lease_until"],
                condition=Q(state="sending"),
                name="delivery_message_lease",
            ),
            models.Index(
                fields=["workspace", "deal"],
                condition=Q(state="queued", goes_along=True),
                name="delivery_message_along",
            ),
            models.Index(fields=["workspace", "state", "-id"], name="delivery_message_state"),
            models.Index(fields=["workspace", "contact", "-id"], name="delivery_message_contact"),
            models.Index(fields=["workspace", "deal", "-id"], name="delivery_message_deal"),
            models.Index(
                fields=["workspace", "provider_id"],
                condition=Q(channel="sms") & ~Q(provider_id=""),
                name="delivery_message_theirs",
            ),
            models.Index(
                fields=["workspace", "message_id"], condition=~Q(message_id=""), name="delivery_message_id"
            ),
        ]
