"""A file of people as a table: how it is read, and its rows, whatever its format."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_COLUMNS = 200
MOST_ROWS = 2_000_000
LONGEST_CELL = 100_000  # characters
SAMPLE = 20  # rows that are shown and guessed from
CSV, XLSX, VCARD = "csv", "xlsx", "vcf"


class UnreadableError(Exception):
    """The file cannot be read; the text names the file or row and says what to do."""


@dataclass(frozen=True)
class Shape:
    """How a file is read. `order` is that of dates: dmy, mdy or ymd; `decimal` divides numbers."""

    kind: str = CSV
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    has_header: bool = True
    decimal: str = "."
    order: str = "dmy"
    sheet: str = ""
    sheets: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "sheets": list(self.sheets)}

    @classmethod
    def read(cls, kept: dict[str, Any]) -> Shape:
        """What `as_json` wrote; names of other versions are passed over."""
        known = {name: value for name, value in kept.items() if name in cls.__dataclass_fields__}
        return replace(cls(), **{**known, "sheets": tuple(known.get("sheets", ()))})


@dataclass(frozen=True)
class Row:
    """A row with its number as a spreadsheet counts it. `problem` says why it cannot be used, `rest` are
    cells beyond the last column.
    """

    number: int
    cells: Sequence[str]
    problem: str = ""
    rest: Sequence[str] = ()


@dataclass(frozen=True)
class Look:
    """What the beginning of a file says: how it is read, its headers, its first rows."""

    shape: Shape
    headers: list[str]
    sample: list[list[str]]


def fit(cells: Sequence[str], width: int) -> list[str]:
    """Cells cut or filled to `width`; what is cut is empty (see `surplus`)."""
    return [*cells[:width], *[""] * (width - len(cells))]


def surplus(cells: Sequence[str], width: int) -> int:
    """How many cells too many a row has; empty ones at its end do not count."""
    count = len(cells)
    while count > width and not cells[count - 1].strip():
        count -= 1
    return max(0, count - width)


def unique(headers: Iterable[str]) -> list[str]:
    """Headers as people read them: nameless ones numbered, repeated ones counted."""
    found: list[str] = []
    seen: dict[str, int] = {}
    for number, header in enumerate(headers, start=1):
        name = " ".join(header.split())[:120] or f"#{number}"
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found
