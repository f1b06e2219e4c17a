"""What people fill in about messages."""

from afluente.delivery.forms.addresses import Addresses, spelled
from afluente.delivery.forms.audiences import Audience
from afluente.delivery.forms.consents import ConsentSaid
from afluente.delivery.forms.endpoints import Endpoint
from afluente.delivery.forms.mailboxes import Mailbox
from afluente.delivery.forms.senders import EmailSender, SmsSender
from afluente.delivery.forms.templates import SmsTemplate, Template

__all__ = [
    "Addresses",
    "Audience",
    "ConsentSaid",
    "EmailSender",
    "Endpoint",
    "Mailbox",
    "SmsSender",
    "SmsTemplate",
    "Template",
    "spelled",
]
