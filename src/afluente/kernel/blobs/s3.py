"""Bytes in a bucket of an S3-compatible service: five requests of its protocol, signed by ourselves.

The address is the operator's, never a person's, so it may lead into a private network.
"""

from __future__ import annotations

import http.client
import re
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING
from urllib.parse import parse_qs, quote, unquote, urlsplit

from afluente.kernel.blobs.base import PIECE, BlobError, MissingBlobError, checked
from afluente.kernel.blobs.signing import EMPTY, UNSIGNED, query_text, signed_headers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PATIENCE = 20.0  # seconds the service may be silent
TRIES = 3
# A service answers a listing with a few kilobytes; whatever is longer is none.
LONGEST_LISTING = 4_194_304
_ENTRY = re.compile(rb"<Contents>(.*?)</Contents>", re.DOTALL)
_NEXT = re.compile(rb"<NextContinuationToken>([^<]+)</NextContinuationToken>")


@dataclass(frozen=True, repr=False)
class S3Address:
    """Where a bucket is and who asks."""

    host: str
    port: int
    bucket: str
    region: str
    key: str
    secret: str
    is_encrypted: bool

    @property
    def shown(self) -> str:
        """Without the secret."""
        return f"the bucket {self.bucket} at {self.host}:{self.port}"


def parse_address(text: str) -> S3Address:
    """Read `s3://key:secret@host:port/bucket?region=…&tls=off`.

    Raises ValueError with the one part that is missing or wrong: half a configuration is none.
    """
    parts = urlsplit(text)
    options = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    bucket = unquote(parts.path.strip("/"))
    port = parts.port  # raises ValueError when it is no number in range
    missing = [
        name
        for name, value in (
            ("key", parts.username),
            ("secret", parts.password),
            ("host", parts.hostname),
            ("bucket", bucket),
        )
        if not value
    ]
    if parts.scheme != "s3":
        raise ValueError("it does not begin with s3://")
    if missing:
        raise ValueError(f"it names no {missing[0]}")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]", bucket):
        raise ValueError(f"“{bucket}” is not the name of a bucket")
    if strange := options.keys() - {"region", "tls"}:
        raise ValueError(f"it has an option “{min(strange)}” that is not known")
    if options.get("tls", "on") not in {"on", "off"}:
        raise ValueError("its option tls is neither on nor off")
    is_encrypted = options.get("tls", "on") == "on"
    return S3Address(
        host=str(parts.hostname),
        port=port or (443 if is_encrypted else 80),
        bucket=bucket,
        region=options.get("region") or "us-east-1",
        key=unquote(str(parts.username)),
        secret=unquote(str(parts.password)),
        is_encrypted=is_encrypted,
    )


