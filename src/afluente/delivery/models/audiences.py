"""Audiences at ad networks, and who is in them (ADR 0208)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from afluente.kernel.workspace import WorkspaceModel


class Audience(WorkspaceModel):
    """A list of people at an ad network that rules add to. `options`: its number there (`audience`), at Google the
    account that owns it (`account`) and the one that signs in (`login`), and where the network is asked (`api`).

    `secret_box` is sealed: the token of Meta, the key of a service account of Google. `wait_until`: nobody is asked
    before. `failing_since` is when the first request failed of those that failed in a row.
    """

    class Network(models.TextChoices):
        META = "meta", "Meta"
        GOOGLE = "google", "Google Ads"

    class Off(models.TextChoices):
        BY_HAND = "by_hand", _("Switched off by a colleague")
        REFUSED = "refused", _("The network refuses it")
        FAILING = "failing", _("It failed for three days")

    name = models.CharField(max_length=100)
    network = models.CharField(max_length=10, choices=Network)
    options = models.JSONField(default=dict)
    secret_box = models.TextField()
    is_on = models.BooleanField(default=True)
    off_reason = models.CharField(max_length=10, choices=Off, blank=True, default="")
    detail = models.CharField(max_length=500, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    wait_until = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(is_on=True, off_reason="") | Q(is_on=False), name="delivery_audience_off_reason"
            )
        ]

    def __str__(self) -> str:
        return self.name


class AudienceMember(WorkspaceModel):
    """Somebody who is to be in an audience, is in it, or is to leave it. Kept are the hashes that the network was
    told: by them it takes somebody out again, also when their addresses changed since or their contact was erased
    (`contact_id` is null then). `asked_at` is when a request first named them: the network may know them since.
    """

    class State(models.TextChoices):
        ADDING = "adding", _("On its way in")
        IN = "in", _("In the audience")
        REMOVING = "removing", _("On its way out")

    audience = models.ForeignKey(
        Audience, models.CASCADE, related_name="members", db_constraint=False, db_index=False
    )
    contact_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.ADDING)
    email_hash = models.CharField(max_length=64, blank=True, default="")
    phone_hash = models.CharField(max_length=64, blank=True, default="")
    asked_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "audience", "contact_id"],
                condition=Q(state="adding"),
                name="delivery_audiencemember_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["workspace", "audience", "state", "id"], name="delivery_audiencemember_state"
            ),
            models.Index(fields=["workspace", "contact_id"], name="delivery_audiencemember_who"),
            models.Index(fields=["audience"], condition=~Q(state="in"), name="delivery_audiencemember_due"),
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} {self.state}"
