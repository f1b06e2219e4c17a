"""What people agreed to be sent, and addresses that nothing is sent to any more."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from afluente.delivery.models.messages import Channel
from afluente.kernel import email
from afluente.kernel.workspace import WorkspaceModel


def digest_of(address: str) -> str:
    """What an address is found again by: a keyed hash, also where the address itself was erased."""
    plain = (email.match_key(address) or address.strip().casefold()).encode()
    return hmac.new(settings.SECRET_KEY.encode(), b"suppression:" + plain, hashlib.sha256).hexdigest()


class Purpose(models.TextChoices):
    """What people agree to: messages of a channel that advertise, or to be in audiences of ad networks."""

    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")
    ADS = "ads", _("Ad audiences")


class Consent(WorkspaceModel):
    """One word of a contact about one purpose, which `channel` names; the last one counts (P-3).

    Words are added and never changed, which the database sees to: who said it, when, from where, how the
    question read. Where no word stands, what the channel asks for decides.
    """

    class Source(models.TextChoices):
        FORM = "form", _("Form")
        IMPORT = "import", _("Import")
        UNSUBSCRIBE = "unsubscribe", _("Link in a message")
        HAND = "hand", _("Entered by a colleague")
        API = "api", _("Another program")

    contact = models.ForeignKey(
        "contacts.Contact", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    channel = models.CharField(max_length=10, choices=Purpose)
    is_given = models.BooleanField(null=True)  # None: what was said before is taken back, nothing is known
    source = models.CharField(max_length=150, choices=Source, blank=True, default="")
    reason = models.CharField(max_length=300, blank=True, default="")
    wording = models.CharField(max_length=1000, blank=True, default="")
    actor_kind = models.CharField(max_length=20, blank=True, default="")
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150, blank=True, default="")
    ip = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=300, blank=True, default="")
    raw_event_id = models.BigIntegerField(null=True)  # the arrival that shows it, while it is kept
    at = models.DateTimeField()

    class Meta(WorkspaceModel.Meta):
        indexes = [
            models.Index(fields=["workspace", "contact", "channel", "-id"], name="delivery_consent_last")
        ]


class Suppression(WorkspaceModel):
    """An address that is passed over. `digest` finds it again when the person behind it was erased (P-2).

    Who unsubscribed gets no messages that advertise; an address that does not exist gets none at all. `has_left`:
    its owner unsubscribed while it was passed over for another reason, which outlives that reason.
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
    has_left = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "channel", "digest"], name="delivery_suppression_once"
            )
        ]
        indexes = [models.Index(fields=["workspace", "-id"], name="delivery_suppression_newest")]
