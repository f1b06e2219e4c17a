"""The words of SMPP 3.4 that a sender needs, as bytes and back (SMPP Developers Forum, 3.4, issue 1.2, chapter 4)."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

from afluente.delivery.services import segments

HEAD = struct.Struct(">IIII")
LONGEST = 64 * 1024  # bytes of a word
GENERIC_NACK, SUBMIT, DELIVER, UNBIND, BIND, ENQUIRE = 0, 4, 5, 6, 9, 0x15
ANSWER = 0x8000_0000
OK, INVALID_TO, QUEUE_FULL, SYSTEM_ERROR, THROTTLED = 0, 0x0B, 0x14, 0x08, 0x58
LATER = {SYSTEM_ERROR, QUEUE_FULL, THROTTLED, 0x64}
UDH, RECEIPT = 0x40, 0x04  # of esm_class
GSM, UCS2 = 0, 8  # of data_coding
RECEIPTED_ID, MESSAGE_STATE = 0x001E, 0x0427
_EXTENDED = dict(zip("\f^{}\\[~]|€", bytes.fromhex("0a1428292f3c3d3e4065"), strict=True))
# Where the escape stands the table has a place that no text uses.
_TABLE = {sign: place if place < 27 else place + 1 for place, sign in enumerate(segments.BASIC)}
STATES = {1: "ENROUTE", 2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 6: "ACCEPTD", 8: "REJECTD"}
_FIELD = re.compile(rb"\b(id|stat|err):([^\s]*)", re.IGNORECASE)


class BadPduError(ValueError):
    """What came is no word of SMPP."""


@dataclass(frozen=True)
class Pdu:
    """One word: what it is, what became of it, which one it answers, and the rest."""

    command: int
    status: int
    number: int
    body: bytes = b""

    def encode(self) -> bytes:
        """As it crosses the wire."""
        return HEAD.pack(HEAD.size + len(self.body), self.command, self.status, self.number) + self.body


@dataclass(frozen=True)
class Delivery:
    """What a deliver_sm says: a receipt names the message and its state."""

    is_receipt: bool
    message_id: str
    state: str
    error: str


def c_string(said: str, most: int) -> bytes:
    """Text that ends with a nought. Raises ValueError for what is too long or not ASCII."""
    raw = said.encode("ascii")
    if len(raw) >= most or 0 in raw:
        raise ValueError(f"{said[:40]!r} is too long for SMPP.")
    return raw + b"\0"


def bind(number: int, *, system_id: str, password: str, system_type: str) -> Pdu:
    """Sign in to send and to hear."""
    words = c_string(system_id, 16) + c_string(password, 9) + c_string(system_type, 13)
    return Pdu(BIND, OK, number, words + bytes((0x34, 0, 0)) + b"\0")


def address(said: str) -> bytes:
    """A sender or a receiver with its type: a number with its country, another number, or a name."""
    if said.startswith("+"):
        return bytes((1, 1)) + c_string(said[1:], 21)
    return bytes((0, 1) if said.isdigit() else (5, 0)) + c_string(said, 21)


def submit(number: int, *, sender: str, to: str, text: bytes, coding: int, is_part: bool, asks: bool) -> Pdu:
    """One short message, or a part of a long one. `asks`: a receipt is wanted."""
    body = b"\0" + address(sender) + address(to)
    body += bytes((UDH if is_part else 0, 0, 0)) + b"\0\0" + bytes((1 if asks else 0, 0, coding, 0))
    return Pdu(SUBMIT, OK, number, body + bytes((len(text),)) + text)


def parts(text: str, reference: int) -> tuple[int, list[bytes]]:
    """The coding of a text and its parts as bytes, each with the header that joins them when there are several."""
    pieces = segments.split(text)
    is_plain = segments.count(text).is_plain
    raw = [_gsm(one) if is_plain else one.encode("utf-16-be") for one in pieces]
    if len(raw) > 1:
        head = bytes((5, 0, 3, reference % 256, len(raw)))
        raw = [head + bytes((place,)) + one for place, one in enumerate(raw, 1)]
    return (GSM if is_plain else UCS2), raw


def _gsm(text: str) -> bytes:
    found = bytearray()
    for sign in text:
        if sign in _EXTENDED:
            found += bytes((27, _EXTENDED[sign]))
        else:
            found.append(_TABLE[sign])
    return bytes(found)


def taken_id(pdu: Pdu) -> str:
    """The number that the other side gave a message."""
    return pdu.body.partition(b"\0")[0].decode("ascii", "replace")


def delivery(pdu: Pdu) -> Delivery:
    """Read a deliver_sm. Raises BadPduError."""
    try:
        rest = pdu.body[pdu.body.index(b"\0") + 1 :]
        for _ in range(2):
            rest = rest[rest.index(b"\0", 2) + 1 :]
        esm_class, rest = rest[0], rest[3:]
        for _ in range(2):
            rest = rest[rest.index(b"\0") + 1 :]
        length = rest[4]
        text, optional = rest[5 : 5 + length], _optional(rest[5 + length :])
    except (ValueError, IndexError, struct.error) as odd:
        raise BadPduError(str(odd)) from odd
    said = {name.lower().decode(): value.decode("ascii", "replace") for name, value in _FIELD.findall(text)}
    state = optional.get(MESSAGE_STATE, b"")
    named = optional.get(RECEIPTED_ID, b"").rstrip(b"\0").decode("ascii", "replace")
    return Delivery(
        is_receipt=bool(esm_class & 0x3C == RECEIPT),
        message_id=named or said.get("id", ""),
        state=STATES.get(state[0], "") if state else said.get("stat", "").upper(),
        error=said.get("err", ""),
    )


def _optional(raw: bytes) -> dict[int, bytes]:
    found = {}
    while raw:
        tag, length = struct.unpack(">HH", raw[:4])
        found[tag] = raw[4 : 4 + length]
        raw = raw[4 + length :]
    return found
