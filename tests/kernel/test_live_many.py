"""Hundreds of streams in one process, and a reader who is cut off all the time (R-16, small form)."""

from __future__ import annotations

import asyncio
import json
import random
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction

from afluente.kernel.workspace import scope
from afluente.timeline import services as timeline
from afluente.timeline.events import SYSTEM, NewEvent
from tests import cast, make
from tests.streaming import Reader

if TYPE_CHECKING:
    from tests.serving import Server

pytestmark = pytest.mark.django_db(transaction=True)

STREAMS = 200
ROUNDS = 10


@pytest.fixture
def ana(served: Server):
    workspace = make.workspace()
    with scope(workspace.pk):
        return cast.assemble(workspace).ana


def cookies_of(member) -> str:
    return "; ".join(f"{name}={morsel.value}" for name, morsel in cast.browser(member).cookies.items())


async def follow(port: int, cookies: str, heard: asyncio.Queue[float]) -> asyncio.Task[None]:
    """Open a stream and put the moment of each message into `heard`; returns once it is open."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookies}\r\n\r\n".encode())
    while not (await reader.readline()).startswith(b"id: "):
        pass

    async def listen() -> None:
        try:
            while line := await reader.readline():
                if line.startswith(b"data: "):
                    heard.put_nowait(time.perf_counter())
        finally:
            writer.close()

    return asyncio.create_task(listen())


async def fan_out(port: int, cookies: str, member) -> list[float]:
    """Seconds from just before each change until each of the STREAMS has heard of it."""
    heard: asyncio.Queue[float] = asyncio.Queue()
    listening = [await follow(port, cookies, heard) for _ in range(STREAMS)]
    waits: list[float] = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await asyncio.to_thread(change, member)
        async with asyncio.timeout(10):
            waits += [await heard.get() - began for _ in range(STREAMS)]
        await asyncio.sleep(0.05)
    for task in listening:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    return waits


def change(member, deal: int = 1) -> None:
    try:
        with scope(member.workspace_id):
            timeline.record([NewEvent("deal.moved", SYSTEM, deal_id=deal)])
    finally:
        connection.close()


def status_of(server: Server) -> dict[str, int]:
    lines = Path(f"/proc/{server.processes['web'].pid}/status").read_text().splitlines()
    return {
        name: int(rest.split()[0])
        for name, _, rest in (line.partition(":") for line in lines)
        if name in {"VmRSS", "Threads"}
    }


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")
def test_two_hundred_streams_hear_of_every_change_from_a_few_threads(served, ana, record_property):
    before = status_of(served)

    waits = asyncio.run(fan_out(served.port, cookies_of(ana), ana))

    after = status_of(served)
    waits.sort()
    figures = {
        "streams": STREAMS,
        "p50_ms": round(waits[len(waits) // 2] * 1000, 1),
        "p95_ms": round(waits[len(waits) * 95 // 100] * 1000, 1),
        "rss_mb": round(after["VmRSS"] / 1024),
        "rss_kb_per_stream": round((after["VmRSS"] - before["VmRSS"]) / STREAMS, 1),
        "threads": after["Threads"],
    }
    record_property("figures", json.dumps(figures))
    print(figures)  # noqa: T201  -s shows the figures
    assert len(waits) == STREAMS * ROUNDS
    assert after["Threads"] <= before["Threads"] + 8
    assert waits[-1] < 10


@pytest.mark.proof
def test_a_reader_cut_off_all_the_time_misses_nothing_and_gets_nothing_twice(served, ana):
    """20 cuts during 400 changes by 4 writers whose transactions overlap and commit out of order."""
    cookies, heard, changes, cuts = cookies_of(ana), [], 400, 20
    reader = Reader(served, cookies)
    writers = [threading.Thread(target=write, args=(ana, range(number, changes, 4))) for number in range(4)]
    for writer in writers:
        writer.start()

    for _ in range(cuts):
        time.sleep(random.uniform(0.02, 0.1))
        reader.close()
        heard += [message["deal"] for message in reader.messages]
        reader = Reader(served, cookies, last_id=reader.last_id)
    for writer in writers:
        writer.join()
    reader.wait(lambda: len(heard) + len(reader.messages) >= changes, 15)
    time.sleep(1.2)  # a poll, which must find nothing more
    reader.close()

    heard += [message["deal"] for message in reader.messages]
    assert sorted(heard) == list(range(changes))


def write(member, numbers: range) -> None:
    try:
        for number in numbers:
            with transaction.atomic(), scope(member.workspace_id):
                timeline.record([NewEvent("deal.moved", SYSTEM, deal_id=number)])
                time.sleep(random.uniform(0, 0.02))
    finally:
        connection.close()
