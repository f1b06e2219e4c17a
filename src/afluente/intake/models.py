"""The one door: where leads come from, what arrived, and what is to become of it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from afluente.kernel.workspace import WorkspaceManager, WorkspaceModel


class DealRule(WorkspaceModel):
    """What deal an arrival becomes (crm.md 2.12): one object, used by as many sources as wanted.

    An empty pipeline or stage, also one that was deleted, means the first one (SP-017, SP-023).
    """

    class Assign(models.TextChoices):
        CONTACT = "contact", _("The contact's own")
        FIXED = "fixed", _("Always the same person")
        ROUND_ROBIN = "round_robin", _("In turn")
        PIPELINE = "pipeline", _("The pipeline's default")
        NOBODY = "nobody", _("Nobody")

    class Repeat(models.TextChoices):
        NEW = "new", _("Open a new deal each time")
        OPEN = "open", _("Add to the open deal of this rule, when there is one")

    name = models.CharField(max_length=100)
    is_on = models.BooleanField(default=True)
    repeat = models.CharField(max_length=4, choices=Repeat, default=Repeat.NEW)
    pipeline = models.ForeignKey(
        "deals.Pipeline", models.SET_NULL, null=True, blank=True, related_name="+", db_constraint=False
    )
    stage = models.ForeignKey(
        "deals.Stage", models.SET_NULL, null=True, blank=True, related_name="+", db_constraint=False
    )
    # The target had been chosen and is gone: set by the database's SET NULL plus this mark.
    had_target = models.BooleanField(default=False)
    name_template = models.CharField(max_length=500, blank=True, default="")
    amount = models.DecimalField(max_digits=19, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    assign = models.CharField(max_length=12, choices=Assign, default=Assign.CONTACT)
    assignee = models.ForeignKey(
        "accounts.Membership", models.SET_NULL, null=True, blank=True, related_name="+", db_constraint=False
    )
    turn = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(WorkspaceModel.Meta):
        indexes = [models.Index(fields=["workspace", "name"], name="intake_dealrule_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def adds_to_open_deal(self) -> bool:
        return self.is_on and self.repeat == self.Repeat.OPEN


class DealRuleMember(WorkspaceModel):
    """Somebody whose turn comes in a round-robin rule."""

    rule = models.ForeignKey(
        DealRule, models.CASCADE, related_name="members", db_constraint=False, db_index=False
    )
    member = models.ForeignKey(
        "accounts.Membership", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    position = models.IntegerField(default=0)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "rule", "member"], name="intake_dealrulemember_once"
            ),
        ]
        indexes = [models.Index(fields=["workspace", "member"], name="intake_dealrulemember_member")]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.rule_id}"


class SourceQuerySet(models.QuerySet["Source"]):
    def present(self) -> SourceQuerySet:
        return self.filter(deleted_at=None)


class Source(WorkspaceModel):
    """One door: a form, a webhook, the API. What it sends is read by `mapping`.

    `mapping` is a list of {"path": "customer.email", "to": "contact.email"}; empty means that the
    body is in our own shape (API) or is guessed from its field names.
    """

    class Kind(models.TextChoices):
        API = "api", _("API")
        WEBHOOK = "webhook", _("Webhook")
        FORM = "form", _("Form")

    kind = models.CharField(max_length=20, choices=Kind)
    name = models.CharField(max_length=100)
    public_id = models.CharField(max_length=48)
    secret_digest = models.CharField(max_length=64, default="")
    secret_box = models.TextField(default="")  # encrypted, so that a person can copy the address again
    signing_box = models.TextField(default="")  # encrypted secret of the optional HMAC
    signing_header = models.CharField(max_length=60, default="")
    mapping = models.JSONField(default=list)
    rule = models.ForeignKey(
        DealRule, models.SET_NULL, null=True, blank=True, related_name="sources", db_constraint=False
    )
    is_on = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True)

    objects = WorkspaceManager.from_queryset(SourceQuerySet)()  # type: ignore[misc]  # a ClassVar above

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "public_id"], name="intake_source_public_id"),
        ]

    def __str__(self) -> str:
        return self.name


class RawEvent(WorkspaceModel):
    """What arrived, byte for byte, and what became of it. Written and committed before any answer.

    `key` is the sender's own name for the event, or a hash of what it sent; it is what makes a
    repeat a repeat (invariant 1). `body_digest` tells a repeat from another body under one key.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Done")
        DEAD = "dead", _("Failed")

    public_id = models.UUIDField(default=uuid.uuid4)
    source = models.ForeignKey(
        Source, models.PROTECT, related_name="events", db_constraint=False, db_index=False
    )
    rule_id = models.BigIntegerField(null=True)  # a rule named by the sender; checked when it takes effect
    key = models.CharField(max_length=255)
    body = models.BinaryField()
    body_digest = models.CharField(max_length=64)
    content_type = models.CharField(max_length=100, default="application/json")
    context = models.JSONField(default=dict)  # address, referrer, page, token: what surrounded the body
    received_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    error = models.TextField(default="")
    notes = models.JSONField(default=list)  # what a person should know: flagged e-mail, fallen-back rule
    contact_id = models.BigIntegerField(null=True)
    deal_id = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "source", "key"], name="intake_rawevent_once"),
            models.UniqueConstraint(fields=["workspace", "public_id"], name="intake_rawevent_public_id"),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "due_at", "id"], condition=Q(state="waiting"), name="intake_rawevent_due"
            ),
            models.Index(fields=["workspace", "state", "-id"], name="intake_rawevent_state"),
            # Arrivals go along when the contact they made becomes part of another one.
            models.Index(
                fields=["workspace", "contact_id"],
                condition=Q(contact_id__isnull=False),
                name="intake_rawevent_contact",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.state}"


class KeyedCall(WorkspaceModel):
    """The answer to an API call that carried an Idempotency-Key, for giving it again (R-6)."""

    token = models.ForeignKey(
        "accounts.ApiToken", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    key = models.CharField(max_length=255)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    content = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "token", "key"], name="intake_keyedcall_once"),
        ]
        indexes = [models.Index(fields=["workspace", "created_at"], name="intake_keyedcall_age")]

    def __str__(self) -> str:
        return self.key
