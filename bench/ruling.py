"""Rows `rules`, `move_6_rules`, `move_10000_rules` and `claim_probe`: rules of stages, with many steps that wait."""

from __future__ import annotations

import time
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from bench import pipeline
from bench.figures import Found, rounded, spread

if TYPE_CHECKING:
    from bench.pipeline import Board
    from bench.work import Bench

WAITING = """
INSERT INTO automation_token (workspace_id, definition_id, version, deal_id, epoch, entered_at, node, rule, state,
                              shard, priority, due_at, planned_at, occurrence, key, depth)
SELECT d.workspace_id, %(definition)s, 1, d.id, d.stage_epoch, now(), 'last.when', 'last', 'scheduled', d.id %% 16, 0,
       now() + interval '1 year' + n * interval '1 minute', now(), n::text, '', 0
  FROM deals_deal d, generate_series(1, %(each)s) n
 WHERE d.workspace_id = %(ws)s AND d.id = ANY(%(deals)s)
"""
PROBE = "SELECT workspace_id, shard FROM automation_due_shards()"
EACH = 50  # steps of one deal that wait


@dataclass
class Measured:
    """What one run came to, for three rows."""

    ones: list[float]
    bulk: float
    rate: float
    steps: int
    waiting: int
    deals: int
    misses: tuple[str, ...]


_measured: dict[int, Measured] = {}


def measure_rules(bench: Bench) -> Found:
    """Executions of rules for a CPU-second of the worker and its connection."""
    found = _run(bench)
    details = {"executions": found.steps, "waiting": found.waiting, "target_rate": 5_000}
    misses = found.misses if found.rate >= 5_000 else (*found.misses, "fewer than 5,000 for a CPU-second")
    return Found(found.rate, None, details, misses)


def measure_one(bench: Bench) -> Found:
    """One deal into a stage with six rules, with its transaction."""
    found = _run(bench)
    return Found(median(found.ones) * 1000, None, spread(found.ones))


def measure_bulk(bench: Bench) -> Found:
    """Many deals at once into such a stage, and out of it."""
    found = _run(bench)
    return Found(found.bulk, None, {"deals": found.deals})


def measure_probe(bench: Bench) -> Found:
    """Where is something due, asked of a million steps that wait."""
    count = bench.size(1_000_000, 100_000)
    with pipeline.open_site(bench, "rules_probe", deals=count // EACH) as board:
        _arranged(board, board.deals)
        with board.site.connect() as admin:
            admin.execute(PROBE)
            seconds = []
            for _ in range(50):
                began = time.perf_counter()
                admin.execute(PROBE).fetchall()
                seconds.append(time.perf_counter() - began)
    return Found(median(seconds) * 1000, None, {**spread(seconds), "tokens": count})


def _run(bench: Bench) -> Measured:
    if id(bench) in _measured:
        return _measured[id(bench)]
    size, waiting = bench.size(10_000, 2_000), bench.size(500_000, 50_000)
    with pipeline.open_site(bench, "rules", deals=size + waiting // EACH) as board:
        told = _arranged(board, board.deals[size:])
        ours = board.site.inside("rules", **told, deals=board.deals[:size], ones=bench.size(100, 40))
    misses = () if ours["steps"] == 6 * size else (f"{ours['steps']} of {6 * size} steps ended",)
    _measured[id(bench)] = Measured(
        ones=ours["ones"],
        bulk=rounded(ours["bulk"]),
        rate=ours["steps"] / ours["cpu"],
        steps=ours["steps"],
        waiting=waiting,
        deals=size,
        misses=misses,
    )
    return _measured[id(bench)]


def _arranged(board: Board, deals: list[int]) -> dict[str, Any]:
    """Publish rules, and let steps of these deals wait for a year."""
    with board.site.connect() as admin:
        (member,) = admin.execute(
            "SELECT min(id) FROM accounts_membership WHERE workspace_id = %s", [board.workspace_id]
        ).fetchone() or (0,)
        told = {"workspace_id": board.workspace_id, "stages": board.stages[:2], "member": member}
        definition = board.site.inside("rules", **told, deals=[], ones=0)["definition"]
        said = {"definition": definition, "each": EACH, "ws": board.workspace_id, "deals": deals}
        admin.execute(WAITING, said)
        admin.execute("VACUUM ANALYZE")
    return told
