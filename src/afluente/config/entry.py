"""The one ASGI application: live streams, health, metrics and fast doors here, the rest to Django.

Imported before processes are forked, so nothing here opens a connection or starts a thread: that is
done when the server says that it starts (lifespan).
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import secrets
import time
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "afluente.config.settings")

from afluente.config.wsgi import application  # isort: skip  -- sets Django up before what follows


import psycopg
from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError

from afluente.config import gate, late, refusals
from afluente.config.audience import Audience, find_viewer
from afluente.config.gauges import publish_gauges
from afluente.kernel import asgi, crash, doors, forwarded, live, metrics
from afluente.kernel.bridge import Bridge, BusyError
from afluente.kernel.health import Watch
from afluente.kernel.snapshots import Cursor
from afluente.kernel.streams import HEADERS, Hub

if TYPE_CHECKING:
    from afluente.kernel.asgi import Message, Receive, Scope, Send

log = logging.getLogger("afluente.request")

SLOW = 1.0  # seconds from which an answer is worth a line in the log
LIMITS = {"RateLimit-Policy", "RateLimit", "Retry-After"}
_SANE_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_SECRETIVE = re.compile(r"[^/]{16,}")  # a part of a path that long is an id, a token or a secret


class Call:
    """One request on its way: what was answered, and since when."""

    def __init__(self, scope: Scope, send: Send) -> None:
        given = asgi.header(scope, b"x-request-id") or b""
        self.id = given.decode() if _SANE_ID.fullmatch(given) else secrets.token_hex(8)
        self.scope = scope
        self.began = time.perf_counter()
        self.status = 0
        self._send = send

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = int(message["status"])
            message["headers"] = [*message["headers"], (b"x-request-id", self.id.encode())]
        await self._send(message)

    def end(self) -> None:
        """Count it; a slow or failed one also gets a line, without the secrets of its path."""
        seconds = time.perf_counter() - self.began
        is_stream = self.scope["path"] == "/live" and self.status == 200
        method = self.scope["method"] if self.scope["method"] in _METHODS else "other"
        metrics.requests.add(method=method, status=str(self.status))
        if is_stream:
            return  # lasts as long as somebody looks
        metrics.durations.observe(seconds)
        if seconds > SLOW or self.status >= 500:
            path = _SECRETIVE.sub("…", self.scope["path"])
            log.warning("%s %s %d in %d ms, request %s", method, path, self.status, seconds * 1000, self.id)


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Entry:
    """The application. `stop_streams` is called as soon as the server is asked to stop."""

    _bridge: Bridge
    _watch: Watch
    _hub: Hub

    def __init__(self) -> None:
        self._is_behind_tls = settings.BASE_URL.startswith("https://")
        self._loop: asyncio.AbstractEventLoop | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)
        else:
            raise NotImplementedError(scope["type"])  # the server is told to offer no websockets

    # From start to stop

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._loop = asyncio.get_running_loop()
        self._bridge = Bridge(application)
        self._hub = Hub(Audience())
        self._watch = Watch(on_live=self._hub.wake, on_look=self._hub.look)
        self._watch.start()
        publish_gauges(hub=self._hub, watch=self._watch)
        late.prepare_soon()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._hub.stop()
        await asyncio.to_thread(self._watch.stop)
        await asyncio.to_thread(live.flush)
        self._hub.close()
        self._bridge.close()
        await send({"type": "lifespan.shutdown.complete"})

    def stop_streams(self) -> None:
        """End the open streams, so that nothing holds the server up. Callable from a signal."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._hub.stop)

    # One request

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = Call(scope, send)
        asgi.request_id.set(call.id)
        scope["headers"] = [pair for pair in scope["headers"] if pair[0] != b"x-request-id"]
        scope["headers"].append((b"x-request-id", call.id.encode()))
        forwarded.settle(scope, is_behind_tls=self._is_behind_tls)
        try:
            await self._route(scope, receive, call.send)
            crash.point("web.after_response")
        except asgi.DisconnectedError:
            call.status = 499  # nobody is left to read an answer
        except Exception as problem:
            if not isinstance(problem, _EXPECTED):
                log.exception("Request %s failed", call.id)
            if call.status:
                raise  # an answer was begun: the server can only cut the connection
            await self._explain(problem, scope, call.send)
        finally:
            call.end()

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if own := _OWN.get(path):
            await own(self, scope, receive, send)
            return
        length = asgi.declared_length(scope)
        if length is not None and length > doors.body_limit(path):
            raise asgi.BodyTooLargeError
        if self._watch.is_away and not path.startswith("/static/"):
            await refusals.refuse(scope, send, refusals.AWAY)
            return
        handler = doors.find(scope["method"], path) or self._bridge
        await handler(scope, receive, send)

    async def _explain(self, problem: Exception, scope: Scope, send: Send) -> None:
        headers: list[tuple[bytes, bytes]] = []
        if isinstance(problem, asgi.BodyTooLargeError):
            refusal = refusals.TOO_LARGE
            headers = await self._limits(scope)
        elif isinstance(problem, (BusyError, TimeoutError)):
            refusal = refusals.BUSY
        elif isinstance(problem, (OperationalError, InterfaceError, psycopg.OperationalError)):
            refusal = refusals.AWAY
        else:
            refusal = refusals.FAILED
        await refusals.refuse(scope, send, refusal, headers=headers)

    async def _limits(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        """What every answer of the API says of its limits; nothing while the database is away."""
        if not scope["path"].startswith("/api/v1/"):
            return []
        with suppress(DatabaseError, psycopg.Error):
            said = await self._hub.run(gate.headers_of_refused, scope)
            return [(name.lower().encode(), value.encode()) for name, value in said.items() if name in LIMITS]
        return []

    # Our own addresses

    async def _health(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        health = self._watch.health
        await asgi.answer_json(send, 200 if health.has_database else 503, health.as_json())

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        """`GET /live`: what changes for the signed-in person, from where they stand. Browsers say
        that in Last-Event-ID when they reconnect; a page says it in `after` when it connects first.
        """
        if scope["method"] != "GET" or _is_foreign(scope):
            await refusals.refuse(scope, send, refusals.SIGN_IN)
            return
        try:
            viewer = await self._hub.run(find_viewer, _text(scope, b"cookie"))
        except DatabaseError:
            # Any other answer than a stream would make browsers give up instead of coming back.
            await send({"type": "http.response.start", "status": 200, "headers": list(HEADERS)})
            await send({"type": "http.response.body", "body": b"retry: 2000\n\n"})
            return
        if viewer is None:
            await refusals.refuse(scope, send, refusals.SIGN_IN)
        else:
            await self._hub.serve(viewer, _cursor(scope), receive, send)

    async def _metrics(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        text = await asyncio.to_thread(metrics.text)
        await asgi.answer(send, 200, text.encode(), content_type=b"text/plain; version=0.0.4; charset=utf-8")


_OWN = {"/live": Entry._stream, "/healthz": Entry._health, "/metrics": Entry._metrics}
_EXPECTED = (asgi.BodyTooLargeError, BusyError)


def _text(scope: Scope, name: bytes) -> str:
    return (asgi.header(scope, name) or b"").decode("latin-1")


def _is_foreign(scope: Scope) -> bool:
    """Whether another site's page asks."""
    origin = urlsplit(_text(scope, b"origin")).netloc
    site = _text(scope, b"sec-fetch-site")
    return site not in {"", "same-origin", "none"} or origin not in {"", _text(scope, b"host")}


def _cursor(scope: Scope) -> Cursor | None:
    given = _text(scope, b"last-event-id")
    if not given:
        (given,) = parse_qs(scope["query_string"].decode("latin-1")).get("after", [""])[-1:]
    return Cursor.parse(given)


app = Entry()
