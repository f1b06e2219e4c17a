"""The tables of delivery."""

from afluente.delivery.models.audiences import Audience, AudienceMember
from afluente.delivery.models.consenting import Consent, Purpose, Suppression
from afluente.delivery.models.mailboxes import Mailbox
from afluente.delivery.models.messages import Channel, Message, Sender, Template
from afluente.delivery.models.traces import LETTER, Trace
from afluente.delivery.models.webhooks import Attempt, Call, Endpoint

__all__ = [
    "LETTER",
    "Attempt",
    "Audience",
    "AudienceMember",
    "Call",
    "Channel",
    "Consent",
    "Endpoint",
    "Mailbox",
    "Message",
    "Purpose",
    "Sender",
    "Suppression",
    "Template",
    "Trace",
]
