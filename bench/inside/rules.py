"""Rules of stages at work: entering, walking, moving and asking what is due, with many steps that wait."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from bench import inside

DAY = {"amount": 1, "unit": "days"}
BATCH = 500


def rules(*, workspace_id: int, stages: list[int], member: int, ones: int, waiting: int) -> dict[str, Any]:
    """Publish six rules, move `ones` deals one by one and then all, walk everything that is due; seconds and
    CPU-seconds of this process and its connection, with `waiting` timers besides.
    """
    from afluente.automation import services, statements  # noqa: PLC0415  set up first
    from afluente.automation.models import SHARDS, Step, Token  # noqa: PLC0415
    from afluente.deals import services as of_deals  # noqa: PLC0415
    from afluente.deals.models import Deal, Stage  # noqa: PLC0415
    from afluente.kernel.workspace import scope  # noqa: PLC0415
    from afluente.timeline.events import Actor  # noqa: PLC0415

    actor = Actor("member", 1, "Medida")
    arranged = [
        {"id": "set", "action": "set", "params": {"lost_reason": "seen"}},
        {"id": "give", "action": "assign", "params": {"member": member}},
        {"id": "ask", "action": "set", "params": {"name": "x"}, "where": ["amount.gt:99999999"]},
        {"id": "say", "action": "task", "params": {"title": "Call"}},
        {"id": "later", "action": "set", "params": {"lost_reason": "later"}, "when": DAY},
        {"id": "last", "action": "set", "params": {"lost_reason": "last"}, "when": DAY},
    ]
    with scope(workspace_id):
        here, there = (Stage.objects.get(pk=pk) for pk in stages[:2])
        services.publish_rules(definition=services.arrange_rules(stage=there, rules=arranged), by=None)
        services.publish_rules(
            definition=services.arrange_rules(stage=here, rules=[arranged[-1]]), by=None
        )
        deal_ids = list(Deal.objects.order_by("pk").values_list("pk", flat=True))
        of_deals.move_deals(deal_ids=deal_ids, to=here, by=actor)
        _pad(waiting)

    def moved(ids: list[int], to: Stage) -> float:
        began = time.perf_counter()
        with scope(workspace_id):
            of_deals.move_deals(deal_ids=ids, to=to, by=actor)
        return time.perf_counter() - began

    def walk(now: Any) -> None:
        while True:
            with scope(workspace_id):
                if not services.run_due(shards=list(range(SHARDS)), now=now, limit=BATCH):
                    return

    walk(None)
    singles = [moved([pk], there) for pk in deal_ids[:ones]]
    bulk = moved(deal_ids[ones:], there)
    with scope(workspace_id):
        steps, moment = Step.objects.count(), statements.database_now()
        due = moment + _length(days=2)
    spent = _spent()
    walk(None)
    walk(due)
    with scope(workspace_id):
        done = Step.objects.count() - steps
        left = Token.objects.exclude(node="padding").count()
    return {"ones": singles, "bulk": bulk, "steps": done, "cpu": _spent() - spent, "left": left}


def _length(**given: int) -> Any:
    import datetime as dt  # noqa: PLC0415  only here

    return dt.timedelta(**given)


def _pad(count: int) -> None:
    """Let `count` other steps wait, a year from now."""
    from django.db import connection  # noqa: PLC0415  set up first

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO automation_token (workspace_id, definition_id, version, deal_id, epoch, entered_at, node,"
            " rule, state, shard, priority, due_at, planned_at, occurrence, key, depth)"
            " SELECT d.workspace_id, (SELECT min(id) FROM automation_definition), 1, d.id, 1000000, now(), 'padding',"
            " 'last', 'scheduled', d.id %% 16, 0, now() + interval '1 year', now(), n::text, '', 0"
            " FROM deals_deal d, generate_series(1, %s / (SELECT count(*) FROM deals_deal)) n",
            [count],
        )


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
