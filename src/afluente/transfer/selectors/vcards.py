"""vCard 2.1, 3.0 and 4.0 as a table with one row per person (RFC 2426, RFC 6350)."""

from __future__ import annotations

import quopri
import re
from typing import IO, TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from afluente.kernel.sayings import gettext
from afluente.transfer.selectors.tables import LONGEST_CELL, VCARD, Row, Shape, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django_stubs_ext import StrOrPromise

# The columns of the table, by the names mappings keep, and what they are called on screens.
COLUMNS: dict[str, StrOrPromise] = {
    "First name": _("First name"),
    "Last name": _("Last name"),
    "E-mail": _("E-mail"),
    "Phone": _("Phone"),
    "Company": _("Company"),
    "Position": _("Position"),
    "Address": _("Address"),
    "Location": _("Location"),
    "Tags": _("Tags"),
    "Note": _("Note"),
    "Telegram": "Telegram",
    "Instagram": "Instagram",
    "Facebook": "Facebook",
    "WhatsApp": "WhatsApp",
    "Birthday": _("Birthday"),
    "Web site": _("Web site"),
    "UID": "UID",
}
_HEADERS = list(COLUMNS)
_SERVICES = ("telegram", "instagram", "facebook", "whatsapp")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"n": "\n", "N": "\n"}
_LONGEST_CARD = 20_000  # lines: a card with a picture has some thousands


def guess(head: bytes, encoding: str) -> Shape:
    """How a file of cards is read. Raises UnreadableError when there is none in it."""
    if b"begin:vcard" not in head.replace(b"\x00", b"").lower():
        raise UnreadableError(gettext("There is no card in this file: none begins with BEGIN:VCARD."))
    return Shape(VCARD, encoding, has_header=True)


def rows(file: IO[bytes], shape: Shape) -> Iterator[Row]:
    """The headers, then a row per card, numbered as if the headers were the first row."""
    yield Row(1, _HEADERS)
    for number, (card, is_whole) in enumerate(_cards(file, shape.encoding), start=2):
        problem = "" if is_whole else gettext("This card has no end: END:VCARD is missing.")
        yield Row(number, _cells(card, shape.encoding), problem)


def _cards(file: IO[bytes], encoding: str) -> Iterator[tuple[list[str], bool]]:
    card: list[str] | None = None
    for line in _unfolded(file, encoding):
        mark = line.strip().upper()
        if mark == "BEGIN:VCARD":
            if card:
                yield card, False
            card = []
        elif mark == "END:VCARD":
            if card is not None:
                yield card, True
            card = None
        elif card is not None and len(card) < _LONGEST_CARD:
            card.append(line)
    if card:
        yield card, False


def _unfolded(file: IO[bytes], encoding: str) -> Iterator[str]:
    """Lines of the file; those that go on in the next are put together (also quoted-printable ones)."""
    held = ""
    is_quoted = False
    for raw in file.read().decode(encoding, "replace").lstrip("\ufeff").splitlines():
        line = raw.replace("\x00", "")
        if is_quoted:
            held = held[:-1] + line.lstrip()
        elif line[:1] in {" ", "\t"} and held:
            held += line[1:] if len(held) <= LONGEST_CELL else ""
        else:
            if held:
                yield held
            held = line
        head = held.partition(":")[0].upper()
        is_quoted = "QUOTED-PRINTABLE" in head and held.endswith("=")
    if held:
        yield held


def _cells(card: list[str], encoding: str) -> list[str]:
    found: dict[str, list[str]] = {name: [] for name in _HEADERS}
    full, family = "", False
    for line in card:
        name, params, value = _property(line, encoding)
        if name == "FN":
            full = _plain(value)
        elif name == "N":
            parts = [_plain(part) for part in _split(value, ";")] + [""] * 5
            found["Last name"] = [parts[0]]
            found["First name"] = [" ".join(part for part in (parts[1], parts[2]) if part)]
            family = bool(parts[0] or parts[1])
        else:
            _take(found, name, params, value)
    if not family and full:
        first, _, last = full.partition(" ")
        found["First name"], found["Last name"] = [first], [last]
    return ["; ".join(dict.fromkeys(part for part in found[name] if part)) for name in _HEADERS]


def _take(found: dict[str, list[str]], name: str, params: str, value: str) -> None:
    if name in {"EMAIL", "TEL"}:
        key = "E-mail" if name == "EMAIL" else "Phone"
        address = re.sub(r"(?i)^(mailto|tel):", "", _plain(value))
        is_first = "PREF" in params.upper()
        found[key].insert(0, address) if is_first else found[key].append(address)
    elif name == "ORG":
        found["Company"].append(_plain(_split(value, ";")[0]))
    elif name == "ADR":
        parts = [_plain(part) for part in _split(value, ";")] + [""] * 7
        found["Address"].append(", ".join(part for part in parts[:7] if part))
        found["Location"].append(parts[3])
    elif name == "CATEGORIES":
        found["Tags"].extend(_plain(part) for part in _split(value, ","))
    elif name in {"IMPP", "X-SOCIALPROFILE"} or name.removeprefix("X-").lower() in _SERVICES:
        _messenger(found, name, params, _plain(value))
    elif column := {
        "TITLE": "Position",
        "NOTE": "Note",
        "BDAY": "Birthday",
        "URL": "Web site",
        "UID": "UID",
    }.get(name):
        found[column].append(_plain(value))


def _messenger(found: dict[str, list[str]], name: str, params: str, value: str) -> None:
    told = f"{name} {params} {value}".lower()
    service = next((one for one in _SERVICES if one in told), "")
    if service:
        last = re.split(r"[:/@]", value.rstrip("/"))[-1]
        found[{"whatsapp": "WhatsApp"}.get(service, service.capitalize())].append(last)


def _property(line: str, encoding: str) -> tuple[str, str, str]:
    """Name, parameters and raw value of a line such as `item1.TEL;TYPE=CELL:+55 11 …`."""
    head, value = _halves(line)
    name, _, params = head.partition(";")
    if "QUOTED-PRINTABLE" in params.upper():
        charset = re.search(r"(?i)charset=\"?([\w-]+)", params)
        page = charset[1] if charset else encoding
        raw = quopri.decodestring(value.encode("latin-1", "replace"))
        try:
            value = raw.decode(page)
        except (LookupError, UnicodeDecodeError):
            value = raw.decode("latin-1")
    return name.rpartition(".")[2].upper().strip(), params, value


def _halves(line: str) -> tuple[str, str]:
    """Before and after the first colon that stands in no quotes."""
    is_quoted = False
    for place, sign in enumerate(line[:2000]):
        if sign == '"':
            is_quoted = not is_quoted
        elif sign == ":" and not is_quoted:
            return line[:place], line[place + 1 :]
    return line, ""


def _split(value: str, sign: str) -> list[str]:
    return re.split(rf"(?<!\\){re.escape(sign)}", value)


def _plain(value: str) -> str:
    return _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), value).strip()
