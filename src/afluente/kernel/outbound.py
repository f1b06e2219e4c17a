"""The one way out: connections to addresses that people typed go to public places only (S-6).

A name is resolved once, every address it has must be public, and the connection goes to the address that
was looked at, so a name that changes its mind in between leads nowhere. settings.OUTBOUND_ALLOW lets a
self-hoster name hosts, `host:port` or networks of their own; it is empty otherwise.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

PATIENCE = 15  # seconds for a connection, and for each word of an answer
WHOLE = 20.0  # seconds for everything: who answers one byte after the other is cut off
LONGEST = 64 * 1024  # bytes of an answer that are read
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Everything the registries of IANA keep for special use; `ipaddress` alone lets some of it pass.
_CLOSED_4 = tuple(
    ipaddress.IPv4Network(one)
    for one in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24",
        "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
_OPEN_6 = ipaddress.IPv6Network("2000::/3")  # global unicast; inside it Teredo, examples, 6to4 and the like
_CLOSED_6 = tuple(
    ipaddress.IPv6Network(one) for one in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)


class ForbiddenPlaceError(Exception):
    """The address leads into a network that is not public; the text names it."""


class UnreachableError(Exception):
    """Nobody answered: no such name, no connection, no words in time. Later somebody may."""


class NoAnswerError(UnreachableError):
    """The connection stood and what was asked may have been read, but no answer came."""


@dataclass(frozen=True)
class Answer:
    """What the other side said. `body` is at most LONGEST bytes of it; headers are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The beginning of the body on one line, for a log."""
        return " ".join(self.body.decode("utf-8", "replace").replace("\0", "").split())[:300]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public Internet, also when it hides in another one."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is None:
            return found in _OPEN_6 and not any(found in one for one in _CLOSED_6)
        found = found.ipv4_mapped
    return not any(found in one for one in _CLOSED_4)


def resolve(host: str, port: int) -> list[str]:
    """The addresses of `host`, each of which may be asked. Raises ForbiddenPlaceError, UnreachableError."""
    if f"{host}:{port}" in settings.OUTBOUND_ALLOW or host in settings.OUTBOUND_ALLOW:
        return _addresses(host, port)
    found = _addresses(host, port)
    for address in found:
        if not is_public(address) and not _is_allowed(ipaddress.ip_address(address.partition("%")[0])):
            raise ForbiddenPlaceError(f"{host} leads to {address}, which is not public.")
    return found


def _addresses(host: str, port: int) -> list[str]:
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as problem:
        raise UnreachableError(f"There is no host {host[:100]}.") from problem
    if not rows:
        raise UnreachableError(f"There is no host {host[:100]}.")
    return list(dict.fromkeys(str(row[4][0]) for row in rows))


def _is_allowed(address: _Address) -> bool:
    for one in settings.OUTBOUND_ALLOW:
        try:
            network = ipaddress.ip_network(one)
        except ValueError:  # a name
            continue
        if address in network:
            return True
    return False


def connect(host: str, port: int, *, patience: float = PATIENCE) -> socket.socket:
    """A connection to one of the addresses of `host`. Raises ForbiddenPlaceError, UnreachableError."""
    problem: OSError | None = None
    for address in resolve(host, port)[:4]:
        try:
            return socket.create_connection((address, port), timeout=patience)
        except OSError as refused:
            problem = refused
    raise UnreachableError(f"{type(problem).__name__}: {problem}")


def check_url(url: str) -> tuple[str, str, int, str]:
    """Scheme, host, port and the rest of an address of the web. Raises ForbiddenPlaceError for what is none,
    and for one with a name and a password in it.
    """
    try:
        place = urlsplit(url)
        host, port = place.hostname or "", place.port
    except ValueError as wrong:
        raise ForbiddenPlaceError("That is no address.") from wrong
    is_odd = any(ord(sign) <= 32 or ord(sign) == 127 for sign in url)
    if place.scheme not in {"http", "https"} or not host or place.username is not None or is_odd:
        raise ForbiddenPlaceError("Write an address such as https://example.com/hook.")
    path = (place.path or "/") + (f"?{place.query}" if place.query else "")
    return place.scheme, host, port or (443 if place.scheme == "https" else 80), path


def ask(
    method: str,
    url: str,
    *,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    seconds: float = WHOLE,
) -> Answer:
    """Ask once, for at most about `seconds`. A redirection is an answer like any other and is not followed; of a
    long answer the beginning is read.

    Raises ForbiddenPlaceError before a connection is opened, UnreachableError when none could be, and its kind
    NoAnswerError when the other side may have read the question.
    """
    scheme, host, port, path = check_url(url)
    connection = (_Https if scheme == "https" else _Http)(host, port, timeout=min(PATIENCE, seconds))
    with cut_off(lambda: connection.held, seconds) as is_late:
        is_read = False
        try:
            connection.connect()
            is_read = True
            connection.request(method, _ascii(path), body, {"User-Agent": "Afluente", **(headers or {})})
            answer = connection.getresponse()
            read = answer.read(LONGEST)
        except (OSError, http.client.HTTPException) as problem:
            said = f"No answer within {seconds:g} seconds." if is_late() else _named(problem)
            raise (NoAnswerError if is_read else UnreachableError)(said) from problem
        finally:
            connection.close()
    if is_late():  # an answer without a length ends where it was cut
        raise NoAnswerError(f"No answer within {seconds:g} seconds.")
    return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, read)


@contextmanager
def cut_off(held: Callable[[], socket.socket | None], seconds: float) -> Iterator[Callable[[], bool]]:
    """End the connection that is `held` after `seconds`, whatever it is at; what is given tells whether that was so."""
    late = threading.Event()

    def cut() -> None:
        late.set()
        if (connection := held()) is not None:
            with suppress(OSError):  # of the socket itself: what lies above it is in use by the reader
                socket.socket.shutdown(connection, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield late.is_set
    finally:
        timer.cancel()


def _named(problem: Exception) -> str:
    return f"{type(problem).__name__}: {problem}"[:300]


def _ascii(path: str) -> str:
    return "".join(
        sign if sign.isascii() else "".join(f"%{one:02X}" for one in sign.encode()) for sign in path
    )


class _Http(http.client.HTTPConnection):
    held: socket.socket | None = None  # the library forgets it while the answer is still being read

    def connect(self) -> None:
        self.sock = self.held = connect(self.host, self.port, patience=_patience(self))


class _Https(http.client.HTTPSConnection):
    held: socket.socket | None = None

    def connect(self) -> None:
        raw = connect(self.host, self.port, patience=_patience(self))
        context = ssl.create_default_context()
        # At first without a hand shaken, so that it can be cut off while it does that.
        shaken = context.wrap_socket(raw, server_hostname=self.host, do_handshake_on_connect=False)
        self.sock = self.held = shaken
        shaken.do_handshake()


def _patience(connection: http.client.HTTPConnection) -> float:
    return float(connection.timeout or PATIENCE)
