"""Every change of delivery."""

from afluente.delivery.services.consenting import (
    come_back,
    has_left,
    judged,
    leave,
    leaving_url,
    read_leaving,
    refusal,
    refusals,
    release,
    say_consent,
    suppress,
)
from afluente.delivery.services.queueing import GOES_ON, NewMessage, cancel_messages, queue_messages, wake
from afluente.delivery.services.rendering import BadTemplateError, Rendered, render
from afluente.delivery.services.senders import forget_sender, save_sender, send_test
from afluente.delivery.services.sending import send_due
from afluente.delivery.services.settling import DecidedError, decide, send_again, withdraw
from afluente.delivery.services.templates import (
    BODY,
    BadValuesError,
    archive_template,
    preview,
    save_template,
    template_problems,
)

__all__ = [
    "BODY",
    "GOES_ON",
    "BadTemplateError",
    "BadValuesError",
    "DecidedError",
    "NewMessage",
    "Rendered",
    "archive_template",
    "cancel_messages",
    "come_back",
    "decide",
    "forget_sender",
    "has_left",
    "judged",
    "leave",
    "leaving_url",
    "preview",
    "queue_messages",
    "read_leaving",
    "refusal",
    "refusals",
    "release",
    "render",
    "save_sender",
    "save_template",
    "say_consent",
    "send_again",
    "send_due",
    "send_test",
    "suppress",
    "template_problems",
    "wake",
    "withdraw",
]
