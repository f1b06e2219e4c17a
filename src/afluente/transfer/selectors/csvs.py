"""Tables in text files: which encoding, which signs, and the rows."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from itertools import chain
from typing import IO, TYPE_CHECKING

from afluente.kernel.sayings import gettext, ngettext
from afluente.transfer.selectors.tables import (
    CSV,
    LONGEST_CELL,
    MOST_COLUMNS,
    Row,
    Shape,
    UnreadableError,
    fit,
    surplus,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = 262_144  # bytes that decide
DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = ("utf-8", "utf-16", "cp1252", "cp1250", "cp1251", "iso8859-2", "latin-1")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Bytes that mean a letter of Polish in one code page and hardly a letter in the others.
_POLISH_1250 = b"\xb3\xb9\x9c\xbf\x9f\xe6\xf1\xa3\xaf\x8c"
_POLISH_8859 = b"\xb3\xb1\xb6\xbf\xbc\xe6\xf1\xa3\xaf\xa6"
_CYRILLIC = re.compile(rb"[\xa8\xb8\xc0-\xff]{4,}")  # words of nothing but letters beyond ASCII
_WESTERN = b"\xe3\xe7\xf5\xe1\xed\xfa\xe2\xf4\xc7\xc3\xc1\xcd\xda\xe0"
_CONTROLS = [code for code in (*range(1, 32), 127) if chr(code) not in "\t\n\r\x0b\x0c\x1a\x1c\x1d\x1e\x1f"]
_UNKNOWN_1252 = b"\x81\x8d\x8f\x90\x9d"
_BREAKS_IN_A_CELL = 400  # more lines than anybody writes: a quote was never closed
_END = "\x00"  # a line after the last one, which no file can hold: a quote that is still open swallows it


def guess(head: bytes) -> Shape:
    """How a text file that begins with `head` is to be read. Raises UnreadableError."""
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise UnreadableError(gettext("The file is empty. Save it again with its rows in it."))
    encoding = guess_encoding(head)
    text = decoded(head, encoding)
    if not any(sign.isalnum() for sign in text[:4000]) or _is_binary(text):
        raise UnreadableError(gettext("This is no text. Save the table as CSV or XLSX and send it again."))
    delimiter, text = _named_delimiter(text)
    quote = _quote(text, delimiter or ",")
    return Shape(CSV, encoding, delimiter or _delimiter(text, quote), quote)


def _is_binary(text: str) -> bool:
    """Whether more signs are of those nobody types than a slip of some program explains."""
    strange = sum(text.count(chr(code)) for code in _CONTROLS)
    return strange > 4 and strange * 100 > len(text)


def guess_encoding(head: bytes) -> str:
    """One of ENCODINGS."""
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    pairs = head[: len(head) // 2 * 2]
    if pairs and max(pairs[::2].count(0), pairs[1::2].count(0)) > len(pairs) // 5:
        return "utf-16-be" if pairs[::2].count(0) > pairs[1::2].count(0) else "utf-16-le"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return _code_page(head)
    return "utf-8"


def _code_page(head: bytes) -> str:
    words = [word for word in _CYRILLIC.findall(head) if len(set(word)) > 1]
    if len(words) > 1 and sum(map(len, words)) * 2 > sum(byte > 127 for byte in head):
        return "cp1251"
    western = sum(head.count(sign) for sign in _WESTERN)
    windows = sum(head.count(sign) for sign in _POLISH_1250)
    iso = sum(head.count(sign) for sign in _POLISH_8859)
    if max(windows, iso) > western:
        return "iso8859-2" if iso > windows else "cp1250"
    return "latin-1" if any(sign in head for sign in _UNKNOWN_1252) else "cp1252"


def decoded(head: bytes, encoding: str) -> str:
    """The beginning of a file as text, without a mark of its order of bytes."""
    return head.decode(encoding, "replace").lstrip("\ufeff").replace("\x00", "")


def _named_delimiter(text: str) -> tuple[str, str]:
    """Excel's own first line `sep=;`, and the text after it."""
    named = re.match(r"sep=(.)\r?\n", text)
    return (named[1], text[named.end() :]) if named else ("", text)


