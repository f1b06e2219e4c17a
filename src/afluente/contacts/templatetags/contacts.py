"""What templates of contacts need said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template

from afluente.contacts.selectors import duplicates

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

register = template.Library()


@register.simple_tag
def merge_reasons(reasons: Sequence[Sequence[str]] | None) -> list[duplicates.Reason]:
    """Why contacts were merged, in words."""
    return duplicates.spoken_reasons(reasons or [])


@register.simple_tag(takes_context=True)
def duplicate_count(context: Mapping[str, Any]) -> int:
    """How many possible duplicates wait for whoever looks, counted up to 100."""
    return duplicates.open_count(context["request"].member)
