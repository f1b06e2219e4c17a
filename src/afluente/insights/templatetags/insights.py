"""How the home page writes things out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils.translation import gettext, ngettext

from afluente.ui import formats

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from decimal import Decimal

    from afluente.insights.selectors import Bar

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


@register.filter
def signed_money(amount: Decimal, currency: str) -> str:
    """`+R$ 200`, and a real minus sign below nought."""
    return f"{'+' if amount > 0 else MINUS if amount < 0 else ''}{formats.money(abs(amount), currency)}"


@register.filter
def span_or_none(span: dt.timedelta | None) -> str:
    """How long something took, in one unit (`6 min`, `3 h`, `2 d`); a dash when nothing did."""
    return "—" if span is None else _span(span)


@register.filter
def signed_span(span: dt.timedelta) -> str:
    """`+2 min`, and a real minus sign for sooner."""
    seconds = span.total_seconds()
    return f"{'+' if seconds > 0 else MINUS if seconds < 0 else ''}{_span(abs(span))}"


def _span(span: dt.timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    if minutes < 60:
        return gettext("{n} min").format(n=minutes)
    if minutes < 48 * 60:
        return gettext("{n} h").format(n=round(minutes / 60))
    return gettext("{n} d").format(n=round(minutes / (24 * 60)))


@register.filter
def bar_words(bar: Bar) -> str:
    """What a bar says: `22 Nov: 13 new deals (Site form 5, Webhook 8)`."""
    parts = ", ".join(f"{piece.label} {formats.number(piece.count)}" for piece in bar.pieces)
    said = ngettext("{day}: {n} new deal", "{day}: {n} new deals", bar.count)
    words = said.format(day=formats.day(bar.day), n=formats.number(bar.count))
    return f"{words} ({parts})" if parts else words


@register.filter
def coordinate(value: float, more: float = 0) -> str:
    """A number of a picture, with a point whatever the language."""
    return f"{value + more:g}"
