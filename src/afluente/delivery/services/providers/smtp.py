"""E-mail by SMTP submission (RFC 5321): what went wrong before the last dot may be tried again, after it not."""

from __future__ import annotations

import re
import smtplib
import ssl
from contextlib import contextmanager, suppress
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings

from afluente.delivery.services.providers.base import Later, Outcome, Outgoing, Refused, Sent, Unknown
from afluente.kernel import clock, outbound

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator, Mapping

PATIENCE = 15  # seconds for each word of the server
GONE = re.compile(r"^55\d[ -]5\.1\.[0-36]\b")  # no such mailbox, no such domain (RFC 3463)
_POLICY = policy.SMTP.clone(
    cte_type="7bit"
)  # so that no server on the way rewrites it and breaks a signature


class _Plain(smtplib.SMTP):
    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return outbound.connect(host, port, patience=timeout)


class _Tls(smtplib.SMTP_SSL, _Plain):
    """TLS from the first byte, over a socket that was looked at."""


class Smtp:
    """The server of a workspace. Options: host, port, security (starttls, tls, none), username."""

    @contextmanager
    def open(self, options: Mapping[str, Any], secret: str) -> Iterator[_Line]:
        """A line that signs in at its first message and says good-bye at the end."""
        line = _Line(options, secret)
        try:
            yield line
        finally:
            line.close()


class _Line:
    def __init__(self, options: Mapping[str, Any], secret: str) -> None:
        self._options, self._secret = options, secret
        self._server: smtplib.SMTP | None = None

    def close(self) -> None:
        """Leave the server."""
        if self._server is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._server.quit()
            self._server = None

    def send(self, message: Outgoing) -> Outcome:
        """Hand a message over, over the connection that is open or a new one."""
        try:
            raw = as_bytes(message)
        except (ValueError, LookupError) as strange:
            return Refused(f"{type(strange).__name__}: {strange}"[:300], reason="bad_message")
        try:
            server = self._connected()
            refused = self._addressed(server, message)
            if refused is not None:
                self._reset(server)
                return refused
            return self._told(server, raw)
        except outbound.ForbiddenPlaceError as forbidden:
            return Refused(str(forbidden), reason="forbidden_place")
        except (OSError, smtplib.SMTPException, outbound.UnreachableError) as problem:
            self._server = None
            return Later(_said_of(problem))

    def _connected(self) -> smtplib.SMTP:
        if self._server is not None:
            return self._server
        options = self._options
        security = options.get("security", "starttls")
        server = _server(options["host"], int(options["port"]), is_tls=security == "tls")
        try:
            if security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if options.get("username"):
                server.login(options["username"], self._secret)
        except Exception:
            server.close()
            raise
        self._server = server
        return server

    def _addressed(self, server: smtplib.SMTP, message: Outgoing) -> Outcome | None:
        """Say who it is from and for; what the server has against it."""
        server.ehlo_or_helo_if_needed()
        tells = server.has_extn(
            "dsn"
        )  # RFC 3461: of what comes back the head is enough, it holds our Message-ID
        for code, said in (
            server.mail(message.return_to or message.from_address, ["RET=HDRS"] if tells else []),
            server.rcpt(message.address, ["NOTIFY=FAILURE,DELAY"] if tells else []),
        ):
            if code not in {250, 251}:
                return _judged(code, said)
        return None

    def _reset(self, server: smtplib.SMTP) -> None:
        with suppress(OSError, smtplib.SMTPException):
            server.rset()

    def _told(self, server: smtplib.SMTP, raw: bytes) -> Outcome:
        """The message itself. Until the last dot is out nothing was taken; from then on nobody knows but the server."""
        code, said = server.docmd("DATA")
        if code != 354:
            return _judged(code, said)
        server.send(re.sub(rb"(?m)^\.", b"..", raw))
        try:
            server.send(b".\r\n")
            code, said = server.getreply()
        except (OSError, smtplib.SMTPException) as lost:
            self._server = None
            return Unknown(_said_of(lost))
        return Sent(_words(said)[:250]) if code == 250 else _judged(code, said)


def _server(host: str, port: int, *, is_tls: bool) -> smtplib.SMTP:
    here = urlsplit(settings.BASE_URL).hostname or "localhost"
    if is_tls:
        context = ssl.create_default_context()
        return _Tls(host, port, local_hostname=here, timeout=PATIENCE, context=context)
    return _Plain(host, port, local_hostname=here, timeout=PATIENCE)


def _judged(code: int, said: bytes | str) -> Outcome:
    words = f"{code} {_words(said)}"[:300]
    if 500 <= code < 600:
        return Refused(words, is_gone=bool(GONE.match(words)))
    return Later(words)


def _words(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(text.split())


def _said_of(problem: Exception) -> str:
    if isinstance(problem, smtplib.SMTPResponseException):
        return f"{problem.smtp_code} {_words(problem.smtp_error)}"[:300]
    return f"{type(problem).__name__}: {problem}"[:300]


def as_bytes(message: Outgoing) -> bytes:
    """The message as it crosses the wire, ending with a line break: each header once, seven bits, text and HTML."""
    letter = EmailMessage(policy=_POLICY)
    letter["Date"] = format_datetime(clock.now())
    letter["From"] = Address(message.from_name, addr_spec=message.from_address)
    letter["To"] = Address(addr_spec=message.address)
    letter["Subject"] = message.subject
    if message.reply_to:
        letter["Reply-To"] = Address(addr_spec=message.reply_to)
    for name, value in message.headers.items():
        letter[name] = value
    letter.set_content(message.text + "\n", cte="quoted-printable")
    if message.html:
        letter.add_alternative(message.html, subtype="html", cte="quoted-printable")
    # Not folded: a long address in a header would be broken into encoded words, which mail programs do not read.
    raw = letter.as_bytes(policy=_POLICY.clone(max_line_length=998))
    return raw if raw.endswith(b"\r\n") else raw + b"\r\n"
