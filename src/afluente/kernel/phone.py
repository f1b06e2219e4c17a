"""Phone numbers: kept as written, compared as E.164."""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers

_BRAZIL = 55
_SIGNS = str.maketrans("", "", " ()-.\u00a0")
# Mobiles of Brazil, with or without the country's number: nine of ten numbers of an import, decided
# without the library, which takes a tenth of a millisecond for each. An area code 55 without a plus
# sign may also be the country, and 90 a way to reverse the charges: those go the long way.
_PLAIN_BRAZIL = re.compile(r"(?:\+55(?=[1-9])|(?!55|90))([1-9][1-9]9\d{8})")


@lru_cache(maxsize=65536)
def parse(raw: str, country: str) -> str | None:
    """`raw` as E.164 (`+5511984123307`), reading numbers without a prefix as of `country` (ISO code).

    None when it is no possible number; the caller keeps the raw text and flags it. Brazilian mobile
    numbers written without their ninth digit get it, so both spellings are one number (2012-2016
    reform, Anatel resolution 553).
    """
    bare = raw.translate(_SIGNS)
    if (found := _PLAIN_BRAZIL.fullmatch(bare)) and bare.isascii() and (country == "BR" or bare[0] == "+"):
        return f"+55{found[1]}"
    try:
        number = phonenumbers.parse(raw, country)
    except phonenumbers.NumberParseException:
        return None
    if number.country_code == _BRAZIL:
        number = _with_ninth_digit(number)
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _with_ninth_digit(number: phonenumbers.PhoneNumber) -> phonenumbers.PhoneNumber:
    national = str(number.national_number)
    # Area code and eight digits starting with 6 to 9 can only be a mobile from before the reform.
    if len(national) == 10 and national[2] in "6789":
        number.national_number = int(f"{national[:2]}9{national[2:]}")
    return number


@lru_cache(maxsize=8192)
def show(e164: str) -> str:
    """`+55 11 98412-3307`, as people write it."""
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
