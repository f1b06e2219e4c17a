"""R-1 and R-11: kill -9 of everything while senders send; nothing lost, nothing doubled, no hand needed."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from contextlib import suppress
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
# What is killed, and how often out of 12.
VICTIMS = {"worker": 4, "web": 3, "backend": 2, "postgres": 2, "worker-2": 1}


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
        tally, pauses = _kill(product, account, kills, lambda: time.monotonic() - began > seconds)
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
        seconds <= (DATABASE_LIMIT if role in {"postgres", "backend"} else APP_LIMIT)
        for role, seconds in slow.items()
    )
    return Result(
        row="R-1, R-11",
        is_met=verdict.is_clean and is_drained and is_quick and len(account.acked) >= events,
        figures={
            "kills": sum(tally.values()),
            "victims": dict(tally),
            "seconds": round(spent),
            "complaints": verdict.complaints,
            "drained": is_drained,
            "slowest_recovery_s": slow,
            **checking.summary(account),
        },
        target=f">= {events} acked, {kills} kills, 0 lost, 0 doubled; next ack <= 5 s (database 10 s)",
    )


def _kill(
    product: Product, account: Account, kills: int, is_late: Callable[[], bool]
) -> tuple[Counter[str], dict[str, list[float]]]:
    """Kill one thing after another; how often each, and how long until the next event was kept."""
    dice = random.Random(11)
    names, weights = list(VICTIMS), list(VICTIMS.values())
    tally: Counter[str] = Counter()
    pauses: dict[str, list[float]] = {}
    while sum(tally.values()) < kills and not is_late():
        time.sleep(dice.uniform(0.3, 1.2))
        role = dice.choices(names, weights)[0]
        moment = time.monotonic()
        if not (_kill_backend(product, dice) if role == "backend" else product.kill(role)):
            continue
        tally[role] += 1
        pauses.setdefault(role, []).append(_until_next_ack(account, moment))
    return tally, pauses


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