class S3Storage:
    """Keeps bytes in a bucket, addressed by path, which every compatible service understands."""

    def __init__(self, address: S3Address) -> None:
        self._at = address
        self._tls = ssl.create_default_context() if address.is_encrypted else None

    def put(self, key: str, file: IO[bytes], *, size: int) -> None:
        begin = file.tell()
        last: Exception | None = None
        for _ in range(TRIES):
            file.seek(begin)
            try:
                self._done(self._ask("PUT", checked(key), body=_Part(file, size), size=size))
            except _UnsureError as problem:
                last = problem
                continue
            return
        raise BlobError(str(last)) from last

    def read(self, key: str, *, start: int = 0, size: int) -> Iterator[bytes]:
        if not size:
            return iter(())
        wanted = {"range": f"bytes={start}-{start + size - 1}"}
        answer = self._repeated("GET", checked(key), more=wanted)
        if answer.status == 404:
            answer.close()
            raise MissingBlobError("The file is not in the bucket.")
        # Some services send the range and say 200; what tells is the header.
        is_part = answer.status == 206 or answer.headers.get("content-range", "").startswith(
            f"bytes {start}-"
        )
        if answer.status not in {200, 206} or not (is_part or start == 0):
            raise BlobError(_reason(answer, self._at))
        return _pieces(answer, size)

    def delete(self, key: str) -> None:
        answer = self._repeated("DELETE", checked(key))
        if answer.status != 404:
            self._done(answer)

    def listing(self) -> Iterator[tuple[str, datetime]]:
        token = ""
        while True:
            query = {"list-type": "2"} | ({"continuation-token": token} if token else {})
            text = self._done(self._repeated("GET", "", query=query))
            for entry in _ENTRY.findall(text):
                yield _tag(entry, "Key"), datetime.fromisoformat(_tag(entry, "LastModified"))
            following = _NEXT.search(text)
            if following is None:
                return
            token = _plain(following[1])

    def check(self) -> str:
        self._done(self._repeated("GET", "", query={"list-type": "2", "max-keys": "1"}))
        return self._at.shown

    # One request

    def _repeated(
        self, method: str, key: str, *, query: Mapping[str, str] | None = None, more: Mapping[str, str] = {}
    ) -> http.client.HTTPResponse:
        """Ask up to TRIES times: what reads or forgets may be asked again."""
        for number in range(1, TRIES + 1):
            try:
                return self._ask(method, key, query=query, more=more)
            except _UnsureError as problem:
                if number == TRIES:
                    raise BlobError(str(problem)) from problem
        raise AssertionError

    def _ask(
        self,
        method: str,
        key: str,
        *,
        query: Mapping[str, str] | None = None,
        body: _Part | None = None,
        size: int = 0,
        more: Mapping[str, str] = {},
    ) -> http.client.HTTPResponse:
        at = self._at
        path = quote(f"/{at.bucket}/{key}" if key else f"/{at.bucket}", safe="/-_.~")
        usual = at.port == (443 if at.is_encrypted else 80)
        headers = signed_headers(
            method=method,
            host=at.host if usual else f"{at.host}:{at.port}",
            path=path,
            query=query or {},
            payload=EMPTY if body is None else UNSIGNED,
            moment=datetime.now(UTC),  # the real one: the service compares it with its own
            region=at.region,
            key=at.key,
            secret=at.secret,
        )
        headers["connection"] = "close"
        if body is not None:
            headers["content-length"] = str(size)
        connection = self._connection()
        try:
            target = f"{path}?{query_text(query)}" if query else path
            connection.request(method, target, body=body, headers=headers | dict(more))
            answer = connection.getresponse()
        except (OSError, http.client.HTTPException) as problem:
            connection.close()
            reason = getattr(problem, "strerror", None) or str(problem) or type(problem).__name__
            raise _UnsureError(f"{at.shown} does not answer ({reason}).") from problem
        if answer.status >= 500:
            connection.close()
            raise _UnsureError(f"{at.shown} answers {answer.status}.")
        return answer

    def _connection(self) -> http.client.HTTPConnection:
        at = self._at
        if self._tls is not None:
            return http.client.HTTPSConnection(at.host, at.port, timeout=PATIENCE, context=self._tls)
        return http.client.HTTPConnection(at.host, at.port, timeout=PATIENCE)

    def _done(self, answer: http.client.HTTPResponse) -> bytes:
        if answer.status >= 300:
            raise BlobError(_reason(answer, self._at))
        with answer:
            return answer.read(LONGEST_LISTING)


class _UnsureError(Exception):
    """The service said nothing usable: asking again may help."""


class _Part:
    """The next `size` bytes of a file, as http.client reads a body."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file, self._rest = file, size

    def read(self, size: int = PIECE) -> bytes:
        piece = self._file.read(min(size, self._rest))
        self._rest -= len(piece)
        return piece


def _pieces(answer: http.client.HTTPResponse, size: int) -> Iterator[bytes]:
    with answer:
        while size:
            try:
                piece = answer.read(min(PIECE, size))
            except (OSError, http.client.HTTPException) as problem:
                raise BlobError("The bucket stopped answering.") from problem
            if not piece:
                raise BlobError("The file in the bucket is shorter than it was.")
            size -= len(piece)
            yield piece


def _reason(answer: http.client.HTTPResponse, at: S3Address) -> str:
    with answer:
        code = re.search(rb"<Code>([A-Za-z]{1,60})</Code>", answer.read(4096))
    return f"{at.shown} answers {answer.status} {code[1].decode() if code else ''}".strip() + "."


def _tag(entry: bytes, name: str) -> str:
    found = re.search(rf"<{name}>([^<]*)</{name}>".encode(), entry)
    return _plain(found[1]) if found else ""


def _plain(text: bytes) -> str:
    return text.decode().replace("&quot;", '"').replace("&amp;", "&")
