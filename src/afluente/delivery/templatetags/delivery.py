"""How messages are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from afluente.delivery.selectors import REASONS, TONES

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from afluente.delivery.models import Message

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
def braced(name: str) -> str:
    """A variable as it stands in a text."""
    return "{{ " + name + " }}"
