"""Rows `cold_start`, `warm_start` and `memory_at_rest`: what `make run` costs."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from afluente.kernel.postgres import Embedded
from bench.figures import Found, rounded
from bench.machine import family, proportional_bytes
from bench.product import SECRET, Site, stop

if TYPE_CHECKING:
    from bench.work import Bench

TRIES = 3
REST = 20.0  # seconds after which nothing of the start is left to do


def measure_cold(bench: Bench) -> Found:
    """An empty data directory to the first page; beside it PostgreSQL alone."""
    ours, floor = [], []
    for _ in range(bench.size(TRIES, 1)):
        ours.append(_first_page(bench.empty("start")))
        floor.append(_postgres(bench.empty("bare")))
    return _found(ours, floor)


def measure_warm(bench: Bench) -> Found:
    """The same on a data directory that has been used before."""
    site, bare = bench.empty("start"), bench.empty("bare")
    _first_page(site)
    _postgres(bare)
    tries = bench.size(TRIES, 1)
    return _found([_first_page(site) for _ in range(tries)], [_postgres(bare) for _ in range(tries)])


def measure_memory(bench: Bench) -> Found:
    """Everything at rest, by proportional set size. The floor is PostgreSQL's part of it."""
    site = bench.empty("start")
    with site.running() as process:
        site.wait(process, "/")
        time.sleep(bench.size(REST, 5))
        parts: dict[str, int] = {}
        for pid in family(process.pid):
            kind = "postgres" if _is_postgres(pid) else "python"
            parts[kind] = parts.get(kind, 0) + proportional_bytes(pid)
    megabytes = {name: rounded(size / 1e6) for name, size in parts.items()}
    return Found(sum(parts.values()) / 1e6, parts.get("postgres", 0) / 1e6, {"parts_mb": megabytes})


def _first_page(site: Site) -> float:
    began = time.perf_counter()
    process = site.launch("run")
    try:
        site.wait(process, "/")
        return time.perf_counter() - began
    finally:
        stop(process)


def _postgres(site: Site) -> float:
    """initdb where needed, and the server until it answers."""
    site.data_dir.mkdir(parents=True, exist_ok=True)
    server = Embedded(site.data_dir, SECRET)
    began = time.perf_counter()
    try:
        server.start()
        return time.perf_counter() - began
    finally:
        server.stop()


def _is_postgres(pid: int) -> bool:
    return "postgres" in Path(f"/proc/{pid}/comm").read_text()


def _found(ours: list[float], floor: list[float]) -> Found:
    details = {"tries": [rounded(one) for one in ours], "floor_tries": [rounded(one) for one in floor]}
    return Found(median(ours), median(floor), details)
