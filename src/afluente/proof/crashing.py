"""R-2: die at every named point, for every way in; recover alone; nothing lost, nothing doubled."""

from __future__ import annotations

import http.client
import time

from afluente.proof import checking, seed
from afluente.proof.product import Product
from afluente.proof.results import Result
from afluente.proof.sending import KEPT, Account, Line, Message

KEEPING = ("intake.before_insert", "intake.after_insert", "intake.after_commit")
APPLYING = ("intake.after_contacts", "intake.after_deals")
WORKING = ("intake.after_claim", *APPLYING, "intake.before_commit", "intake.after_effect_commit")
POINTS: dict[str, tuple[str, ...]] = {
    "webhook": (*KEEPING, "intake.after_response", *WORKING),
    "lead": (*KEEPING, "intake.after_response", *WORKING),
    "form": (*KEEPING, "web.after_response", *WORKING),
    "deal": (*KEEPING[:2], *APPLYING, "api.after_commit", "web.after_response"),
}
FEWEST = 6  # points on any way in
PATIENCE = 30.0  # seconds until a message is kept, crash included


def run() -> Result:
    """Every point of every way in, one crash each."""
    account = Account()
    missed: list[str] = []
    slowest = 0.0
    with Product() as product:
        place = seed.workspace(product)
        for kind, points in POINTS.items():
            for point in points:
                product.crash_file.write_text(point)
                message = Message(kind, f"ref-2-{len(account.sent)}-end", f"{kind}-{len(account.sent)}")
                began = time.monotonic()
                _deliver(product, place, message, account)
                if not _died(product):
                    missed.append(f"{kind} {point}")
                    product.crash_file.unlink(missing_ok=True)
                product.wait(PATIENCE)
                checking.wait_until_applied(product, PATIENCE)
                slowest = max(slowest, time.monotonic() - began)
        is_drained = checking.wait_until_applied(product)
        verdict = checking.judge(product, place.workspace_id, account)
    cells = sum(map(len, POINTS.values()))
    return Result(
        row="R-2",
        is_met=verdict.is_clean
        and is_drained
        and not missed
        and len(account.acked) == cells
        and min(map(len, POINTS.values())) >= FEWEST,
        target="100 % of the named points of every way in, >= 6 each; 0 lost, 0 doubled",
        figures={
            "cells": cells,
            "acked": len(account.acked),
            "not_reached": missed,
            "complaints": verdict.complaints,
            "slowest_s": round(slowest, 1),
        },
    )


def _deliver(product: Product, place: seed.Place, message: Message, account: Account) -> None:
    """Send until it is kept."""
    account.sent[message.ref] = message
    line = Line(product.port)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            status, answer = line.post(*message.request(place.doors, place.token))
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
            continue
        if status == KEPT[message.kind]:
            account.acked[message.ref] = message
            account.answers.setdefault(message.ref, set()).add(answer)
            break
        time.sleep(0.05)
    line.close()


def _died(product: Product) -> bool:
    """Whether somebody reached the point: they took the file along."""
    deadline = time.monotonic() + 5
    while product.crash_file.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    return not product.crash_file.exists()
