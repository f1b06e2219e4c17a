"""The worker's side of the door."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections
from django.utils.translation import gettext_lazy as _

from afluente.intake import services, statements
from afluente.intake.services.applying import WARN
from afluente.intake.services.warning import warn_of_fallback
from afluente.kernel import crash
from afluente.kernel.jobs import job
from afluente.kernel.workspace import scope


@job(WARN, label=_("Warn that a deal rule lost its target"))
def warn(rule_id: int, **_later: Any) -> None:
    """Tell the administrators that a rule lost its target."""
    warn_of_fallback(rule_id=rule_id)


def drain() -> int:
    """Apply everything that is due; how many events were taken.

    In a flood by two threads: one computes while the other waits for the database.
    """
    taken = _turn()
    if taken < services.BATCH:
        return taken + (_rounds() if taken else 0)
    with ThreadPoolExecutor(1, thread_name_prefix="intake-2") as pool:
        second = pool.submit(_apart)
        return taken + _rounds() + second.result()


def _apart() -> int:
    """The second thread, with a connection of its own for as long as the flood lasts."""
    try:
        return _rounds()
    finally:
        connections.close_all()


def _rounds() -> int:
    total = 0
    while taken := _turn():
        total += taken
    return total


def _turn() -> int:
    """One batch of every workspace, so that a flood in one does not hold up the others."""
    taken = 0
    for workspace_id in statements.due_workspaces():
        with scope(workspace_id):
            taken += services.apply_waiting()
        crash.point("intake.after_effect_commit")
    return taken
