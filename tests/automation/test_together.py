"""Several workers and people at once: each step once, in the order of its deal, and nobody waits for each other."""

from __future__ import annotations

import datetime as dt
import random
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from threading import Event

import pytest
from django.db import connections

from afluente.automation import services, statements
from afluente.automation.models import SHARDS, Step, Token
from afluente.deals import services as deals
from afluente.deals.models import Deal, Stage
from afluente.kernel.workspace import scope
from afluente.timeline.events import SYSTEM
from tests import make

pytestmark = pytest.mark.usefixtures("committed_db")

DEALS, RULES, WORKERS, BATCH = 120, 6, 4, 13


def test_cases_46_and_71_each_step_once_in_order_and_never_after_the_deal_left():
    workspace = make.workspace()
    with scope(workspace.pk):
        pipeline = make.pipeline()
        here, there = (make.stage(pipeline=pipeline, name=name) for name in ("Here", "There"))
        rules = [
            {
                "id": f"r{number}",
                "action": "set",
                "params": {"lost_reason": f"{number}"},
                "when": {"amount": number},
            }
            for number in range(1, RULES + 1)
        ]
        services.publish_rules(definition=services.arrange_rules(stage=here, rules=rules), by=None)
        new = [
            deals.NewDeal(name=f"D{number}", pipeline_id=pipeline.pk, stage_id=here.pk, currency="BRL")
            for number in range(DEALS)
        ]
        ids = deals.open_deals(deals=new, by=SYSTEM)
    with scope(workspace.pk):
        later = statements.database_now() + dt.timedelta(hours=1)
    workers = _all_at_once(workspace.pk, ids, there, later)

    assert workers > 0
    with scope(workspace.pk):
        assert not Token.objects.exists()
        steps = list(Step.objects.order_by("deal_id", "pk").values_list("deal_id", "rule", "state"))
        epochs = dict(Deal.objects.values_list("pk", "stage_epoch"))
    for deal_id, rows in groupby(steps, key=lambda row: row[0]):
        lines = [(rule, state) for _, rule, state in rows]
        applied = [rule for rule, state in lines if state == "applied"]
        assert applied == sorted(set(applied)), lines
        assert len({rule for rule, _ in lines}) == len(lines) or epochs[deal_id] > 1
        if epochs[deal_id] == 1:
            assert applied == [f"r{number}" for number in range(1, RULES + 1)]
        else:
            first = next((n for n, (_, state) in enumerate(lines) if state == "cancelled"), len(lines))
            assert all(state == "cancelled" for _, state in lines[first:])


def _all_at_once(workspace_id: int, ids: list[int], there: Stage, later: dt.datetime) -> int:
    """Workers walk what is due while a person moves some of the deals; how many steps were taken."""
    is_over = Event()

    def work(seed: int) -> int:
        dice, taken, idle = random.Random(seed), 0, 0
        while idle < 3:
            now = 0
            for shard in dice.sample(range(SHARDS), SHARDS):
                with scope(workspace_id):
                    now += services.run_due(shards=[shard], now=later, limit=BATCH)
            taken += now
            idle = 0 if now or not is_over.is_set() else idle + 1
        connections.close_all()
        return taken

    def move() -> int:
        dice = random.Random(7)
        for _ in range(12):
            with scope(workspace_id):
                deals.move_deals(deal_ids=dice.sample(ids, 5), to=there, by=SYSTEM)
        connections.close_all()
        is_over.set()
        return 0

    with ThreadPoolExecutor(WORKERS + 1) as pool:
        moving = pool.submit(move)
        found = [pool.submit(work, seed) for seed in range(WORKERS)]
        moving.result(timeout=60)
        return sum(one.result(timeout=60) for one in found)