def _quote(text: str, delimiter: str) -> str:
    single = len(
        re.findall(rf"(?:^|[,;\t|{re.escape(delimiter)}])'[^'\n]*'(?=[,;\t|\r\n])", text, re.MULTILINE)
    )
    return "'" if single > text.count('"') else '"'


def _delimiter(text: str, quote: str) -> str:
    """The sign under which most lines have the same number of cells."""
    best, chosen = 0.0, ","
    for sign in DELIMITERS:
        rows = [row for row in _parsed(io.StringIO(text[:65_536], newline=""), sign, quote) if row][:60]
        widths = Counter(len(row) for row in rows)
        width, often = max(widths.items(), key=lambda pair: (pair[1], pair[0]), default=(1, 0))
        score = (often / len(rows)) * min(width, 30) if rows and width > 1 else 0.0
        if score > best:
            best, chosen = score, sign
    return chosen


def _parsed(text: IO[str], delimiter: str, quote: str) -> Iterator[list[str]]:
    csv.field_size_limit(LONGEST_CELL * 10)
    try:
        yield from csv.reader(text, delimiter=delimiter, quotechar=quote)
    except csv.Error:
        return


def rows(file: IO[bytes], shape: Shape) -> Iterator[Row]:
    """Every row that is not empty, the headers too. Raises UnreadableError, naming the row."""
    text = io.TextIOWrapper(file, encoding=shape.encoding, errors="replace", newline="")
    csv.field_size_limit(LONGEST_CELL * 10)
    width, number = 0, 0
    try:
        # The mark goes before the reader sees it: a quote behind it would not begin a text.
        lines = (
            (line if place else line.lstrip("\ufeff")).replace("\x00", "") for place, line in enumerate(text)
        )
        for cells in csv.reader(chain(lines, [_END]), delimiter=shape.delimiter, quotechar=shape.quote):
            number += 1
            if cells == [_END]:
                return
            if number == 1 and len(cells) <= 2 and "".join(cells).lower().startswith("sep="):
                number = 0
                continue
            if not any(cell.strip() for cell in cells):
                continue
            width = width or _width(cells)
            yield _row(number, cells, width)
    except csv.Error as problem:
        raise UnreadableError(
            gettext("Row {n} cannot be read: a quote is opened and never closed. Mend it there.").format(
                n=number + 1
            )
        ) from problem
    except UnicodeError as problem:
        raise UnreadableError(
            gettext("The file is not written in {encoding}. Choose another encoding.").format(
                encoding=shape.encoding
            )
        ) from problem
    finally:
        text.detach()


def _width(cells: list[str]) -> int:
    count = len(cells)
    while count > 1 and not cells[count - 1].strip():
        count -= 1
    if count > MOST_COLUMNS:
        raise UnreadableError(too_wide(count))
    return count


def too_wide(count: int) -> str:
    """What to do with a table of more columns than anybody maps."""
    return gettext(
        "The file has {n} columns. Up to {most} can be brought in: delete those nobody needs."
    ).format(n=count, most=MOST_COLUMNS)


def _row(number: int, cells: list[str], width: int) -> Row:
    problem = ""
    over = surplus(cells, width)
    if _is_open(cells):
        problem = gettext("A quote is opened in this row and never closed.")
        cells = [cell[:200].rstrip(_END) for cell in cells]
    elif over:
        problem = ngettext(
            "This row has {n} cell more than the first row. A {sign} in a text needs quotes around the text.",
            "This row has {n} cells more than the first row. A {sign} in a text needs quotes around the text.",
            over,
        ).format(n=over, sign=gettext("delimiter"))
    return Row(number, fit(cells, width), problem, tuple(cells[width : width + over]))


def _is_open(cells: list[str]) -> bool:
    return cells[-1].endswith(_END) or any(
        len(cell) > LONGEST_CELL or cell.count("\n") > _BREAKS_IN_A_CELL for cell in cells
    )
