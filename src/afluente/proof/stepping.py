"""R-10: rules of stages while deals move and everything that works is killed: each once, in order, none lost."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter, defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING

import psycopg

from afluente.proof import killing, seed
from afluente.proof.plants import PLANTS
from afluente.proof.product import Product
from afluente.proof.results import Result
from afluente.proof.steps_inside import LANES, RULES

if TYPE_CHECKING:
    from collections.abc import Sequence

WORKERS = 4
VICTIMS = {"worker": 3, "worker-2": 3, "worker-3": 3, "worker-4": 3, "backend": 3, "postgres": 1}
# As if a minute had passed, for what nobody holds just now.
MINUTE = """
UPDATE automation_token SET due_at = due_at - interval '1 minute'
 WHERE id IN (SELECT id FROM automation_token
               WHERE workspace_id = %s AND state = 'scheduled' AND due_at > now() FOR UPDATE SKIP LOCKED)
"""
LINES = """
SELECT deal_id, epoch, rule, state, reason FROM automation_step WHERE workspace_id = %s ORDER BY deal_id, id
"""
ENTRIES = "SELECT id, stage_epoch FROM deals_deal WHERE workspace_id = %s"
# What rules made, by deal and rule: tasks by their titles, comments by their texts.
MADE = """
SELECT l.deal_id, t.title, count(*) FROM tasks_task AS t JOIN tasks_taskdeal AS l ON l.task_id = t.id
 WHERE t.workspace_id = %(ws)s GROUP BY 1, 2
 UNION ALL
SELECT deal_id, text, count(*) FROM timeline_comment WHERE workspace_id = %(ws)s GROUP BY 1, 2
"""
MAKING = {name for name, rule in RULES.items() if rule["action"] in {"task", "comment"}}
BEFORE_IT_BEGAN = [("", "cancelled")]  # the deal had left when it was looked at: one line for all rules
LEFT = "SELECT count(*) FROM automation_token WHERE workspace_id = %s"
FAILED = "SELECT count(*) FROM kernel_job WHERE state = 'failed'"


def run(
    *, steps: int = 100_000, deals: int = 400, kills: int = 60, patience: float = 600, plant: str = ""
) -> Result:
    """Let `deals` enter stages until `steps` lines must be there, killing `kills` times meanwhile; then wait at
    most `patience` seconds until nothing waits.
    """
    dice_seed = int(os.environ.get("AFLUENTE_PROOF_SEED") or time.time_ns() % 100_000)
    with Product(plants=(plant,) if plant else ()) as product:
        place = seed.workspace(product)
        if plant and PLANTS[plant].sql:
            product.rows(PLANTS[plant].sql)
        for _ in range(WORKERS - 1):
            product.add_worker()
        began = time.monotonic()
        mover = _mover(product, place.workspace_id, deals=deals, steps=steps, dice=dice_seed)
        tally = _kill_until_moved(product, place.workspace_id, mover, kills, random.Random(dice_seed))
        product.wait()
        left = _drain(product, place.workspace_id, patience)
        complaints = _judge(product, place.workspace_id)
        states = Counter(row[3] for row in product.rows(LINES, [place.workspace_id]))
        spent = time.monotonic() - began
        deadlocks = _deadlocks(product)
    found = sum(states.values())
    return Result(
        row="R-10",
        is_met=not complaints and not left and not deadlocks and found >= steps and mover.returncode == 0,
        target=f">= {steps} steps by {WORKERS} workers, {kills} kills: 0 lost, doubled or out of order, 0 deadlocks",
        figures={
            "steps": found,
            "states": dict(states),
            "kills": sum(tally.values()),
            "victims": dict(tally),
            "seed": dice_seed,
            "seconds": round(spent),
            "complaints": complaints,
            "left": left,
            "deadlocks": deadlocks,
        },
    )


def _mover(product: Product, workspace_id: int, **told: int) -> subprocess.Popen[bytes]:
    """Somebody who moves deals; that process is not killed, but its connection is."""
    words = [str(value) for value in (workspace_id, told["deals"], told["steps"], told["dice"])]
    with (product.data_dir / "said.log").open("ab") as said:
        return subprocess.Popen(  # noqa: S603  our own program
            [sys.executable, "-m", "afluente.proof.steps_inside", *words],
            env=product.environment,
            cwd=product.data_dir,
            stdout=said,
            stderr=said,
        )


def _kill_until_moved(
    product: Product, workspace_id: int, mover: subprocess.Popen[bytes], kills: int, dice: random.Random
) -> Counter[str]:
    """Kill one thing after another while deals move, and let time pass; how often each."""
    tally: Counter[str] = Counter()
    names, weights = list(VICTIMS), list(VICTIMS.values())
    while mover.poll() is None or sum(tally.values()) < kills:
        time.sleep(dice.uniform(0.3, 1.2))
        _pass(product, workspace_id)
        role = dice.choices(names, weights)[0]
        if sum(tally.values()) < kills and killing.kill_one(product, role, dice):
            tally[role] += 1
            product.wait()
    return tally


def _pass(product: Product, workspace_id: int) -> None:
    with suppress(psycopg.OperationalError):  # the database was just killed: time passes later
        product.rows(MINUTE, [workspace_id])


def _drain(product: Product, workspace_id: int, patience: float) -> int:
    """Let time pass until nothing waits; how many steps do at the end."""
    deadline = time.monotonic() + patience
    left = 1
    while left and time.monotonic() < deadline:
        _pass(product, workspace_id)
        time.sleep(0.5)
        ((left,),) = product.rows(LEFT, [workspace_id])
    return int(left)


def _deadlocks(product: Product) -> int:
    """As the server's own log says: its counters do not survive a crash."""
    server = product.data_dir / "postgres" / "server.log"
    return server.read_text(errors="replace").count("deadlock detected") if server.exists() else 0


