"""The fast doors: leads and webhooks are kept without Django's middleware, many per COMMIT.

While one COMMIT waits for the disk, the next arrivals gather; they go together into the next one.
Nobody is answered before the COMMIT that holds their event (invariant 1).
"""

from __future__ import annotations

import asyncio
import logging
import os
import queue
import threading
from typing import TYPE_CHECKING

from django.db import Error as DatabaseError
from django.db import close_old_connections, connection

from afluente.intake import services
from afluente.intake.api import knocking
from afluente.kernel import asgi, doors
from afluente.kernel.crash import point

if TYPE_CHECKING:
    from collections.abc import Mapping

    from afluente.kernel.asgi import Receive, Scope, Send

GATHER = 256  # arrivals in one COMMIT at most
LEADS, HOOKS = "/api/v1/leads", "/hooks/in/"

log = logging.getLogger(__name__)

Waiting = tuple[services.Arrival, asyncio.AbstractEventLoop, "asyncio.Future[services.Receipt]"]


class _Writer:
    """One thread that keeps arrivals, as many as have gathered."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Waiting] = queue.SimpleQueue()
        threading.Thread(target=self._run, name="intake-writer", daemon=True).start()

    async def keep(self, arrival: services.Arrival) -> services.Receipt:
        """Keep one arrival; returns after the COMMIT that holds it."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[services.Receipt] = loop.create_future()
        self._queue.put((arrival, loop, future))
        return await future

    def _run(self) -> None:
        while True:
            batch = [self._queue.get()]
            while len(batch) < GATHER:
                try:
                    batch.append(self._queue.get_nowait())
                except queue.Empty:
                    break
            self._keep(batch)

    def _keep(self, batch: list[Waiting]) -> None:
        try:
            close_old_connections()
            receipts = services.accept_many([arrival for arrival, _, _ in batch])
        except Exception as error:  # noqa: BLE001  handed to everyone who waits
            connection.close()
            _settle(batch, [error] * len(batch))
        else:
            _settle(batch, receipts)


def _settle(batch: list[Waiting], results: list[services.Receipt] | list[Exception]) -> None:
    """Tell all who wait, one call per event loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[services.Receipt], object]]] = {}
    for (_, loop, future), result in zip(batch, results, strict=True):
        by_loop.setdefault(loop, []).append((future, result))
    for loop, told in by_loop.items():
        loop.call_soon_threadsafe(_tell, told)


def _tell(told: list[tuple[asyncio.Future[services.Receipt], object]]) -> None:
    for future, result in told:
        if future.done():
            continue
        if isinstance(result, Exception):
            future.set_exception(result)
        else:
            future.set_result(result)  # type: ignore[arg-type]


_writer: tuple[int, _Writer] | None = None


def _present_writer() -> _Writer:
    """This process's writer; made again after a fork."""
    global _writer  # noqa: PLW0603  one thread per process, made on first use
    if _writer is None or _writer[0] != os.getpid():
        _writer = (os.getpid(), _Writer())
    return _writer[1]


async def leads(scope: Scope, receive: Receive, send: Send) -> None:
    """POST /api/v1/leads"""
    body = await asgi.read_body(receive, limit=doors.BODY_LIMIT)
    arrival = knocking.lead_arrival(body, _headers(scope), address=_address(scope))
    await _answer(arrival, send)


async def hook(scope: Scope, receive: Receive, send: Send) -> None:
    """POST /hooks/in/{public id}/{secret}"""
    parts = scope["path"].removeprefix(HOOKS).strip("/").split("/")
    body = await asgi.read_body(receive, limit=doors.BODY_LIMIT)
    if len(parts) != 2:
        await _answer(knocking.NOT_FOUND, send)
        return
    arrival = knocking.hook_arrival(parts[0], parts[1], body, _headers(scope), address=_address(scope))
    await _answer(arrival, send)


async def _answer(arrival: services.Arrival | services.Receipt, send: Send) -> None:
    receipt = arrival
    if isinstance(receipt, services.Arrival):
        try:
            receipt = await _present_writer().keep(receipt)
        except DatabaseError:
            log.exception("An arrival could not be kept")
            receipt = services.Receipt(
                503, code="unavailable", message="The database is away. Nothing was kept; send it again."
            )
    headers = [(b"retry-after", b"2")] if receipt.status == 503 else []
    await asgi.answer_json(send, receipt.status, knocking.answer_of(receipt), headers=headers)
    point("intake.after_response")


def _headers(scope: Scope) -> Mapping[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""


def register() -> None:
    """Open the fast doors; called when the app is ready."""
    doors.register("POST", LEADS, leads)
    doors.register("POST", HOOKS, hook)
