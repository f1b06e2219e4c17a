"""Small help for the templates of automation: `{% load automation %}`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template

if TYPE_CHECKING:
    from collections.abc import Mapping

register = template.Library()


@register.filter
def at(mapping: Mapping[Any, Any], key: object) -> Any:
    """What a mapping holds under a key that is itself a variable; '' when it holds nothing."""
    return mapping.get(key, "")
