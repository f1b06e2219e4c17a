"""Numbers, money and dates as people read them.

Language follows the person, numbers and dates follow the region of the workspace: an English
interface in a Brazilian workspace writes R$ 24.800 and 21 Nov, 14:32 (DESIGN-LANGUAGE 7).
"""

from __future__ import annotations

import datetime as dt
import re
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_precision
from django.utils import timezone
from django.utils.translation import get_language, gettext

if TYPE_CHECKING:
    from collections.abc import Iterator

_region: ContextVar[str] = ContextVar("region", default="")
_home: ContextVar[str] = ContextVar("home", default="")
_ENGLISH_MONTH_FIRST = {"US", "CA", "PH"}
_UNITS = ("B", "kB", "MB", "GB", "TB")


@contextmanager
def region(country: str, zone: str = "") -> Iterator[None]:
    """Write numbers and dates as in `country` (ISO 3166, two letters) inside the block.

    `zone` is where the workspace is at home, wherever the person is.
    """
    token, home = _region.set(country), _home.set(zone)
    try:
        yield
    finally:
        _region.reset(token)
        _home.reset(home)


def home() -> tuple[str, str]:
    """The country and the zone of the surrounding `region`; empty where there is none."""
    return _region.get(), _home.get()


@lru_cache(maxsize=256)
def _locales(language: str, country: str) -> tuple[Locale, Locale]:
    """The locale of numbers and the locale of dates."""
    spoken = Locale.parse(language.replace("-", "_").lower().replace("_br", "_BR"))
    if not country:
        country = spoken.territory or ""
    numbers = Locale.parse(f"und_{country}") if country else spoken
    try:
        dates = Locale(spoken.language, country or None)
    except UnknownLocaleError:
        dates = spoken
        if spoken.language == "en" and country not in _ENGLISH_MONTH_FIRST:
            dates = Locale("en", "GB")
    return numbers, dates


def _present() -> tuple[Locale, Locale]:
    return _locales(get_language() or "en", _region.get())


def money(amount: Decimal | int, currency: str) -> str:
    """`amount` in `currency` (ISO 4217). Cents are shown only when there are any."""
    return _money(Decimal(amount), currency, _present()[0])


@lru_cache(maxsize=16_384)
def _money(amount: Decimal, currency: str, locale: Locale) -> str:
    amount = round(amount, 2)
    if amount != amount.to_integral_value():
        return format_currency(amount, currency, locale=locale)
    pattern = locale.currency_formats["standard"].pattern
    whole = re.sub(r"\.0+", "", pattern)
    return format_currency(amount, currency, whole, locale=locale, currency_digits=False)


def money_exact(amount: Decimal, currency: str) -> str:
    """`amount` with all the places of its currency, and more where it has more, as on a bill."""
    locale = _present()[0]
    pattern = re.sub(r"0\.0+", _digits(amount, currency), locale.currency_formats["standard"].pattern)
    return format_currency(amount, currency, pattern, locale=locale, currency_digits=False)


def places(amount: Decimal, currency: str) -> str:
    """The same without the sign of the currency, as in a box where it is typed."""
    return format_decimal(amount, f"#,##{_digits(amount, currency)}", locale=_present()[0])


def _digits(amount: Decimal, currency: str) -> str:
    """The end of a pattern: as many places as the currency has, or as the amount needs."""
    wanted = max(get_currency_precision(currency), -int(amount.normalize().as_tuple().exponent))
    return "0" + ("." + "0" * wanted if wanted else "")


def number(value: Decimal | int) -> str:
    """A count or a measure with the region's separators."""
    return _number(value, _present()[0])


@lru_cache(maxsize=4096)
def _number(value: Decimal | int, locale: Locale) -> str:
    return format_decimal(value, locale=locale)


def exact(value: Decimal) -> str:
    """A number with all its places, as far as a field keeps them."""
    return format_decimal(value, "#,##0.##########", locale=_present()[0], decimal_quantization=False)


def size(count: int) -> str:
    """So many bytes, `1,5 MB`: with one place at most, and that only when it says something."""
    value, unit = Decimal(count), 0
    # What would be written as 1,024 is the next unit already.
    while round(value, 1 if unit else 0) >= 1024 and unit < len(_UNITS) - 1:
        value, unit = value / 1024, unit + 1
    return f"{format_decimal(value, '#,##0.#', locale=_present()[0])}\N{NO-BREAK SPACE}{_UNITS[unit]}"


