"""Looking for a text in a body as it arrived: bytes, which need not be valid text."""

from __future__ import annotations

from django.db.models import F, Func, IntegerField, Value
from django.db.models.lookups import GreaterThan


def contains(field: str, typed: str) -> GreaterThan:
    """Whether the bytes in `field` hold those of `typed`."""
    needle = Value(typed.encode("utf-8", "replace"))
    position = Func(needle, F(field), function="POSITION", arg_joiner=" IN ", output_field=IntegerField())
    return GreaterThan(position, 0)
