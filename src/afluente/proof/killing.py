"""R-1 and R-11: kill -9 of everything while senders send; nothing lost, nothing doubled, no hand needed."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from afluente.proof import checking, seed
from afluente.proof.plants import PLANTS
from afluente.proof.product import Product, descendants
from afluente.proof.results import Result
from afluente.proof.sending import Account, Sender

if TYPE_CHECKING:
    from collections.abc import Callable

SENDERS = 4
APP_LIMIT, DATABASE_LIMIT = 5.0, 10.0  # seconds until the next event is kept
LONG = 15.0  # seconds after which the logs are shown
# What is killed, and how often out of 13.
VICTIMS = {"worker": 4, "web": 3, "backend": 2, "postgres": 2, "worker-2": 1, "recovery": 1}
DATABASE = {"postgres", "backend", "recovery"}


def run(
    *,
    kills: int = 40,
    events: int = 5000,
    plants: tuple[str, ...] = (),
    seconds: float = 900,
    patience: float = 120,
) -> Result:
    """Kill `kills` times while at least `events` are kept; at most `seconds`, then `patience` to drain."""
    with Product(plants=plants) as product:
        place = seed.workspace(product)
        for statement in filter(None, (PLANTS[name].sql for name in plants)):
            product.rows(statement)
        product.add_worker()
        account = Account()
        senders = [
            Sender(number=n, port=product.port, doors=place.doors, token=place.token, account=account)
            for n in range(SENDERS)
        ]
        began = time.monotonic()
        for sender in senders:
            sender.start()
        dice_seed = int(os.environ.get("AFLUENTE_PROOF_SEED") or time.time_ns() % 100_000)
        dice = random.Random(dice_seed)
        tally, pauses = _kill(product, account, kills, lambda: time.monotonic() - began > seconds, dice)
        while len(account.acked) < events and time.monotonic() - began < seconds:
            time.sleep(0.1)
        for sender in senders:
            sender.is_stopping.set()
        for sender in senders:
            sender.join(15)
        product.wait()
        is_drained = checking.wait_until_applied(product, patience)
        verdict = checking.judge(product, place.workspace_id, account)
        spent = time.monotonic() - began
    slow = {role: round(max(found), 2) for role, found in pauses.items()}
    is_quick = all(
        seconds <= (DATABASE_LIMIT if role in DATABASE else APP_LIMIT) for role, seconds in slow.items()
    )
    return Result(
        row="R-1, R-11",
        is_met=verdict.is_clean and is_drained and is_quick and len(account.acked) >= events,
        figures={
            "kills": sum(tally.values()),
            "victims": dict(tally),
            "seed": dice_seed,
            "seconds": round(spent),
            "complaints": verdict.complaints,
            "drained": is_drained,
            "slowest_recovery_s": slow,
            **checking.summary(account),
        },
        target=f">= {events} acked, {kills} kills, 0 lost, 0 doubled; next ack <= 5 s (database 10 s)",
    )


def _kill(
    product: Product, account: Account, kills: int, is_late: Callable[[], bool], dice: random.Random
) -> tuple[Counter[str], dict[str, list[float]]]:
    """Kill one thing after another; how often each, and how long until the next event was kept."""
    names, weights = list(VICTIMS), list(VICTIMS.values())
    tally: Counter[str] = Counter()
    pauses: dict[str, list[float]] = {}
    while sum(tally.values()) < kills and not is_late():
        time.sleep(dice.uniform(0.3, 1.2))
        role = dice.choices(names, weights)[0]
        moment = time.monotonic()
        if not kill_one(product, role, dice):
            continue
        tally[role] += 1
        pauses.setdefault(role, []).append(_until_next_ack(account, moment))
        if pauses[role][-1] >= LONG:
            _explain(product, role, pauses[role][-1])
    return tally, pauses


def _explain(product: Product, role: str, seconds: float) -> None:
    """What the product and its database said while nothing was kept; the data directory goes at the end."""
    server = product.data_dir / "postgres" / "server.log"
    said = [line for line in product.log.splitlines() if " 503 " not in line]
    told = server.read_text(errors="replace").splitlines() if server.exists() else []
    lines = [
        f"{role} killed, {seconds:.0f} s without an answer: {product.health()}",
        *said[-30:],
        *told[-30:],
    ]
    print("\n".join(lines), file=sys.stderr, flush=True)  # noqa: T201  for whoever looks into it


def kill_one(product: Product, role: str, dice: random.Random) -> bool:
    """Whether there was something to kill."""
    if role == "backend":
        return _kill_backend(product, dice)
    if role == "recovery":
        return _kill_backend(product, dice) and _kill_recovery(product)
    return product.kill(role)


def _kill_recovery(product: Product) -> bool:
    """The process that recovers from the last kill: PostgreSQL then waits for ever, unless it is ended."""
    deadline = time.monotonic() + 3
    while time.monotonic() < deadline:
        with suppress(FileNotFoundError, ValueError, ProcessLookupError, KeyError):
            for pid in descendants(product.pids["postgres"]):
                if b"startup" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    os.kill(pid, signal.SIGKILL)
                    return True
    return False


def _kill_backend(product: Product, dice: random.Random) -> bool:
    """One server process of PostgreSQL; the others end with it, and it recovers."""
    with suppress(FileNotFoundError, ValueError, ProcessLookupError, KeyError):
        postmaster = product.pids["postgres"]
        children = [pid for pid in descendants(postmaster) if pid != postmaster]
        os.kill(dice.choice(children), signal.SIGKILL)
        return True
    return False


def _until_next_ack(account: Account, moment: float) -> float:
    """Seconds from `moment` until something sent after it was kept; 30 at most."""
    while time.monotonic() - moment < 30:
        with account.lock:
            if account.ack_times and account.ack_times[-1] > moment + 0.02:
                return account.ack_times[-1] - moment
        time.sleep(0.01)
    return 30.0
