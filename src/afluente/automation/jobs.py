"""The worker's side: walking what is due, of every workspace and shard."""

from __future__ import annotations

import datetime as dt
import logging
import random
from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext_lazy as _

from afluente.automation import services, statements
from afluente.automation.services import backtests, carrying, publishing
from afluente.kernel import clock
from afluente.kernel.jobs import every, job
from afluente.kernel.workspace import scope

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger("afluente.automation")
PART = 5_000  # lines of the log that are removed at once


@job(carrying.JOB, atomic=False, label=_("Let what waits go on by rules that were published"))
def carry(*, workspace_id: int, definition_id: int, **_later: Any) -> None:
    """A part at a time, so that nobody waits; interrupted, it goes on with what is left."""
    last = 0
    while True:
        with scope(workspace_id):
            last = services.carry_over(definition_id=definition_id, after=last)
        if not last:
            return


@job(publishing.BEGIN_JOB, label=_("Let new rules begin for deals that were there"))
def begin(*, version_id: int, **_later: Any) -> None:
    """For every deal that is in the stage."""
    services.begin_rules(version_id=version_id)


@job(backtests.JOB, retries=1, atomic=False, label=_("Try rules on what happened"))
def backtest(*, workspace_id: int, backtest_id: int, **_later: Any) -> None:
    """What goes wrong is said where it was asked for; nobody has to look at failed jobs."""
    try:
        services.run_backtest(workspace_id=workspace_id, backtest_id=backtest_id)
    except Exception as broken:
        with scope(workspace_id):
            services.fail_backtest(backtest_id=backtest_id, detail=type(broken).__name__)
        raise


@every(3600, "automation.forget", atomic=False)
def forget(**_later: Any) -> None:
    """What rules did is told for half a year, or as long as the operator says; a part at a time."""
    before = clock.now() - dt.timedelta(days=settings.STEPS_KEPT_DAYS)
    for workspace_id in statements.workspaces_with_old(before):
        gone = PART
        while gone == PART:
            with scope(workspace_id):
                gone = statements.forget_old(before=before, limit=PART)


def drain() -> int:
    """Look at everything that was heard, and walk everything that is due; how much that was."""
    total = 0
    while taken := _turn():
        total += taken
    return total


def _turn() -> int:
    """One batch of what was heard, then of what is due in each workspace, so that nobody's flood holds up the others."""
    taken = 0
    for workspace_id in statements.heard_workspaces():
        taken += _apart(workspace_id, services.route)
    due: dict[int, list[int]] = defaultdict(list)
    for workspace_id, shard in statements.due_shards():
        due[workspace_id].append(shard)
    for workspace_id, shards in due.items():
        random.shuffle(shards)  # so that several workers begin with different ones
        taken += _apart(workspace_id, partial(services.run_due, shards=shards))
    return taken


def _apart(workspace_id: int, act: Callable[[], int]) -> int:
    """Do it for one workspace; what goes wrong there holds up no other. A database that is away is another thing."""
    try:
        with scope(workspace_id):
            return act()
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("The automation of workspace %s cannot go on.", workspace_id)
        return 0
