"""The tables of delivery."""

from afluente.delivery.models.consenting import Consent, Suppression
from afluente.delivery.models.messages import Channel, Message, Sender, Template

__all__ = [
    "Channel",
    "Consent",
    "Message",
    "Sender",
    "Suppression",
    "Template",
]