def percent(share: float) -> str:
    """A share (0.72) as whole per cent, `72 %`."""
    return format_percent(share, "#,##0 %", locale=_present()[0])


def short_number(value: int) -> str:
    """A count that fits a badge: 999, then 1,2 k."""
    if value < 1000:
        return str(value)
    return f"{format_decimal(Decimal(value) / 1000, '#,##0.#', locale=_present()[0])} k"


def clock(moment: dt.datetime) -> str:
    """The time of day, in the person's zone."""
    local = timezone.localtime(moment)
    return _clock(local.hour, local.minute, _present()[1])


# A page of history writes the same few days and minutes again and again, hence the caches.
@lru_cache(maxsize=4096)
def _clock(hour: int, minute: int, locale: Locale) -> str:
    return format_time(dt.time(hour, minute), "short", locale=locale)


def day(moment: dt.datetime | dt.date) -> str:
    """A short date; the year only when it is not this year."""
    local = timezone.localtime(moment).date() if isinstance(moment, dt.datetime) else moment
    skeleton = "MMMd" if local.year == timezone.localdate().year else "yMMMd"
    return _day(local, skeleton, _present()[1])


@lru_cache(maxsize=4096)
def _day(date: dt.date, skeleton: str, locale: Locale) -> str:
    return format_skeleton(skeleton, _as_moment(date), locale=locale)


def day_exact(date: dt.date) -> str:
    """A whole date in figures, with its year, as on a bill."""
    return format_date(
        date,
        "yyyy-MM-dd" if _region.get() == "PL" else "dd/MM/yyyy" if _region.get() == "BR" else "medium",
        locale=_present()[1],
    )


def day_name(moment: dt.datetime | dt.date) -> str:
    """The heading of a day: Today, Yesterday, or Wednesday, 19 November."""
    local = timezone.localtime(moment).date() if isinstance(moment, dt.datetime) else moment
    distance = (timezone.localdate() - local).days
    if distance in {0, 1}:
        return gettext("Yesterday") if distance else gettext("Today")
    return weekday(local)


def weekday(moment: dt.datetime | dt.date) -> str:
    """A day with its name, `Friday, 21 November`, also when it is today."""
    local = timezone.localtime(moment).date() if isinstance(moment, dt.datetime) else moment
    locale = _present()[1]
    if local.year != timezone.localdate().year:
        return format_date(local, "full", locale=locale)
    name, rest = format_date(local, "EEEE", locale=locale), format_skeleton("MMMMd", local, locale=locale)
    return f"{name}, {rest}"


def weekday_short(moment: dt.datetime | dt.date) -> str:
    """The short name of a weekday alone, as calendars head their columns: Mon, seg., pon."""
    local = timezone.localtime(moment).date() if isinstance(moment, dt.datetime) else moment
    return format_date(local, "ccc", locale=_present()[1])


def month(moment: dt.datetime | dt.date) -> str:
    """A month alone, in the case its language writes it: November, novembro, listopad."""
    local = timezone.localtime(moment).date() if isinstance(moment, dt.datetime) else moment
    return format_date(local, "LLLL", locale=_present()[1])


def when(moment: dt.datetime) -> str:
    """Date and time, `21 Nov, 14:32`."""
    return f"{day(moment)}, {clock(moment)}"


def ago(moment: dt.datetime) -> str:
    """How long ago, up to a day; then the date (`12 min`, `3 h`, `19 Nov`)."""
    minutes = int((timezone.now() - moment).total_seconds() // 60)
    if minutes < 1:
        return gettext("now")
    if minutes < 60:
        return gettext("{n} min").format(n=minutes)
    if minutes < 24 * 60:
        return gettext("{n} h").format(n=minutes // 60)
    return day(moment)


def _as_moment(date: dt.date) -> dt.datetime:
    """Babel wants a moment; noon of the day, so that no zone can move it."""
    return dt.datetime(date.year, date.month, date.day, 12, tzinfo=dt.UTC)
