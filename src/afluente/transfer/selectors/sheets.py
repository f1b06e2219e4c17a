"""Tables in spreadsheets: XLSX, also XLS and ODS, read by calamine."""

from __future__ import annotations

import datetime as dt
import zipfile
from itertools import chain, islice
from typing import IO, TYPE_CHECKING, Any

from afluente.kernel.sayings import gettext, ngettext
from afluente.transfer.selectors.csvs import too_wide
from afluente.transfer.selectors.tables import (
    LONGEST_CELL,
    MOST_COLUMNS,
    XLSX,
    Row,
    Shape,
    UnreadableError,
    fit,
    surplus,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MOST_UNPACKED = 1_000_000_000  # bytes that a spreadsheet may become
FIRST = 10  # rows that say where the table begins and how wide it is
MOST_AT_ONCE = 150  # times as large as it was sent: more is a bomb, not a table


def check(file: IO[bytes]) -> None:
    """Refuse what would fill the memory when it is unpacked, before it is. Raises UnreadableError."""
    file.seek(0)
    if not file.read(4).startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as broken:
        raise UnreadableError(_broken()) from broken
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if unpacked > MOST_UNPACKED or (unpacked > 50_000_000 and unpacked / packed > MOST_AT_ONCE):
        raise UnreadableError(
            gettext("This spreadsheet would become far larger than it looks. Save it as CSV and send that.")
        )
    if len(entries) > 10_000:
        raise UnreadableError(_broken())


def names(path: str) -> list[str]:
    """The sheets that can be seen. Raises UnreadableError."""
    return [str(name) for name in _workbook(path).sheet_names]


def _workbook(path: str) -> Any:
    import python_calamine  # noqa: PLC0415  only when a spreadsheet comes

    try:
        return python_calamine.load_workbook(path)
    except (python_calamine.CalamineError, OSError, ValueError) as broken:
        raise UnreadableError(_broken()) from broken


def _broken() -> str:
    return gettext(
        "This spreadsheet is damaged or protected by a password. Open it, save it again as XLSX or CSV."
    )


def guess(path: str) -> Shape:
    """The first sheet with a table on it, or at least with a row. Raises UnreadableError."""
    sheets = names(path)
    if not sheets:
        raise UnreadableError(gettext("There is no sheet in this spreadsheet."))
    chosen = ""
    for name in sheets:
        begun = list(islice(rows(path, Shape(XLSX, sheet=name)), 2))
        if len(begun) > 1 and len(begun[0].cells) > 1:
            chosen = name
            break
        chosen = chosen or (name if begun else "")
    if not chosen:
        raise UnreadableError(gettext("The file is empty. Save it again with its rows in it."))
    return Shape(XLSX, sheet=chosen, sheets=tuple(sheets[:100]), decimal=".", order="ymd")


def rows(path: str, shape: Shape) -> Iterator[Row]:
    """Every row that is not empty. Dates come as ISO 8601, numbers with a point. Raises UnreadableError."""
    import python_calamine  # noqa: PLC0415  only when a spreadsheet comes

    book = _workbook(path)
    try:
        sheet = book.get_sheet_by_name(shape.sheet)
        found = sheet.iter_rows()
    except (python_calamine.CalamineError, ValueError) as gone:
        raise UnreadableError(gettext("There is no sheet called {name}.").format(name=shape.sheet)) from gone
    filled = _filled(found)
    first = _below_titles(list(islice(filled, FIRST)))
    width = max((_width(texts) for _number, texts in first), default=0)
    for number, texts in chain(first, filled):
        yield _row(number, texts, width)


def _filled(found: Iterable[Sequence[Any]]) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, with their numbers."""
    for number, cells in enumerate(found, start=1):
        texts = [_text(cell) for cell in cells]
        if any(text.strip() for text in texts):
            yield number, texts


def _below_titles(first: list[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    """Without the lines above a table that only say what it is: one cell where others have several."""
    counts = [sum(bool(text.strip()) for text in texts) for _number, texts in first]
    title = next((place for place, count in enumerate(counts) if count > 1), 0)
    return first[title:]


def _row(number: int, texts: list[str], width: int) -> Row:
    over = surplus(texts, width)
    problem = ngettext(
        "This row has {n} cell more than the first rows. Empty it, or name its column in the first row.",
        "This row has {n} cells more than the first rows. Empty them, or name their columns in the first row.",
        over,
    ).format(n=over)
    return Row(number, fit(texts, width), problem if over else "", tuple(texts[width : width + over]))


def _width(cells: list[str]) -> int:
    count = len(cells)
    while count > 1 and not cells[count - 1].strip():
        count -= 1
    if count > MOST_COLUMNS:
        raise UnreadableError(too_wide(count))
    return count


def _text(cell: Any) -> str:
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        is_day = cell.time() == dt.time()
        return cell.date().isoformat() if is_day else cell.isoformat(timespec="seconds")
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    if isinstance(cell, bool):
        return "1" if cell else "0"
    return str(cell)[: LONGEST_CELL + 1].replace("\x00", "")
