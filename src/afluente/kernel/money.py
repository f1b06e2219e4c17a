"""Amounts of money: exact decimals with four places and an ISO 4217 currency."""

from __future__ import annotations

import functools
import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from babel.core import Locale
from babel.numbers import (
    NumberFormatError,
    get_currency_precision,
    get_decimal_symbol,
    get_group_symbol,
    list_currencies,
    parse_decimal,
)
from django.utils.translation import gettext

PLACES = Decimal("0.0001")
LIMIT = Decimal(10) ** 15
_THOUSANDS = re.compile(r"\d{1,3}(\.\d{3})+")


class BadAmountError(ValueError):
    """The text is no amount of money, or one nobody can mean."""


class TooLargeError(BadAmountError):
    """A number that no amount of money reaches."""


def why(error: BadAmountError) -> str:
    """What whoever wrote it is told."""
    if isinstance(error, TooLargeError):
        return gettext("That is too much. Check the number of zeros.")
    return gettext("Write the amount as a number, such as 1234.56.")


def amount(value: object, *, locale: str = "en") -> Decimal:
    """A number from JSON, or a text such as `1.234,56` read in `locale`.

    Raises BadAmountError for anything else, for NaN, and for a text with an exponent, which nobody types on purpose;
    TooLargeError for 10^15 and more.
    """
    number = _exact(value, locale)
    if not number.is_finite() or (isinstance(value, str) and "e" in value.casefold()):
        raise BadAmountError(str(value)[:40])
    if abs(number) >= LIMIT:
        raise TooLargeError(str(value)[:40])
    return number.quantize(PLACES)


def _exact(value: object, locale: str) -> Decimal:
    if isinstance(value, bool) or value is None:
        raise BadAmountError(str(value))
    text = re.sub(r"[\s\u00a0\u202f]|R\$|zł|[$€£]", "", str(value))
    if isinstance(value, str) and _THOUSANDS.fullmatch(text) and not locale.startswith("en"):
        text = text.replace(".", "")  # 1.234 is a thousand and more where a point groups digits
    try:
        return Decimal(text)
    except InvalidOperation:
        pass
    try:
        place = Locale.parse(locale, sep="-")
        if not _is_grouped(text, get_group_symbol(place), get_decimal_symbol(place)):
            raise BadAmountError(str(value)[:40])
        return Decimal(str(parse_decimal(text, locale=place)))
    except (NumberFormatError, ValueError) as error:
        raise BadAmountError(str(value)[:40]) from error


def _is_grouped(text: str, group: str, point: str) -> bool:
    """Whether signs that group digits stand where they can: 45,50 is not 4550 where a comma groups."""
    first, *others = text.partition(point)[0].lstrip("+-").split(group)
    if not others:
        return True
    # Two digits stand in a group where people count in lakhs: 1,23,456.
    return 1 <= len(first) <= 3 and len(others[-1]) == 3 and all(len(one) in {2, 3} for one in others)


def rounded(amount: Decimal, currency: str) -> Decimal:
    """`amount` in whole cents of its currency, or yen, or fils; a half goes away from zero (ADR 0171)."""
    unit = Decimal(1).scaleb(-get_currency_precision(currency))
    return amount.quantize(unit, rounding=ROUND_HALF_UP)


def is_currency(code: str) -> bool:
    """Whether `code` is an ISO 4217 code in use."""
    return code in currencies()


@functools.cache
def currencies() -> frozenset[str]:
    """Every ISO 4217 code in use."""
    return frozenset(list_currencies())
