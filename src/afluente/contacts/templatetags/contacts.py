"""What templates of contacts need said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from afluente.contacts.selectors import duplicates

if TYPE_CHECKING:
    from collections.abc import Sequence

register = template.Library()


@register.simple_tag
def merge_reasons(reasons: Sequence[Sequence[str]] | None) -> list[duplicates.Reason]:
    """Why contacts were merged, in words."""
    return duplicates.spoken_reasons(reasons or [])
