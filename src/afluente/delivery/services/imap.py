"""A mailbox read by IMAP4rev1 (RFC 3501), as little as is needed: nothing in it is changed, marked or deleted."""

from __future__ import annotations

import imaplib
import re
import ssl
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from afluente.kernel import outbound

if TYPE_CHECKING:
    import datetime as dt
    import socket
    from collections.abc import Iterator, Sequence

PATIENCE = 15.0  # seconds for each word of the server
WHOLE = 90.0  # seconds of one visit: who answers one byte after the other is cut off
VISIT = 64_000_000  # bytes that a server may say in it
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_BROKEN = (OSError, EOFError, ValueError, imaplib.IMAP4.error)  # what may come of words that make no sense
_UID = re.compile(rb"\bUID (\d{1,10})\b")


class MailboxError(Exception):
    """The mailbox cannot be read; the text says why, in the server's words. `is_refused`: the name or the password
    is not taken, or there is no such folder: asking soon again helps nobody.
    """

    def __init__(self, said: str, *, is_refused: bool = False) -> None:
        super().__init__(" ".join(said.split())[:400])
        self.is_refused = is_refused


@dataclass(frozen=True, kw_only=True)
class Place:
    """Which mailbox, and what opens it. `security` is tls, starttls or none."""

    host: str
    port: int
    security: str
    username: str
    password: str
    folder: str = "INBOX"


class _Server(imaplib.IMAP4):
    """Over a socket that was looked at; a server that says without end is not listened to. `held` gets each socket
    as it is made, so that somebody else can end it.
    """

    def __init__(self, place: Place, held: list[socket.socket]) -> None:
        self._held, self._is_tls, self._room = held, place.security == "tls", VISIT
        super().__init__(place.host, place.port, timeout=PATIENCE)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        plain = outbound.connect(self.host, self.port, patience=timeout or PATIENCE)
        self._held.append(plain)
        return self.wrap_socket(plain, server_hostname=self.host) if self._is_tls else plain

    def wrap_socket(self, plain: socket.socket, *, server_hostname: str) -> ssl.SSLSocket:
        """TLS over a connection, as a context does it; at first without a hand shaken, so that it can be cut off."""
        context = ssl.create_default_context()
        shaken = context.wrap_socket(plain, server_hostname=server_hostname, do_handshake_on_connect=False)
        self._held.append(shaken)
        shaken.do_handshake()
        return shaken

    def read(self, size: int) -> bytes:
        self._heard(size)
        return bytes(super().read(size))

    def readline(self) -> bytes:
        said: bytes = super().readline()
        self._heard(len(said))
        return said

    def _heard(self, size: int) -> None:
        self._room -= size
        if self._room < 0:
            raise self.abort(f"The server says more than {VISIT} bytes.")


@contextmanager
def opened(place: Place) -> Iterator[Box]:
    """The mailbox, for reading only. Raises MailboxError for whatever a server may do."""
    held: list[socket.socket] = []
    with outbound.cut_off(lambda: held[-1] if held else None, WHOLE) as is_late:
        try:
            server = _Server(place, held)
            try:
                yield _signed_in(server, place)
            finally:
                with suppress(OSError, imaplib.IMAP4.error):
                    server.logout()
        except (outbound.ForbiddenPlaceError, outbound.UnreachableError, *_BROKEN) as problem:
            late = f"No more than {WHOLE:g} seconds are given to one visit."
            raise MailboxError(late if is_late() else _words(problem)) from problem
        finally:
            for one in held:
                one.close()


def _signed_in(server: _Server, place: Place) -> Box:
    if place.security == "starttls":
        server.starttls(server)  # which is asked only for wrap_socket
    try:
        _sign_in(server, place)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as refused:
        # RFC 5530: what is only so at the moment.
        is_passing = re.search(r"\[(UNAVAILABLE|LIMIT|INUSE|SERVERBUG)\]", str(refused))
        raise MailboxError(_words(refused), is_refused=not is_passing) from refused
    state, said = server.select(_quoted(place.folder), readonly=True)
    if state != "OK":
        raise MailboxError(_text(said), is_refused=True)
    return Box(server)


def _sign_in(server: _Server, place: Place) -> None:
    """By PLAIN where it is offered, which takes any signs; else by LOGIN, which takes those of ASCII."""
    if "AUTH=PLAIN" in server.capabilities:
        server.authenticate("PLAIN", lambda _: f"\0{place.username}\0{place.password}".encode())
    elif f"{place.username}{place.password}".isascii():
        server.login(_quoted(place.username), place.password)
    else:
        raise MailboxError("The server takes only names and passwords of ASCII.", is_refused=True)


class Box:
    """A folder that is open."""

    def __init__(self, server: imaplib.IMAP4) -> None:
        self._server = server
        _state, said = server.response("UIDVALIDITY")
        self.validity = int(said[0]) if said and said[0] and bytes(said[0]).isdigit() else 0

    def after(self, uid: int) -> list[int]:
        """Letters that came after one, oldest first."""
        return [one for one in self._found(f"UID {uid + 1}:*") if one > uid]

    def since(self, day: dt.date) -> list[int]:
        """Letters that came on a day or later, oldest first."""
        return self._found(f"SINCE {day.day}-{MONTHS[day.month - 1]}-{day.year}")

    def _found(self, asked: str) -> list[int]:
        state, said = self._server.uid("SEARCH", asked)
        if state != "OK":
            raise MailboxError(_text(said))
        return sorted(int(one) for part in said if part for one in bytes(part).split() if one.isdigit())

    def reports(self, uids: Sequence[int]) -> list[int]:
        """Those of them that say of themselves that they are reports (RFC 6522)."""
        found = []
        for uid, head in self._parts(uids, "BODY.PEEK[HEADER.FIELDS (CONTENT-TYPE)]"):
            if b"multipart/report" in head.lower():
                found.append(uid)
        return sorted(found)

    def letter(self, uid: int, *, most: int) -> bytes:
        """A letter, of which at most `most` bytes; b'' when it is gone meanwhile."""
        for found, raw in self._parts([uid], f"BODY.PEEK[]<0.{most}>"):
            if found == uid:
                return raw
        return b""

    def _parts(self, uids: Sequence[int], what: str) -> Iterator[tuple[int, bytes]]:
        state, said = self._server.uid("FETCH", ",".join(map(str, uids)), f"(UID {what})")
        if state != "OK":
            raise MailboxError(_text(said))
        for place, one in enumerate(said):
            if isinstance(one, tuple):  # the words before a literal, and the literal; words after it follow
                rest = said[place + 1] if place + 1 < len(said) else b""
                named = _UID.search(one[0]) or (_UID.search(rest) if isinstance(rest, bytes) else None)
                if named:
                    yield int(named[1]), one[1]


def _quoted(said: str) -> str:
    """A name as IMAP takes it. Raises MailboxError for one that would begin a command of its own."""
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in said):
        raise MailboxError("A name holds a sign that is none.", is_refused=True)
    escaped = said.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _text(said: Sequence[object]) -> str:
    return " ".join(one.decode("utf-8", "replace") for one in said if isinstance(one, bytes))


def _words(problem: Exception) -> str:
    if isinstance(problem, imaplib.IMAP4.error) and problem.args:
        first = problem.args[0]
        return first.decode("utf-8", "replace") if isinstance(first, bytes) else str(first)
    return f"{type(problem).__name__}: {problem}"
