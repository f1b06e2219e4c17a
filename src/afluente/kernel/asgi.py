"""The few things a raw ASGI handler needs: reading a body within a limit, and answering."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextvars import ContextVar
from typing import Any

from afluente.kernel.http import CONTENT_SECURITY_POLICY

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Handler = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = Iterable[tuple[bytes, bytes]]

# The id of the request being answered, for log lines and for what is written about it.
request_id: ContextVar[str] = ContextVar("afluente_request_id", default="")

PRIVATE: tuple[tuple[bytes, bytes], ...] = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"content-security-policy", CONTENT_SECURITY_POLICY.format(ancestors="'none'").encode()),
)


class BodyTooLargeError(Exception):
    """The sender's body passes the limit; nothing of it was used."""


class DisconnectedError(Exception):
    """The sender left before its body was complete."""


def header(scope: Scope, name: bytes) -> bytes | None:
    """The first header called `name` (lower case)."""
    for present, value in scope["headers"]:
        if present == name:
            return bytes(value)
    return None


def declared_length(scope: Scope) -> int | None:
    """What Content-Length says; None when it is absent or no number."""
    text = header(scope, b"content-length") or b""
    return int(text) if text.isdigit() and len(text) < 19 else None


async def read_body(receive: Receive, *, limit: int) -> bytes:
    """The whole body, at most `limit` bytes.

    Raises BodyTooLargeError and DisconnectedError.
    """
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise DisconnectedError
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise BodyTooLargeError
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts) if len(parts) > 1 else parts[0]


async def answer(send: Send, status: int, body: bytes, *, content_type: bytes, headers: Headers = ()) -> None:
    """Send a whole answer, kept by nobody."""
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", content_type),
                (b"content-length", str(len(body)).encode()),
                *PRIVATE,
                *headers,
            ],
        }
    )
    await send({"type": "http.response.body", "body": body})


async def answer_json(send: Send, status: int, value: object, *, headers: Headers = ()) -> None:
    """Send `value` as JSON."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str).encode()
    await answer(send, status, body, content_type=b"application/json", headers=headers)


def wants_json(scope: Scope) -> bool:
    """Whether a program asks rather than a person."""
    path = str(scope["path"])
    accepts = header(scope, b"accept") or b""
    return path.startswith(("/api/", "/hooks/in/")) or (b"json" in accepts and b"html" not in accepts)
