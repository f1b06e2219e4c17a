"""How the home page writes things out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from afluente.ui import formats

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from decimal import Decimal

register = template.Library()
MINUS = "\u2212"


@register.filter
def sums_or_none(amounts: Mapping[str, Decimal]) -> str:
    """Sums by currency in one line; a dash when there is nothing to add up."""
    return " + ".join(formats.money(amount, currency) for currency, amount in amounts.items()) or "—"


@register.filter
def signed(number: int) -> str:
    """`+12`, `0`, and a real minus sign below it."""
    if number == 0:
        return "0"
    return f"{'+' if number > 0 else MINUS}{formats.number(abs(number))}"


@register.filter
def month_name(moment: dt.datetime) -> str:
    """The month alone: November."""
    return formats.month(moment)


@register.filter
def day_full(moment: dt.datetime) -> str:
    """Friday, 21 November, also when it is today."""
    return formats.weekday(moment)


@register.filter
def first_word(name: str) -> str:
    """What people are called when they are greeted."""
    return name.split()[0] if name.split() else name


@register.filter
def stage_class(depth: str) -> str:
    """The colour class of a stage from its depth."""
    return depth if depth.startswith("st-") else f"st-{depth}"
