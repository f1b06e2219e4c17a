"""Several workers and people at the same moment; cases of the reference by their numbers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from afluente.accounts.models import Membership
from afluente.automation import jobs
from afluente.automation.models import Definition, Firing, Step
from afluente.deals import services as deals
from afluente.deals.models import Deal, Stage
from afluente.kernel.workspace import scope
from afluente.timeline.events import SYSTEM
from tests import make
from tests.automation.arranging import open_in, publish, rule, trigger

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def place() -> tuple[int, list[int]]:
    """A workspace and three stages of one pipeline."""
    workspace = make.workspace()
    with scope(workspace.pk):
        pipeline = make.pipeline()
        stages = [make.stage(pipeline=pipeline, name=f"S{n}", position=10 + n).pk for n in range(3)]
    return workspace.pk, stages


def at_once(*acts) -> None:
    gate = Barrier(len(acts))

    def run(act) -> None:
        gate.wait(10)
        try:
            act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        for one in [pool.submit(run, act) for act in acts]:
            one.result(timeout=60)


def test_case_44_two_workers_at_once_give_out_every_turn_once(place):
    workspace, stages = place
    with scope(workspace):
        stage = Stage.objects.get(pk=stages[0])
        members = [make.member().pk for _ in range(3)]
        publish(stage, rule("turn", "assign", params={"how": "turn", "members": members}))
        ids = [open_in(stage).pk for _ in range(24)]
    at_once(*[jobs.drain] * 4)
    jobs.drain()

    with scope(workspace):
        given = list(Deal.objects.filter(pk__in=ids).values_list("assignee_id", flat=True))
        assert [given.count(one) for one in members] == [8, 8, 8]
        assert Step.objects.filter(state="applied").count() == 24


def test_case_64_a_trigger_and_a_person_at_once_end_as_one_after_the_other(place):
    workspace, stages = place
    with scope(workspace):
        here, there, last = (Stage.objects.get(pk=pk) for pk in stages)
        trigger(there, "field_changed", params={"field": "name"})
        for stage in (there, last):
            publish(stage, rule(f"in {stage.name}"))
        deal = open_in(here)
        deals.change_deal(deal_id=deal.pk, changes={"name": "New"}, by=SYSTEM)

    def move() -> None:
        with scope(workspace):
            deals.move_deals(deal_ids=[deal.pk], to=last, by=SYSTEM)

    at_once(move, jobs.drain)
    jobs.drain()
    with scope(workspace):
        # The person's stage is further on: before them the trigger moves, after them it does not any more.
        assert Deal.objects.get(pk=deal.pk).stage_id == last.pk
        was_first = Firing.objects.get().state == "moved"
        rules = list(Step.objects.filter(state="applied").order_by("pk").values_list("rule", flat=True))
        assert rules[-1] == "in S2"
        assert set(rules) <= ({"in S1", "in S2"} if was_first else {"in S2"})
        assert Deal.objects.get(pk=deal.pk).stage_epoch == (3 if was_first else 2)


def test_case_96_rules_go_on_when_whoever_published_them_is_gone(place):
    workspace, stages = place
    with scope(workspace):
        stage = Stage.objects.get(pk=stages[0])
        member = make.member()
        definition = publish(stage, rule("a"))
        definition.versions.update(published_by=member)
        Membership.objects.filter(pk=member.pk).update(is_active=False)
        deal = open_in(stage)
    jobs.drain()

    with scope(workspace):
        assert Step.objects.get(deal=deal).state == "applied"
        assert Definition.objects.get(pk=definition.pk).state == "active"
