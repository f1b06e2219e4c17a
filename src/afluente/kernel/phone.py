"""Phone numbers: kept as written, compared as E.164."""

from __future__ import annotations

from functools import lru_cache

import phonenumbers

_BRAZIL = 55


@lru_cache(maxsize=65536)
def parse(raw: str, country: str) -> str | None:
    """`raw` as E.164 (`+5511984123307`), reading numbers without a prefix as of `country` (ISO code).

    None when it is no possible number; the caller keeps the raw text and flags it. Brazilian mobile
    numbers written without their ninth digit get it, so both spellings are one number (2012-2016
    reform, Anatel resolution 553).
    """
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
