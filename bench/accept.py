"""Row `accept`: an HTTP request until its raw event is committed."""

from __future__ import annotations

import hashlib
import threading
import time
import uuid
from statistics import median
from typing import TYPE_CHECKING, Any

from bench import bodies, knocking
from bench.figures import Found, rounded, spread
from bench.machine import cpu_seconds

if TYPE_CHECKING:
    import psycopg

    from bench.product import Site
    from bench.work import Bench

CLIENTS = 32
ROUNDS = 3

BARE = """
INSERT INTO intake_rawevent
       (workspace_id, public_id, source_id, key, body, body_digest, content_type, context, received_at,
        state, attempts, due_at, error, notes)
VALUES (%s, %s, %s, %s, %s, %s, 'application/json', %s, now(), 'waiting', 0, now(), '', '[]')
"""
CONTEXT = '{"token": "Command line", "address": "127.0.0.1", "headers": {"user-agent": "bench"}}'


def measure(bench: Bench) -> Found:
    """Requests answered per second by one web process, next to bare inserts on one connection."""
    seconds = bench.size(4, 1)
    site = bench.empty("accept")
    with site.web():
        workspace_id = site.set_up("Medida")
        token = site.token(workspace_id)
        knocking.flood(port=site.port, token=token, clients=CLIENTS, seconds=0.5, first=90_000_000)
        taken, bare, bare8, web_cpu = [], [], [], []
        latencies: list[float] = []
        assert site.web_process is not None
        pid = site.web_process.pid
        for number in range(ROUNDS):
            before, began = cpu_seconds(pid), time.perf_counter()
            found = knocking.flood(
                port=site.port, token=token, clients=CLIENTS, seconds=seconds, first=number * 1_000_000
            )
            web_cpu.append((cpu_seconds(pid) - before) / (time.perf_counter() - began))
            taken.append(len(found) / seconds)
            latencies += found
            bare.append(_floor(site, workspace_id, connections=1, seconds=seconds))
            bare8.append(_floor(site, workspace_id, connections=8, seconds=seconds))
        alone = knocking.flood(port=site.port, token=token, clients=1, seconds=seconds, first=50_000_000)
    details = {
        "clients": CLIENTS,
        "floor_8_connections": rounded(median(bare8)),
        "ratio_8_connections": rounded(median(taken) / median(bare8)),
        "web_cpu_share": rounded(median(web_cpu)),
        **spread(latencies),
        "one_client": {"rate": rounded(len(alone) / seconds), **spread(alone)},
        "runs": [rounded(one) for one in taken],
        "floor_runs": [rounded(one) for one in bare],
    }
    return Found(median(taken), median(bare), details)


def _floor(site: Site, workspace_id: int, *, connections: int, seconds: float) -> float:
    """Bare `INSERT; COMMIT` of the same row, per second."""
    counts: list[int] = []
    opened = [site.connect_as_app() for _ in range(connections)]
    for connection in opened:
        connection.execute("SELECT set_config('app.ws', %s, false)", [str(workspace_id)])
    (source_id,) = opened[0].execute("SELECT min(id) FROM intake_source WHERE kind = 'api'").fetchone() or (
        0,
    )
    threads = [
        threading.Thread(target=_insert, args=(connection, workspace_id, source_id, seconds, counts))
        for connection in opened
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for connection in opened:
        connection.close()
    return sum(counts) / seconds


def _insert(
    connection: psycopg.Connection[Any], workspace_id: int, source_id: int, seconds: float, counts: list[int]
) -> None:
    end, count = time.perf_counter() + seconds, 0
    while time.perf_counter() < end:
        body, name = bodies.lead(count), uuid.uuid4()
        digest = hashlib.sha256(body).hexdigest()
        values = (workspace_id, name, source_id, f"once:{name}", body, digest, CONTEXT)
        connection.execute(BARE, values, prepare=True)
        count += 1
    counts.append(count)
