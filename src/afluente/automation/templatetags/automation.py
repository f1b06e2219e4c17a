"""Small help for the templates of automation: `{% load automation %}`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.utils.translation import ngettext

from afluente.ui import formats

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

register = template.Library()


@register.filter
def when(moment: dt.datetime) -> str:
    """Date and time, short."""
    return formats.when(moment)


@register.filter
def at(mapping: Mapping[Any, Any], key: object) -> Any:
    """What a mapping holds under a key that is itself a variable; '' when it holds nothing."""
    return mapping.get(key, "")


@register.filter
def lasting(length: dt.timedelta | None) -> str:
    """A length of time in its largest unit: days, hours or minutes."""
    minutes = int(length.total_seconds() // 60) if length else 0
    if minutes >= 2 * 24 * 60:
        n = minutes // (24 * 60)
        return ngettext("{n} day", "{n} days", n).format(n=n)
    if minutes >= 2 * 60:
        n = minutes // 60
        return ngettext("{n} hour", "{n} hours", n).format(n=n)
    return ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)
