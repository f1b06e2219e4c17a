"""How prices, quantities and rates are written out: `{% load sales %}`."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import template

from afluente.sales.models import WORDS
from afluente.sales.selectors import tone
from afluente.ui import formats

if TYPE_CHECKING:
    from afluente.sales.models import Document

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


@register.filter
def price_text(amount: str, currency: str) -> str:
    """An amount that a document keeps as a text."""
    return formats.money_exact(Decimal(amount), currency)


@register.filter
def number_text(value: str) -> str:
    """A quantity that a document keeps as a text."""
    return formats.exact(Decimal(value))


@register.filter
def state_tone(document: Document) -> str:
    """The tone of a document's badge."""
    return tone(document)


@register.filter
def became(entry: Any) -> str:
    """What an event says became of a document, in words that fit its kind; of a part of the money, how much."""
    said, words = entry.data, WORDS.get(entry.data["document_kind"], {})
    before, after = (Decimal(one) for one in said.get("paid") or ("0", "0"))
    if entry.kind.name == "document.paid" and after < Decimal(said["total"]):
        return f"{words['part_paid']}, {formats.money_exact(after - before, said['currency'])}"
    return str(words.get(entry.kind.name.removeprefix("document.")) or entry.kind.label)
