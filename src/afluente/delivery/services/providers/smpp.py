"""Short messages by SMPP 3.4: one session as transceiver that sends, and hears what became of what was sent."""

from __future__ import annotations

import hashlib
import ssl
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from afluente.delivery.services.providers import smpp_pdus as pdus
from afluente.delivery.services.providers.base import (
    Later,
    Outcome,
    Outgoing,
    Receipt,
    Refused,
    Sent,
    Unknown,
)
from afluente.kernel import outbound

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator, Mapping

PATIENCE = 15.0  # seconds for an answer
TRIES = 3  # of a part of a long message that has begun to leave
PAUSE = 1.0  # seconds between them
THERE, RETURNED = {"DELIVRD"}, {"UNDELIV", "EXPIRED", "DELETED", "REJECTD"}


class LostError(Exception):
    """The session ended, or nobody answers in it."""


class Smpp:
    """A message centre. Options: host, port, security (tls, none), system_id, system_type; the secret is the password."""

    @contextmanager
    def open(self, options: Mapping[str, Any], secret: str) -> Iterator[SmppLine]:
        """A line that binds at its first message and unbinds at the end."""
        line = SmppLine(options, secret)
        try:
            yield line
        finally:
            line.close()


class SmppLine:
    """One session at a time; one that broke is made anew by the next message."""

    def __init__(self, options: Mapping[str, Any], secret: str) -> None:
        self._options, self._secret = options, secret
        self._socket: socket.socket | None = None
        self._number = 0
        self._read = b""
        self._waiting: list[pdus.Pdu] = []  # deliveries that were not dealt with yet

    def send(self, message: Outgoing) -> Outcome:
        """Hand a message over, in parts when it is long. Before the first part is out nothing was taken."""
        reference = hashlib.sha256(message.key.encode()).digest()[0]
        coding, parts = pdus.parts(message.text, reference)
        try:
            self._bound()
        except outbound.ForbiddenPlaceError as forbidden:
            return Refused(str(forbidden), reason="forbidden_place")
        except (OSError, LostError, outbound.UnreachableError) as problem:
            self._drop()
            return Later(f"{type(problem).__name__}: {problem}"[:300])
        except ValueError as odd:
            return Refused(str(odd), reason="bad_message")
        for place, part in enumerate(parts):
            is_last = place == len(parts) - 1
            outcome = self._part(message, part, coding, is_first=not place, is_last=is_last, n=len(parts))
            if not isinstance(outcome, Sent):
                return outcome
        return outcome

    def _part(
        self, message: Outgoing, raw: bytes, coding: int, *, is_first: bool, is_last: bool, n: int
    ) -> Outcome:
        for tried in range(1, TRIES + 1):
            try:
                answer = self._ask(
                    pdus.submit(
                        self._next(),
                        sender=message.from_address,
                        to=message.address,
                        text=raw,
                        coding=coding,
                        is_part=n > 1,
                        asks=is_last,
                    )
                )
            except ValueError as odd:
                return Refused(str(odd), reason="bad_message")
            except (OSError, LostError) as lost:
                self._drop()
                return Unknown(f"{type(lost).__name__}: {lost}"[:300])
            if answer.status == pdus.OK:
                return Sent(pdus.taken_id(answer))
            if is_first or answer.status not in pdus.LATER or tried == TRIES:
                break
            time.sleep(PAUSE)  # the parts before it are out: wait for our turn
        said = f"command_status 0x{answer.status:08X}"
        if not is_first:
            return Unknown(f"{said}, after a part of it was taken")
        if answer.status in pdus.LATER:
            return Later(said)
        return Refused(said, is_gone=answer.status == pdus.INVALID_TO)

    def heard(self, seconds: float) -> Iterator[Receipt]:
        """What became of messages, until nothing is said for `seconds`. One counts as dealt with, and is confirmed
        to the other side, when the next is asked for.
        """
        try:
            self._bound()
            self._ask(pdus.Pdu(pdus.ENQUIRE, pdus.OK, self._next()))
            while True:
                while self._waiting:
                    pdu = self._waiting[0]
                    receipt = _receipt(pdu)
                    if receipt is not None:
                        yield receipt
                    self._say(pdus.Pdu(pdus.DELIVER | pdus.ANSWER, pdus.OK, pdu.number, b"\0"))
                    self._waiting.pop(0)
                if not self._hear(time.monotonic() + seconds):
                    return
        except (OSError, LostError, ValueError, outbound.ForbiddenPlaceError, outbound.UnreachableError):
            self._drop()

    def close(self) -> None:
        """Leave the session."""
        if self._socket is not None:
            with suppress(OSError, LostError):
                self._ask(pdus.Pdu(pdus.UNBIND, pdus.OK, self._next()), patience=2.0)
            self._drop()

    def _drop(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket, self._read, self._waiting = None, b"", []

    def _bound(self) -> None:
        if self._socket is not None:
            return
        options = self._options
        words = pdus.bind(
            self._next(),
            system_id=str(options["system_id"]),
            password=self._secret,
            system_type=str(options.get("system_type", "")),
        )
        host = str(options["host"])
        made = outbound.connect(host, int(options["port"]), patience=PATIENCE)
        if options.get("security") == "tls":
            made = ssl.create_default_context().wrap_socket(made, server_hostname=host)
        self._socket = made
        answer = self._ask(words)
        if answer.status != pdus.OK:
            raise LostError(f"bind refused: command_status 0x{answer.status:08X}")

    def _next(self) -> int:
        self._number = self._number % 0x7FFF_FFFF + 1
        return self._number

    def _say(self, pdu: pdus.Pdu) -> None:
        if self._socket is None:
            raise LostError("The session is over.")
        self._socket.settimeout(PATIENCE)
        self._socket.sendall(pdu.encode())

    def _ask(self, pdu: pdus.Pdu, patience: float = PATIENCE) -> pdus.Pdu:
        """Say something and wait for its answer; what else is said meanwhile is dealt with or kept."""
        self._say(pdu)
        end = time.monotonic() + patience
        while (found := self._hear(end)) is not None:
            if found.number == pdu.number and found.command in {
                pdu.command | pdus.ANSWER,
                pdus.GENERIC_NACK | pdus.ANSWER,
            }:
                return found
        raise LostError(f"No answer within {patience:g} seconds.")

    def _hear(self, end: float) -> pdus.Pdu | None:
        """The next word; None when there is none by `end`. Deliveries are put aside, questions answered."""
        found = self._word(end)
        if found is None:
            return None
        if found.command == pdus.DELIVER:
            self._waiting.append(found)
        elif found.command == pdus.ENQUIRE:
            self._say(pdus.Pdu(pdus.ENQUIRE | pdus.ANSWER, pdus.OK, found.number))
        elif found.command == pdus.UNBIND:
            self._say(pdus.Pdu(pdus.UNBIND | pdus.ANSWER, pdus.OK, found.number))
            raise LostError("The other side ended the session.")
        return found

    def _word(self, end: float) -> pdus.Pdu | None:
        while True:
            if len(self._read) >= pdus.HEAD.size:
                length, command, status, number = pdus.HEAD.unpack_from(self._read)
                if not pdus.HEAD.size <= length <= pdus.LONGEST:
                    raise LostError("The other side does not speak SMPP.")
                if len(self._read) >= length:
                    body, self._read = self._read[pdus.HEAD.size : length], self._read[length:]
                    return pdus.Pdu(command, status, number, body)
            left = end - time.monotonic()
            if left <= 0 or self._socket is None:
                return None
            self._socket.settimeout(left)
            try:
                more = self._socket.recv(65_536)
            except TimeoutError:
                return None
            if not more:
                raise LostError("The other side hung up.")
            self._read += more


def _receipt(pdu: pdus.Pdu) -> Receipt | None:
    """What a delivery says of a message of ours; None for what is no receipt, or says nothing final."""
    try:
        said = pdus.delivery(pdu)
    except pdus.BadPduError:
        return None
    if not said.is_receipt or said.state not in THERE | RETURNED:
        return None
    detail = f"{said.state} {said.error}".strip()
    return Receipt(said.message_id, is_there=said.state in THERE, detail=detail)
