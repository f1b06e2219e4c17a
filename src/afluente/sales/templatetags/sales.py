"""How prices, quantities and rates are written out: `{% load sales %}`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from afluente.ui import formats

if TYPE_CHECKING:
    from decimal import Decimal

register = template.Library()


@register.filter
def price(amount: Decimal, currency: str) -> str:
    """An amount with all its cents."""
    return formats.money_exact(amount, currency)


@register.filter
def exact(value: Decimal) -> str:
    """A quantity with as many places as it has."""
    return formats.exact(value)


@register.filter
def rate(value: Decimal) -> str:
    """A rate of tax in per cent."""
    return f"{formats.exact(value)} %"


@register.filter
def places(amount: Decimal, currency: str) -> str:
    """An amount as in a box: with the cents of its currency, without its sign."""
    return formats.places(amount, currency)