def _judge(product: Product, workspace_id: int) -> dict[str, int]:
    """What must not be, counted; empty when all is well."""
    found: Counter[str] = Counter()
    lines: dict[int, dict[int, list[tuple[str, str]]]] = defaultdict(lambda: defaultdict(list))
    applied: Counter[tuple[int, str]] = Counter()
    for deal_id, epoch, rule, state, _reason in product.rows(LINES, [workspace_id]):
        entries = lines[deal_id]
        found["out of order"] += bool(entries) and epoch < max(entries)
        entries[epoch].append((rule, state))
        applied[deal_id, rule] += state == "applied"
    for deal_id, epochs in product.rows(ENTRIES, [workspace_id]):
        for epoch in range(1, epochs + 1):
            found.update(complaints_of(lines[deal_id][epoch]))
    made = {(deal, said): n for deal, said, n in product.rows(MADE, {"ws": workspace_id})}
    for (deal_id, rule), n in applied.items():
        if rule in MAKING:
            found["effects without a line"] += max(0, made.get((deal_id, rule), 0) - n)
            found["lines without an effect"] += max(0, n - made.get((deal_id, rule), 0))
    ((found["jobs that failed"],),) = product.rows(FAILED)
    return {name: n for name, n in found.items() if n}


def complaints_of(lines: Sequence[tuple[str, str]]) -> Counter[str]:
    """What is wrong with the lines of one entry, (rule, state) in the order they were written.

    Of each lane every rule has one line, in order; after one that was cancelled because the deal left, the rest of
    the lane was never planned and has none.
    """
    found: Counter[str] = Counter()
    if lines == BEFORE_IT_BEGAN:
        return found
    found["doubled"] = len(lines) - len({rule for rule, _ in lines})
    states = [state for _, state in lines]
    if "cancelled" in states:
        found["after it left"] = len(states[states.index("cancelled") :]) - states.count("cancelled")
    for lane in LANES:
        here = [(rule, state) for rule, state in lines if rule in lane]
        is_cut = bool(here) and here[-1][1] == "cancelled"
        found["lost"] += 0 if is_cut else len(set(lane) - {rule for rule, _ in here})
        found["out of order"] += [rule for rule, _ in here] != lane[: len(here)]
    return found
