"""Reading what somebody typed, or a program sent, as a value of a field (crm.md 2.3)."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from babel.core import Locale
from babel.numbers import get_decimal_symbol, get_group_symbol

from afluente.contacts.models import Field
from afluente.contacts.models.fields import TEXT_LIMIT
from afluente.kernel import tax_ids, text
from afluente.kernel.sayings import gettext, ngettext

if TYPE_CHECKING:
    from collections.abc import Callable

    from afluente.contacts.selectors import Held, KnownField, Place

MONTH_FIRST = frozenset({"US", "PH", "FM", "MH", "PW"})
WHOLE_PLACES, PLACES = 20, 10  # of a number, before and after the decimal sign
_NUMBER = re.compile(r"[+-]?[.,]?[0-9][0-9.,]*")
_DATE = re.compile(r"(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})(?:[T, ]+(.+))?")
_TIME = re.compile(r"(\d{1,2})[:h](\d{2})?(?::(\d{2})(?:\.\d+)?)?")
_SPLIT = re.compile(r"[;\n]+")
YES = frozenset({"1", "true", "yes", "y", "on", "x", "sim", "s", "verdadeiro", "tak", "t", "prawda"})
NO = frozenset({"0", "false", "no", "n", "off", "nao", "falso", "nie", "falsz"})


class ValueRefusedError(Exception):
    """A value that a field cannot hold; its text names the field and says what to do."""

    def __init__(self, field: str, advice: str) -> None:
        super().__init__(f"{field}: {advice}")
        self.field, self.advice = field, advice


def read_value(field: KnownField, typed: Any, place: Place) -> Held | None:
    """The value meant by `typed`, a text, a list of texts or a value from JSON; None for empty.

    Numbers and dates are read as the country of `place` writes them, or as JSON and ISO 8601 do.
    Choices are given by their words, or by number (an int, or a text such as `#12`). Raises
    ValueRefusedError.
    """
    if isinstance(typed, str):
        typed = unicodedata.normalize("NFC", typed).strip()
    if typed is None or typed in ("", [], ()):
        return None
    return _READERS[field.kind](field, typed, place)


def _text(field: KnownField, typed: Any, _place: Place) -> Held | None:
    if isinstance(typed, list | dict | bool):
        raise ValueRefusedError(field.name, gettext("Write a text."))
    lines = [text.clean(line, limit=len(line)) for line in str(typed).splitlines()]
    words = "\n".join(lines).strip()
    if (over := len(words) - TEXT_LIMIT) > 0:
        advice = ngettext(
            "It holds 5,500 characters. Take out {n} character.",
            "It holds 5,500 characters. Take out {n} characters.",
            over,
        )
        raise ValueRefusedError(field.name, advice.format(n=over))
    return (_FORMATS[field.format](field, words) if field.format else words) or None


def _cpf(field: KnownField, words: str) -> str:
    return tax_ids.cpf(words) or _refuse_tax_id(field, words, "CPF", 11)


def _cnpj(field: KnownField, words: str) -> str:
    return tax_ids.cnpj(words) or _refuse_tax_id(field, words, "CNPJ", 14)


def _either(field: KnownField, words: str) -> str:
    return _cnpj(field, words) if len(tax_ids.bare(words)) > 11 else _cpf(field, words)


def _refuse_tax_id(field: KnownField, words: str, name: str, length: int) -> str:
    if len(tax_ids.bare(words)) != length:
        advice = gettext("A {name} has {n} signs. Check that none is missing.").format(name=name, n=length)
    else:
        advice = gettext("This {name} has a typing mistake: its last two digits do not fit.").format(
            name=name
        )
    raise ValueRefusedError(field.name, advice)


def _link(field: KnownField, typed: Any, _place: Place) -> Held | None:
    address = text.clean(typed, limit=TEXT_LIMIT + 1)
    try:
        parts = urlsplit(address)
        is_good = parts.scheme.lower() in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        is_good = False
    if is_good and " " not in address and len(address) <= TEXT_LIMIT:
        return address
    if "." in address and "//" not in address and " " not in address:
        advice = gettext("Write the whole address: https://{address}").format(address=address)
    else:
        advice = gettext("Write an address that starts with https://")
    raise ValueRefusedError(field.name, advice)


def _number(field: KnownField, typed: Any, place: Place) -> Held | None:
    try:
        number = _json_number(typed) if not isinstance(typed, str) else parse_number(typed, place.country)
    except (InvalidOperation, TypeError, ValueError) as error:
        decimal, group = _signs(place.country)
        example = f"1{group}234{decimal}56"
        raise ValueRefusedError(
            field.name, gettext("Write a number, such as {example}.").format(example=example)
        ) from error
    if abs(number) >= Decimal(10) ** WHOLE_PLACES:
        raise ValueRefusedError(field.name, gettext("This number is too large."))
    return number.quantize(Decimal(1).scaleb(-PLACES)).normalize() + 0


def _json_number(typed: Any) -> Decimal:
    if isinstance(typed, bool) or not isinstance(typed, int | float | Decimal):
        raise TypeError(typed)
    number = Decimal(str(typed))
    if not number.is_finite():
        raise ValueError(typed)
    return number


def parse_number(typed: str, country: str) -> Decimal:
    """A number as `country` writes it. A sign that can only group or only divide is taken for that.

    Raises ValueError or decimal.InvalidOperation.
    """
    signs = re.sub(r"[\s\u00a0\u202f']", "", typed).replace("\u2212", "-")
    if not _NUMBER.fullmatch(signs):
        raise ValueError(typed)
    found = [sign for sign in signs if sign in ".,"]
    decimal = _signs(country)[0]
    if len(set(found)) == 2:
        decimal = found[-1]
        if found.count(decimal) > 1:
            raise ValueError(typed)
    elif found and found[0] != decimal and not re.fullmatch(r"[+-]?\d{1,3}([.,]\d{3})+", signs):
        decimal = found[0]  # 12.5 where a comma divides: no group has one digit
    elif found.count(decimal) > 1:
        decimal = "," if decimal == "." else "."  # 1,234,567 can only be groups
    whole, _, rest = signs.partition(decimal)
    group = "," if decimal == "." else "."
    if group in whole and not re.fullmatch(rf"[+-]?\d{{1,3}}({re.escape(group)}\d{{3}})+", whole):
        raise ValueError(typed)
    return Decimal(f"{whole.replace(group, '')}.{rest or 0}")


def _signs(country: str) -> tuple[str, str]:
    locale = Locale.parse(f"und_{country}") if country else Locale("en")
    decimal = get_decimal_symbol(locale)
    group = get_group_symbol(locale)
    return (decimal, group) if decimal in ".," else (".", ",")


def _moment(field: KnownField, typed: Any, place: Place) -> Held | None:
    try:
        return parse_moment(str(typed), place)
    except (ValueError, OverflowError) as error:
        example = "11/21/2026" if place.country in MONTH_FIRST else "21/11/2026"
        advice = gettext("Write a date such as {example}, with a time if you like: {example} 14:30.")
        raise ValueRefusedError(field.name, advice.format(example=example)) from error


def parse_moment(typed: str, place: Place) -> dt.datetime:
    """A date, with a time or without (midnight), day first except where people write the month first.

    ISO 8601 is read anywhere; without an offset the time is that of `place`. Raises ValueError.
    """
    found = _DATE.fullmatch(typed.strip())
    if found is None:
        raise ValueError(typed)
    first, second, third, time = found[1], int(found[2]), found[3], found[4]
    if len(first) == 4:
        if time is not None and "T" in typed:
            moment = dt.datetime.fromisoformat(typed.strip())
            return _within(moment if moment.tzinfo else moment.replace(tzinfo=place.zone))
        day = dt.date(int(first), second, int(third))
    else:
        year = int(third) + (0 if len(third) == 4 else 2000 if int(third) < 70 else 1900)
        month, of_month = (int(first), second) if place.country in MONTH_FIRST else (second, int(first))
        day = dt.date(year, month, of_month)
    return _within(dt.datetime.combine(day, _time(time), tzinfo=place.zone))


def _within(moment: dt.datetime) -> dt.datetime:
    """In UTC, within the years that people mean."""
    if not 1000 <= moment.year <= 9990:
        raise ValueError(moment)
    return moment.astimezone(dt.UTC)


def _time(typed: str | None) -> dt.time:
    if not typed:
        return dt.time()
    found = _TIME.fullmatch(typed.strip())
    if found is None:
        raise ValueError(typed)
    return dt.time(int(found[1]), int(found[2] or 0), int(found[3] or 0))


def _checkbox(field: KnownField, typed: Any, _place: Place) -> Held | None:
    if isinstance(typed, bool):
        return typed
    word = text.norm(str(typed))
    if word in YES or word in NO:
        return word in YES
    raise ValueRefusedError(field.name, gettext("Write yes or no."))


def _select(field: KnownField, typed: Any, _place: Place) -> Held | None:
    given = typed if isinstance(typed, list | tuple) else [typed]
    if len(given) > 1:
        raise ValueRefusedError(field.name, gettext("Choose only one."))
    return (_chosen(field, given[0]),)


def _multiselect(field: KnownField, typed: Any, _place: Place) -> Held | None:
    given = typed if isinstance(typed, list | tuple) else _words(field, typed)
    chosen = {_chosen(field, one) for one in given if str(one).strip()}
    return tuple(option.id for option in field.options if option.id in chosen) or None


def _words(field: KnownField, typed: Any) -> list[Any]:
    """One text as several choices: parted by semicolons or lines, else by commas where no choice has one."""
    if not isinstance(typed, str):
        return [typed]
    parts = [part.strip() for part in _SPLIT.split(typed)]
    known = {text.norm(option.label) for option in field.options}
    if len(parts) == 1 and text.norm(typed) not in known:
        parts = [part.strip() for part in typed.split(",")]
    return parts


def _chosen(field: KnownField, given: Any) -> int:
    """The number of one choice. Archived ones are found too: records may have them."""
    word = str(given).strip()
    by_number = {str(option.id): option.id for option in field.options}
    if isinstance(given, int) or word.startswith("#"):
        found = by_number.get(word.removeprefix("#"))
    else:
        by_word = {text.norm(option.label): option.id for option in reversed(field.options)}
        found = by_word.get(text.norm(word)) or by_number.get(word)
    if found is None:
        offered = ", ".join(option.label for option in field.offered[:10])
        advice = gettext("There is no choice {choice}. Choose from: {choices}.")
        raise ValueRefusedError(field.name, advice.format(choice=word[:60], choices=offered))
    return found


_READERS: dict[str, Callable[[KnownField, Any, Place], Held | None]] = {
    Field.Kind.TEXT: _text,
    Field.Kind.LINK: _link,
    Field.Kind.NUMBER: _number,
    Field.Kind.MOMENT: _moment,
    Field.Kind.CHECKBOX: _checkbox,
    Field.Kind.SELECT: _select,
    Field.Kind.MULTISELECT: _multiselect,
}
_FORMATS: dict[str, Callable[[KnownField, str], str]] = {
    Field.Format.CPF: _cpf,
    Field.Format.CNPJ: _cnpj,
    Field.Format.CPF_CNPJ: _either,
}
