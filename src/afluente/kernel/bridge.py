"""Django as WSGI behind raw ASGI: a fixed number of threads, whole requests in, whole answers out.

The body is read before a thread is taken, so a slow sender costs memory and no thread; an answer is
handed back whole, so a slow reader costs none either. A view with many bytes to send hands them over
(kernel.handing); only an answer above KEPT bytes that does not is sent from its thread.
"""

from __future__ import annotations

import asyncio
import io
import logging
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any

from afluente.kernel import asgi, doors, handing

if TYPE_CHECKING:
    from afluente.kernel.asgi import Receive, Scope, Send

THREADS = 8
PATIENCE = 2.0  # seconds a request waits for a thread before it is told to come back
LONGEST = 30.0  # seconds after which nobody waits for an answer any more
KEPT = 1_048_576  # bytes of an answer held in memory
STALL = 30.0  # seconds a reader of a large answer may stand still

log = logging.getLogger(__name__)

WsgiApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class BusyError(Exception):
    """No thread became free in time."""


@dataclass
class _Answer:
    """What Django has said so far. `start` has status and headers; `is_sending` once some is out."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    parts: list[bytes] = field(default_factory=list)
    size: int = 0
    is_sending: bool = False

    def begin(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[..., None]:
        if exc_info and self.is_sending:
            raise exc_info[1].with_traceback(exc_info[2])
        self.status = int(status[:3])
        self.headers = [(k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in headers]
        return self.add

    def add(self, part: bytes) -> None:
        self.parts.append(part)
        self.size += len(part)

    def take(self) -> bytes:
        body = b"".join(self.parts)
        self.parts, self.size = [], 0
        return body


class Bridge:
    """Runs a WSGI application for ASGI calls. Make it before serving, `close` it after."""

    def __init__(self, application: WsgiApplication, *, threads: int = THREADS) -> None:
        self._application = application
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="web")
        self._free = asyncio.Semaphore(threads)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Raises BusyError, asgi.BodyTooLargeError, asgi.DisconnectedError,
        TimeoutError; whatever the application raises comes through.
        """
        body = await _body(scope, receive)
        try:
            async with asyncio.timeout(PATIENCE):
                await self._free.acquire()
        except TimeoutError as late:
            body.close()
            raise BusyError from late
        loop = asyncio.get_running_loop()
        answer = _Answer()
        sender = _Sender(loop, send, answer)
        env = environ(scope, body)
        pieces: list[Iterator[bytes]] = []
        env[handing.PLACE] = pieces
        work = loop.run_in_executor(self._pool, copy_context().run, self._work, env, answer, sender)
        work.add_done_callback(lambda _: self._free.release())
        # The thread cannot be interrupted, and its place is free only when it ends. An answer that
        # is already on its way may take as long as it needs.
        await asyncio.wait([work], timeout=LONGEST)
        if not work.done() and not answer.is_sending:
            sender.is_given_up = True
            raise TimeoutError
        await work
        await sender.send(last=not pieces)
        for one in pieces:
            await sender.pass_on(one)

    def _work(self, env: dict[str, Any], answer: _Answer, sender: _Sender) -> None:
        chunks: Iterable[bytes] = ()
        try:
            chunks = self._application(env, answer.begin)
            for chunk in chunks:
                answer.add(chunk)
                if answer.size > KEPT:
                    sender.send_from_thread()
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
            env["wsgi.input"].close()

    def close(self) -> None:
        """Let go of the threads; work under way ends by itself."""
        self._pool.shutdown(wait=False, cancel_futures=True)


class _Sender:
    """Sends what an answer holds."""

    def __init__(self, loop: asyncio.AbstractEventLoop, send: Send, answer: _Answer) -> None:
        self._loop, self._send, self._answer = loop, send, answer
        self.is_given_up = False

    async def send(self, *, last: bool) -> None:
        answer = self._answer
        if self.is_given_up:
            answer.take()
            return
        if not answer.is_sending:
            answer.is_sending = True
            start = {"type": "http.response.start", "status": answer.status, "headers": answer.headers}
            await self._send(start)
        await self._send({"type": "http.response.body", "body": answer.take(), "more_body": not last})

    async def pass_on(self, pieces: Iterator[bytes]) -> None:
        """Send what a view handed over; a reader who stands still for STALL seconds is cut off."""
        try:
            while piece := await asyncio.to_thread(next, pieces, b""):
                async with asyncio.timeout(STALL):
                    await self._send({"type": "http.response.body", "body": piece, "more_body": True})
        finally:
            if hasattr(pieces, "close"):
                await asyncio.to_thread(pieces.close)
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    def send_from_thread(self) -> None:
        asyncio.run_coroutine_threadsafe(self.send(last=False), self._loop).result(timeout=STALL)


async def _body(scope: Scope, receive: Receive) -> IO[bytes]:
    """The request's body as a file: in memory, beyond the usual limit on disk."""
    limit = doors.body_limit(scope["path"])
    if limit <= doors.BODY_LIMIT:
        return io.BytesIO(await asgi.read_body(receive, limit=limit))
    file = tempfile.SpooledTemporaryFile(max_size=doors.BODY_LIMIT)  # noqa: SIM115  the thread closes it
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            if size and doors.keeps_parts(scope["path"]):
                file.seek(0)
                return file
            file.close()
            raise asgi.DisconnectedError
        size += len(message.get("body", b""))
        if size > limit:
            file.close()
            raise asgi.BodyTooLargeError
        await asyncio.to_thread(file.write, message.get("body", b""))
        if not message.get("more_body", False):
            file.seek(0)
            return file


def environ(scope: Scope, body: IO[bytes]) -> dict[str, Any]:
    """The WSGI environment of an ASGI call (PEP 3333). `body` stands at its beginning."""
    host, port = scope.get("server") or ("localhost", None)
    body.seek(0, io.SEEK_END)
    size = body.tell()
    body.seek(0)
    env: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or ""),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": (scope.get("client") or ("",))[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        if b"_" not in name:  # X_Forwarded_For must not pass for X-Forwarded-For
            _add_header(env, name.decode("latin-1"), value.decode("latin-1"))
    env["CONTENT_LENGTH"] = str(size)
    return env


def _add_header(env: dict[str, Any], name: str, value: str) -> None:
    key = name.upper().replace("-", "_")
    if key not in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
        key = f"HTTP_{key}"
    if key in env:
        value = f"{env[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
    env[key] = value
