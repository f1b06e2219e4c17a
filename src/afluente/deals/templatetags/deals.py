"""How deals are written out: `{% load deals %}`."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from babel.core import Locale
from babel.numbers import get_currency_symbol
from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from afluente.contacts import selectors as contacts
from afluente.deals.forms.pipelines import reminder_choices
from afluente.deals.selectors import added, tone_of
from afluente.kernel import clock
from afluente.ui import formats

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from afluente.deals.selectors import Card, Column, Next

register = template.Library()

HOUR = 60
DAY = 24 * HOUR


@register.filter
def here(moment: dt.datetime) -> str:
    """How long something has been where it is: `Just now`, `12 min`, `3 h`, `6 d`."""
    minutes = int((clock.now() - moment).total_seconds() // 60)
    if minutes < 1:
        return gettext("Just now")
    if minutes < HOUR:
        return gettext("{n} min").format(n=minutes)
    if minutes < DAY:
        return gettext("{n} h").format(n=minutes // HOUR)
    return gettext("{n} d").format(n=minutes // DAY)


@register.simple_tag
def deal_card(card: Card) -> SafeString:
    """A card of a board. Boards show the same cards again and again: one that looks as before is not
    drawn anew. What it looks like follows from the arguments of `_card` alone.
    """
    age = here(card.stage_entered_at)
    due = due_tone(card)
    coming = tone_of(card.coming) if card.closed_at is None else ""
    return _card(card, card.tone, card.is_new, age, due, coming, get_language() or "en", formats.home())


@lru_cache(maxsize=4096)  # of some 800 bytes each
def _card(
    card: Card,
    tone: str,
    is_new: bool,
    age: str,
    due: str,
    coming: str,
    _language: str,
    _home: tuple[str, str],
) -> SafeString:
    context = {"card": card, "tone": tone, "is_new": is_new, "age": age, "due": due, "coming": coming}
    return SafeString(render_to_string("deals/_card.html", context))


@register.filter
def next_tone(one: Next | None) -> str:
    """How near what comes next is: `late`, `today`, `planned`, or `none`."""
    return tone_of(one)


@register.filter
def due_words(deal: Any) -> str:
    """When a deal is due: a day, or a day and a time, where the workspace is. Also of a card."""
    if deal.due_at is None:
        return ""
    local = deal.due_at.astimezone(contacts.home().zone)
    return formats.day(local.date()) if deal.is_due_day else formats.when(deal.due_at)


@register.filter
def due_tone(deal: Any) -> str:
    """`late` when it is past, `soon` within a day, else nothing; closed deals are never late."""
    if deal.due_at is None or deal.closed_at is not None:
        return ""
    left = (deal.due_at - clock.now()).total_seconds()
    return "late" if left < 0 else "soon" if left < DAY * 60 else ""


@register.filter
def reminders(_deal: Any) -> list[tuple[str, str]]:
    """How long before its due date somebody can be reminded, as (minutes, words)."""
    return reminder_choices()


@register.filter
def month_name(day: dt.date) -> str:
    """`November 2026`."""
    return f"{formats.month(day)} {day.year}"


@register.filter
def sums(amounts: Mapping[str, Decimal]) -> str:
    """Sums by currency in one line, the first currency first; nothing when there is none."""
    return " + ".join(formats.money(amount, currency) for currency, amount in amounts.items())


@register.filter
def deal_count(count: int) -> str:
    """`1 deal`, `26 deals`."""
    return ngettext("{n} deal", "{n} deals", count).format(n=formats.number(count))


@register.filter
def total(columns: Sequence[Column]) -> dict[str, Any]:
    """Count, sums and weighted sums of all columns together."""
    return {
        "count": sum(column.count for column in columns),
        "sums": added(column.sums for column in columns),
        "weighted": added(column.weighted for column in columns),
    }


@register.filter
def symbol(currency: str) -> str:
    """`R$` for BRL: what stands before an amount that is being typed."""
    return get_currency_symbol(currency, locale=Locale.parse(get_language() or "en", sep="-"))
