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

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "afluente.config.settings")

from afluente.config.wsgi import application  # isort: skip  -- sets Django up before what follows

from typing import TYPE_CHECKING

from django.conf import settings

from afluente.config import refusals
from afluente.kernel import asgi, doors, forwarded, live, metrics
from afluente.kernel.bridge import Bridge, BusyError
from afluente.kernel.health import Watch

if TYPE_CHECKING:
    from afluente.kernel.asgi import Message, Receive, Scope, Send

log = logging.getLogger("afluente.request")

SLOW = 1.0  # seconds from which an answer is worth a line in the log
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
        method = self.scope["method"] if self.scope["method"] in _METHODS else "other"
        metrics.requests.add(method=method, status=str(self.status))
        metrics.durations.observe(seconds)
        if seconds > SLOW or self.status >= 500:
            path = _SECRETIVE.sub("…", self.scope["path"])
            log.warning("%s %s %d in %d ms, request %s", method, path, self.status, seconds * 1000, self.id)


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Entry:
    """The application. `stop_streams` is called as soon as the server is asked to stop."""

    def __init__(self) -> None:
        self._bridge: Bridge | None = None
        self._watch: Watch | None = None
        self._is_behind_tls = settings.BASE_URL.startswith("https://")

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
        self._bridge = Bridge(application)
        self._watch = Watch(on_live=lambda _: None, on_look=lambda _: None)
        self._watch.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await asyncio.to_thread(self._watch.stop)
        await asyncio.to_thread(live.flush)
        self._bridge.close()
        await send({"type": "lifespan.shutdown.complete"})

    def stop_streams(self) -> None:
        """End the open streams, so that nothing holds the server up. Callable from any thread."""

    # One request

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = Call(scope, send)
        asgi.request_id.set(call.id)
        scope["headers"] = [pair for pair in scope["headers"] if pair[0] != b"x-request-id"]
        scope["headers"].append((b"x-request-id", call.id.encode()))
        forwarded.settle(scope, is_behind_tls=self._is_behind_tls)
        try:
            await self._route(scope, receive, call.send)
        except asgi.DisconnectedError:
            call.status = 499  # nobody is left to read an answer
        except Exception as problem:
            if not isinstance(problem, _EXPECTED):
                log.exception("Request %s failed", call.id)
            if call.status:
                raise  # an answer was begun: the server can only cut the connection
            await _explain(problem, scope, call.send)
        finally:
            call.end()

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._watch is not None
        assert self._bridge is not None
        path = scope["path"]
        if own := _OWN.get(path):
            await own(self, scope, receive, send)
            return
        length = asgi.declared_length(scope)
        if length is not None and length > doors.body_limit(path):
            raise asgi.BodyTooLargeError
        if self._watch.is_away and not path.startswith("/static/"):
            await refusals.away(scope, send)
            return
        handler = doors.find(scope["method"], path) or self._bridge
        await handler(scope, receive, send)

    # Our own addresses

    async def _health(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        assert self._watch is not None
        health = self._watch.health
        await asgi.answer_json(send, 200 if health.has_database else 503, health.as_json())

    async def _metrics(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        text = await asyncio.to_thread(metrics.text)
        await asgi.answer(send, 200, text.encode(), content_type=b"text/plain; version=0.0.4; charset=utf-8")


_OWN = {"/healthz": Entry._health, "/metrics": Entry._metrics}
_EXPECTED = (asgi.BodyTooLargeError, BusyError)


async def _explain(problem: Exception, scope: Scope, send: Send) -> None:
    if isinstance(problem, asgi.BodyTooLargeError):
        await refusals.too_large(scope, send)
    elif isinstance(problem, (BusyError, TimeoutError)):
        await refusals.busy(scope, send)
    else:
        await refusals.failed(scope, send)


app = Entry()
