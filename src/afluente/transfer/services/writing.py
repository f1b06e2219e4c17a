"""Contacts as a file: CSV and XLSX by columns, vCard by person. No cell starts a formula (S-8)."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any, Protocol

from babel.core import Locale
from babel.numbers import get_decimal_symbol
from django.utils.translation import gettext

from afluente.transfer.selectors.cells import guarded

if TYPE_CHECKING:
    import zoneinfo
    from collections.abc import Sequence

LONGEST = 32_767  # characters in a cell of a spreadsheet
MOST_ROWS = 1_048_575  # of a sheet, below its headers
EXACT = 10**15  # a spreadsheet keeps fifteen digits


class Writer(Protocol):
    """A file that rows are put into."""

    def row(self, values: Sequence[Any]) -> None: ...

    def end(self) -> None: ...


def words(value: Any, zone: zoneinfo.ZoneInfo, decimal: str = ".") -> str:
    """A value of a column as a text that our own import reads again."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, Decimal):
        return f"{value.normalize():f}".replace(".", decimal)
    if isinstance(value, dt.datetime):
        local = value.astimezone(zone)
        return f"{local:%Y-%m-%d}" if local.time() == dt.time() else f"{local:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, list | tuple):
        return "; ".join(words(one, zone, decimal) for one in value)
    return str(value)


class CsvFile:
    """UTF-8 with a mark, so that spreadsheets know; parted as the country of the workspace does. Programs want
    commas and no mark.
    """

    def __init__(
        self,
        body: IO[bytes],
        headers: Sequence[str],
        *,
        country: str,
        zone: zoneinfo.ZoneInfo,
        is_for_programs: bool = False,
    ) -> None:
        has_own = country and not is_for_programs
        symbol = get_decimal_symbol(Locale.parse(f"und_{country}")) if has_own else "."
        self._decimal = "," if symbol == "," else "."
        self._zone = zone
        self._text = io.TextIOWrapper(
            body, encoding="utf-8" if is_for_programs else "utf-8-sig", newline="", write_through=True
        )
        self._out = csv.writer(
            self._text, delimiter=";" if self._decimal == "," else ",", lineterminator="\r\n"
        )
        self.row(headers)

    def row(self, values: Sequence[Any]) -> None:
        """A negative number is a number; whatever else could be a formula is not."""
        self._out.writerow(
            [
                text if isinstance(value, Decimal | int) else guarded(text)
                for value in values
                for text in (words(value, self._zone, self._decimal),)
            ]
        )

    def end(self) -> None:
        self._text.flush()
        self._text.detach()


class XlsxFile:
    """Texts are texts, whatever they begin with; dates are dates in the time of the workspace."""

    def __init__(self, path: str, headers: Sequence[str], *, zone: zoneinfo.ZoneInfo) -> None:
        import xlsxwriter  # noqa: PLC0415  only when a spreadsheet is made

        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(path, options)
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._bold = self._book.add_format({"bold": True})
        self._headers, self._zone = headers, zone
        self._next_sheet()

    def row(self, values: Sequence[Any]) -> None:
        if self._at > MOST_ROWS:
            self._next_sheet()
        for place, value in enumerate(values):
            self._cell(place, value)
        self._at += 1

    def end(self) -> None:
        self._book.close()

    def _cell(self, place: int, value: Any) -> None:
        if isinstance(value, dt.datetime):
            local = value.astimezone(self._zone).replace(tzinfo=None)
            if local.year >= 1900:
                look = self._day if local.time() == dt.time() else self._moment
                self._sheet.write_datetime(self._at, place, local, look)
                return
        elif not isinstance(value, bool) and isinstance(value, Decimal | int) and -EXACT < value < EXACT:
            self._sheet.write_number(self._at, place, float(value))
            return
        if text := words(value, self._zone):
            self._sheet.write_string(self._at, place, text[:LONGEST])

    def _next_sheet(self) -> None:
        self._sheet = self._book.add_worksheet()
        for place, header in enumerate(self._headers):
            self._sheet.write_string(0, place, str(header)[:LONGEST], self._bold)
        self._sheet.freeze_panes(1, 0)
        self._at = 1


def card(person: dict[str, Any], companies: Sequence[tuple[str, str]]) -> str:
    """A contact (contacts.selectors.api_contacts) as a vCard 3.0, which everything reads."""
    lines = [
        "BEGIN:VCARD",
        "VERSION:3.0",
        f"N:{_escaped(person['last_name'])};{_escaped(person['first_name'])};;;",
        f"FN:{_escaped((person['first_name'] + ' ' + person['last_name']).strip() or _first_address(person))}",
        *(
            f"EMAIL{';TYPE=PREF' if one['is_primary'] else ''}:{_escaped(one['email'])}"
            for one in person["emails"]
        ),
        *(
            f"TEL{';TYPE=PREF' if one['is_primary'] else ''}:{_escaped(one['e164'] or one['raw'])}"
            for one in person["phones"]
        ),
        *(f"X-SOCIALPROFILE;TYPE={one['kind']}:{_escaped(one['value'])}" for one in person["messengers"]),
        *(f"ORG:{_escaped(name)}" for name, _ in companies),
        *(f"TITLE:{_escaped(position)}" for _, position in companies if position),
    ]
    if person["address"] or person["location"]:
        lines.append(f"ADR:;;{_escaped(person['address'])};{_escaped(person['location'])};;;")
    if person["tags"]:
        lines.append("CATEGORIES:" + ",".join(_escaped(tag["name"]) for tag in person["tags"]))
    lines += [f"UID:afluente-{person['id']}", "END:VCARD"]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _first_address(person: dict[str, Any]) -> str:
    found = [one["email"] for one in person["emails"]] + [one["raw"] for one in person["phones"]]
    return found[0] if found else f"#{person['id']}"


def _escaped(text: str) -> str:
    for sign, instead in (
        ("\\", "\\\\"),
        (";", "\\;"),
        (",", "\\,"),
        ("\r\n", "\\n"),
        ("\n", "\\n"),
        ("\r", "\\n"),
    ):
        text = text.replace(sign, instead)
    return text


def _folded(line: str) -> str:
    """At most 75 bytes in a line, no letter cut in two."""
    parts, present = [], b""
    for sign in line:
        encoded = sign.encode()
        if len(present) + len(encoded) > 74:
            parts.append(present)
            present = b" "
        present += encoded
    return b"\r\n".join([*parts, present]).decode()
