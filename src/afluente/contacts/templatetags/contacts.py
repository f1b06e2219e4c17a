"""What templates of contacts need said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.urls import reverse

from afluente.contacts.selectors import duplicates
from afluente.ui.drawing import draw_once

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.utils.safestring import SafeString

    from afluente.contacts.selectors import CardValue

register = template.Library()


@register.simple_tag
def merge_reasons(reasons: Sequence[Sequence[str]] | None) -> list[duplicates.Reason]:
    """Why contacts were merged, in words."""
    return duplicates.spoken_reasons(reasons or [])


@register.simple_tag(takes_context=True)
def duplicate_count(context: Mapping[str, Any]) -> int:
    """How many possible duplicates wait for whoever looks, counted up to 100."""
    return duplicates.open_count(context["request"].member)


@register.simple_tag
def field_value(
    value: CardValue,
    record_id: int,
    *,
    csrf_token: str,
    is_fixed: object = False,
    url_name: str = "contacts:value",
) -> SafeString:
    """What a record has in one field. `url_name` is of its editor; `is_fixed`: it may only be read."""
    return draw_once(
        "contacts/_value.html",
        {"value": value, "is_fixed": is_fixed},
        looks=(value, bool(is_fixed)),
        later={"edit_url": reverse(url_name, args=[record_id, value.field.id]), "csrf_token": csrf_token},
    )
