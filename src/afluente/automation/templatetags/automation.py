"""Small help for the templates of automation: `{% load automation %}`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template

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
