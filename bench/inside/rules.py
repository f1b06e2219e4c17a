"""Rules of stages at work: entering, walking and moving, with many steps that wait."""

from __future__ import annotations

import datetime as dt
import os
import time
from pathlib import Path
from typing import Any

from bench import inside

DAY = {"amount": 1, "unit": "days"}
BATCH = 500


def rules(
    *, workspace_id: int, stages: list[int], deals: list[int], member: int, ones: int
) -> dict[str, Any]:
    """Publish six rules (`ones` 0), or move so many deals one by one, all others at once, and walk everything:
    seconds of the moves, steps that ended, and CPU-seconds of this process and of its connection.
    """
    from afluente.deals import services as of_deals  # noqa: PLC0415  set up first
    from afluente.deals.models import Stage  # noqa: PLC0415
    from afluente.kernel.workspace import scope  # noqa: PLC0415
    from afluente.timeline.events import Actor  # noqa: PLC0415

    with scope(workspace_id):
        here, there = (Stage.objects.get(pk=pk) for pk in stages[:2])
    if not ones:
        return _publish(workspace_id, here, there, member)
    actor = Actor("member", 1, "Medida")

    def moved(ids: list[int], to: Stage) -> float:
        began = time.perf_counter()
        with scope(workspace_id):
            of_deals.move_deals(deal_ids=ids, to=to, by=actor)
        return time.perf_counter() - began

    moved(deals, here)
    singles = [moved([pk], there) for pk in deals[:ones]]
    bulk = moved(deals[ones:], there)
    done = _walk(workspace_id)
    back = moved(deals, here)  # six steps of each are over, none waits any more
    return {"ones": singles, "bulk": max(bulk, back), **done}


def six_rules(member: int) -> list[dict[str, Any]]:
    """Two that change the deal now, one that asks first, a task, and two that wait for a day."""
    return [
        {"id": "set", "action": "set", "params": {"lost_reason": "seen"}},
        {"id": "give", "action": "assign", "params": {"member": member}},
        {"id": "ask", "action": "set", "params": {"name": "x"}, "where": ["amount.gt:99999999"]},
        {"id": "say", "action": "task", "params": {"title": "Call"}},
        {"id": "later", "action": "set", "params": {"lost_reason": "later"}, "when": DAY},
        {"id": "last", "action": "set", "params": {"lost_reason": "last"}, "when": DAY},
    ]


def _publish(workspace_id: int, here: Any, there: Any, member: int) -> dict[str, Any]:
    from afluente.automation import services  # noqa: PLC0415  set up first
    from afluente.kernel.workspace import scope  # noqa: PLC0415

    with scope(workspace_id):
        for stage, of_stage in ((here, []), (there, six_rules(member))):
            definition = services.arrange_rules(stage=stage, rules=of_stage)
            services.publish_rules(definition=definition, by=None)
        return {"definition": definition.pk}


def _walk(workspace_id: int) -> dict[str, Any]:
    """Everything that is due now, then what is in two days."""
    from afluente.automation import services, statements  # noqa: PLC0415  set up first
    from afluente.automation.models import SHARDS, Step  # noqa: PLC0415
    from afluente.kernel.workspace import scope  # noqa: PLC0415

    with scope(workspace_id):
        moment, before = statements.database_now(), Step.objects.count()
    spent = _spent()
    for now in (moment, moment + dt.timedelta(days=2)):
        taken = 1
        while taken:
            with scope(workspace_id):
                taken = services.run_due(shards=list(range(SHARDS)), now=now, limit=BATCH)
    cpu = _spent() - spent
    with scope(workspace_id):
        return {"steps": Step.objects.count() - before, "cpu": cpu}


def _spent() -> float:
    """CPU-seconds of this process and of the process of the database that answers it."""
    from django.db import connection  # noqa: PLC0415  set up first

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    said = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return time.process_time() + (int(said[11]) + int(said[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    inside.answer(rules)
