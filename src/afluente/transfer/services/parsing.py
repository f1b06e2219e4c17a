"""Cells of a table as addresses, names and dates."""

from __future__ import annotations

import datetime as dt
import re
from functools import partial
from typing import TYPE_CHECKING, Any

from afluente.contacts.services import EmailValue, MessengerValue, PhoneValue
from afluente.contacts.services.reading import NO, YES
from afluente.kernel import email, phone, text
from afluente.kernel.sayings import gettext

if TYPE_CHECKING:
    from collections.abc import Callable

LENGTHS = {
    "first_name": 150,
    "middle_name": 150,
    "last_name": 150,
    "location": 150,
    "address": 500,
    "position": 100,
}
_SEVERAL = re.compile(r"\s*(?::::|[;\n|])\s*")
_ADDRESSES = re.compile(r"\s*(?::::|[;,\n|]|\s/\s)\s*")
_SERIAL = re.compile(r"[2-7]\d{4}(?:[.,]\d+)?")  # from 1954 to 2119
_DAY = re.compile(r"(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})(.*)", re.DOTALL)


class BadCellError(Exception):
    """A cell that cannot be used. `is_kept` when it can be kept as written, flagged."""

    def __init__(self, why: str, *, kept: Any = None) -> None:
        super().__init__(why)
        self.kept = kept


def ordered(raw: str, order: str) -> str:
    """A date with its parts in another order as ISO 8601, so that no country is asked for its habit.

    A number that spreadsheets count days by, where a cell lost its format, is read as the day it stands for.
    """
    if _SERIAL.fullmatch(raw.strip()):
        return _day_of(float(raw.replace(",", ".")))
    found = _DAY.fullmatch(raw.strip())
    if found is None or len(found[1]) == 4:
        return raw
    day, month = (found[1], found[2]) if order != "mdy" else (found[2], found[1])
    year = int(found[3]) + (0 if len(found[3]) > 2 else 2000 if int(found[3]) < 70 else 1900)
    return f"{year:04}-{int(month):02}-{int(day):02}{found[4]}"


def _day_of(serial: float) -> str:
    """Days since the end of 1899, with the time as their fraction: 45992.5 is noon of 1 December 2025."""
    moment = dt.datetime(1899, 12, 30) + dt.timedelta(seconds=round(serial * 86_400))  # noqa: DTZ001  of no zone
    return moment.isoformat() if serial % 1 else moment.date().isoformat()


def line(raw: str, limit: int) -> str:
    """Words of one line. Raises BadCellError."""
    words = text.clean(raw.replace("\n", " "), limit=limit + 1)
    if len(words) > limit:
        raise BadCellError(gettext("This is longer than {n} characters.").format(n=limit))
    return words


def text_reader(target: str) -> Callable[[str], str]:
    return partial(line, limit=LENGTHS.get(target, 300))


def _emails(raw: str) -> list[EmailValue]:
    found = []
    for part in _ADDRESSES.split(raw):
        address = text.clean(part, limit=300)
        inside = re.fullmatch(r".*<([^<>]+@[^<>]+)>", address)
        address = inside[1].strip() if inside else address.removeprefix("mailto:")
        if address:
            found.append(EmailValue(address[:254], email.match_key(address) or ""))
    if any(not one.key for one in found):
        raise BadCellError(
            gettext("This is no e-mail address. It is kept as written and marked."), kept=found
        )
    return found


def phones(raw: str, country: str) -> list[PhoneValue]:
    found = []
    for part in _ADDRESSES.split(raw):
        typed = text.clean(part, limit=50).removeprefix("tel:").lstrip("'")
        if typed:
            found.append(PhoneValue(typed, phone.parse(typed, country) or ""))
    if any(not one.e164 for one in found):
        raise BadCellError(gettext("This is no phone number. It is kept as written and marked."), kept=found)
    return found


def messengers(kind: str, raw: str) -> list[MessengerValue]:
    parts = [text.clean(part, limit=100) for part in _SEVERAL.split(raw)]
    return [MessengerValue(kind, part) for part in parts if part]


def names(raw: str) -> list[str]:
    """Several names of a cell."""
    return [word for word in (text.clean(part, limit=121) for part in _SEVERAL.split(raw)) if word]


def _companies(raw: str) -> list[str]:
    found = names(raw)
    if any(len(name) > 120 for name in found):
        raise BadCellError(gettext("This is longer than {n} characters.").format(n=120))
    return found


def _tags(raw: str) -> list[str]:
    parts = [text.clean(part, limit=66).lstrip("* ") for part in _ADDRESSES.split(raw)]
    if any(len(part) > 64 for part in parts):
        raise BadCellError(gettext("This is longer than {n} characters.").format(n=64))
    return [part for part in parts if part and part != "myContacts"]


def _note(raw: str) -> list[str]:
    words = "\n".join(text.clean(line, limit=5000) for line in raw.splitlines()).strip()
    return [words[:60_000]] if words else []


def _external(raw: str) -> str:
    return text.clean(raw, limit=200)


def yes_or_no(raw: str) -> bool:
    """What somebody agreed to, or did not. Raises BadCellError."""
    word = text.norm(raw)
    if word not in YES and word not in NO:
        raise BadCellError(gettext("Write yes or no."))
    return word in YES


READERS: dict[str, Callable[[str], Any]] = {
    "email": _emails,
    "company": _companies,
    "tags": _tags,
    "note": _note,
    "external_id": _external,
}


def number_of_ours(raw: str) -> int:
    """A number that a record of ours has, with or without the sign before it. Raises BadCellError."""
    digits = raw.strip().lstrip("#").strip()
    if not (digits.isascii() and digits.isdigit() and 0 < int(digits) < 2**62 and len(digits) < 19):
        raise BadCellError(gettext("Write a number that is in the list, such as 42."))
    return int(digits)
