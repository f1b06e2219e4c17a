"""How messages are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from afluente.delivery import services
from afluente.delivery.selectors import CALL_REASONS, CALL_TONES, REASONS, TONES

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from afluente.delivery.models import Call, Message

register = template.Library()


@register.filter
def tone(message: Message) -> str:
    """The colour of its state."""
    return TONES.get(message.state, "")


@register.filter
def why(message: Message) -> StrOrPromise:
    """Why it ended so, in words."""
    return REASONS.get(message.reason, message.reason)


@register.filter
def call_tone(call: Call) -> str:
    """The colour of its state."""
    return CALL_TONES.get(call.state, "")


@register.filter
def call_why(call: Call) -> StrOrPromise:
    """Why it ended so, in words."""
    return CALL_REASONS.get(call.reason, call.reason)


@register.filter
def counted(message: Message) -> services.Count:
    """What a short message came to."""
    return services.count_segments(message.text)


@register.filter
def braced(name: str) -> str:
    """A variable as it stands in a text."""
    return "{{ " + name + " }}"
