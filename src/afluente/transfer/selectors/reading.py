"""A file of people, whatever its format: what it is, and its rows."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

from babel.core import Locale
from babel.numbers import get_decimal_symbol

from afluente.contacts.services.reading import MONTH_FIRST
from afluente.kernel import blobs
from afluente.kernel.sayings import gettext
from afluente.transfer.selectors import csvs, sheets, vcards
from afluente.transfer.selectors.tables import (
    CSV,
    SAMPLE,
    VCARD,
    XLSX,
    Look,
    Row,
    Shape,
    UnreadableError,
    unique,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from afluente.files.models import File

_NUMBER = re.compile(r"[+-]?\d[\d.,' ]*")
_DATE = re.compile(r"(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})(?:[T ,].*)?")
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@contextmanager
def local_copy(file: File) -> Iterator[Path]:
    """The bytes of a kept file as a file of this machine. Raises blobs.BlobError."""
    with NamedTemporaryFile() as body:
        for piece in blobs.storage().read(file.key, size=file.size):
            body.write(piece)
        body.flush()
        yield Path(body.name)


def look(path: Path, *, country: str, shape: Shape | None = None) -> Look:
    """What a file is and how it begins; with `shape` it is read so. Raises UnreadableError."""
    with path.open("rb") as file:
        head = file.read(csvs.HEAD)
    found = shape or _guess(path, head)
    first = [row.cells for row in islice(rows(path, found), SAMPLE + 1)]
    if not first:
        raise UnreadableError(gettext("The file is empty. Save it again with its rows in it."))
    if shape is None:
        found = _completed(found, first, country)
    names = first[0] if found.has_header else [""] * len(first[0])
    sample = [list(cells) for cells in (first[1:] if found.has_header else first[:SAMPLE])]
    return Look(found, unique(names), [[cell[:300] for cell in cells] for cells in sample])


def rows(path: Path, shape: Shape) -> Iterator[Row]:
    """Every row, the header too. Raises UnreadableError."""
    if shape.kind == XLSX:
        yield from sheets.rows(str(path), shape)
        return
    with path.open("rb") as file:
        yield from (vcards.rows if shape.kind == VCARD else csvs.rows)(file, shape)


def data_rows(path: Path, shape: Shape, *, after: int = 0) -> Iterator[Row]:
    """The rows below the header whose number is above `after`."""
    found = rows(path, shape)
    if shape.has_header:
        next(found, None)
    return (row for row in found if row.number > after)


def _guess(path: Path, head: bytes) -> Shape:
    """By the bytes, whatever the name says."""
    if head.startswith(_SPREADSHEETS):
        with path.open("rb") as file:
            sheets.check(file)
        return sheets.guess(str(path))
    if re.match(
        rb"\s*begin:vcard", head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe"), re.IGNORECASE
    ):
        return vcards.guess(head, csvs.guess_encoding(head))
    if head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"Rar!", b"7z")):
        raise UnreadableError(
            gettext("This is no table. Save the people as CSV, XLSX or vCard and send that.")
        )
    return csvs.guess(head)


def _completed(shape: Shape, first: Sequence[Sequence[str]], country: str) -> Shape:
    """With header, decimal sign and order of dates told by the first rows."""
    has_header = shape.kind == VCARD or is_header(first[0], first[1:])
    cells = [cell.strip() for row in first[1 if has_header else 0 :] for cell in row if cell.strip()]
    if shape.kind == XLSX:
        return replace(shape, has_header=has_header, order=guess_order(cells, country))
    return replace(
        shape,
        has_header=has_header,
        decimal=guess_decimal(cells, country, shape.delimiter if shape.kind == CSV else ""),
        order=guess_order(cells, country),
    )


def is_header(cells: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names columns: words, each once, no address and no number among them."""
    named = [cell.strip() for cell in cells if cell.strip()]
    if not named or any("@" in cell or _NUMBER.fullmatch(cell) or _DATE.fullmatch(cell) for cell in named):
        return False
    if len(below) == 0:
        return len(named) > 1
    return len(named) * 2 >= len(cells)


def guess_decimal(cells: Iterable[str], country: str, delimiter: str) -> str:
    """The sign before decimals: told by 1.234,56 and 12,5; else the country's habit."""
    point = comma = 0
    for cell in cells:
        if not _NUMBER.fullmatch(cell):
            continue
        if re.search(r"\d,\d{1,2}$|\.\d{3},\d|\d,\d{4,}$", cell):
            comma += 1
        elif re.search(r"\d\.\d{1,2}$|,\d{3}\.\d|\d\.\d{4,}$", cell):
            point += 1
    if point != comma:
        return "," if comma > point else "."
    if delimiter == "," or not country:
        return "."
    return "," if get_decimal_symbol(Locale.parse(f"und_{country}")) == "," else "."


def guess_order(cells: Iterable[str], country: str) -> str:
    """dmy, mdy or ymd: told by a part above twelve; else the country's habit."""
    day = month = year = 0
    for cell in cells:
        found = _DATE.fullmatch(cell)
        if found is None:
            continue
        if len(found[1]) == 4:
            year += 1
        elif int(found[1]) > 12:
            day += 1
        elif int(found[2]) > 12:
            month += 1
    if year > day + month:
        return "ymd"
    if day != month:
        return "dmy" if day > month else "mdy"
    return "mdy" if country in MONTH_FIRST else "dmy"
