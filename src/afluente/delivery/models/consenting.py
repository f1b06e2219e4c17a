"""What people agreed to be sent, and addresses that nothing is sent to any more."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from afluente.delivery.models.messages import Channel
from afluente.kernel.workspace import WorkspaceModel


class Consent(WorkspaceModel):
    """What a contact last said about messages of one channel that advertise, where and when."""

    contact = models.ForeignKey(
        "contacts.Contact", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    channel = models.CharField(max_length=10, choices=Channel)
    is_given = models.BooleanField()
    source = models.CharField(max_length=150, blank=True, default="")
    at = models.DateTimeField()

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "contact", "channel"], name="delivery_consent_once")
        ]


class Suppression(WorkspaceModel):
    """An address that is passed over. `digest` finds it again when the person behind it was erased (P-2).

    Who unsubscribed gets no messages that advertise; an address that does not exist gets none at all.
    """

    class Reason(models.TextChoices):
        UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
        BOUNCED = "bounced", _("Does not exist")
        MANUAL = "manual", _("Entered by a colleague")

    channel = models.CharField(max_length=10, choices=Channel)
    digest = models.CharField(max_length=64)
    address = models.CharField(max_length=254, blank=True, default="")
    reason = models.CharField(max_length=12, choices=Reason)
    detail = models.CharField(max_length=300, blank=True, default="")
    at = models.DateTimeField()

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "channel", "digest"], name="delivery_suppression_once"
            )
        ]
        indexes = [models.Index(fields=["workspace", "-id"], name="delivery_suppression_newest")]
