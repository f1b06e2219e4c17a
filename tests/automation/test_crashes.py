"""Clocks that are wrong, workers that die, and things that happen at once; cases of the reference by their numbers."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.db import DatabaseError, connections

from afluente.automation import jobs, services
from afluente.automation.models import SHARDS, Firing, Step, Token
from afluente.automation.services.actions import registry
from afluente.deals import services as deals
from afluente.deals.models import Deal, Stage
from afluente.kernel import clock
from afluente.kernel.workspace import scope
from afluente.tasks.models import Task
from afluente.timeline.events import SYSTEM
from afluente.timeline.models import Event as Told
from tests import make
from tests.automation.arranging import lines, open_in, publish, rule, trigger

pytestmark = pytest.mark.usefixtures("committed_db")


class Killed(BaseException):
    """The process is gone: nobody catches it."""


@pytest.fixture
def place() -> tuple[int, list[int]]:
    """A workspace and three stages of one pipeline."""
    workspace = make.workspace()
    with scope(workspace.pk):
        pipeline = make.pipeline()
        stages = [make.stage(pipeline=pipeline, name=f"S{n}", position=10 + n).pk for n in range(3)]
    return workspace.pk, stages


def test_case_18_a_clock_of_a_program_that_is_fast_runs_nothing_early(place, monkeypatch):
    workspace, stages = place
    with scope(workspace):
        stage = Stage.objects.get(pk=stages[0])
        publish(stage, rule("a", when={"amount": 5}))
        deal = open_in(stage)
    monkeypatch.setattr(clock, "now", lambda: dt.datetime.now(dt.UTC) + dt.timedelta(minutes=10))
    jobs.drain()
    jobs.drain()

    with scope(workspace):
        assert not Step.objects.exists()
        token = Token.objects.get()
        assert (token.rule, token.due_at - token.entered_at) == ("a", dt.timedelta(minutes=5))
        assert token.deal_id == deal.pk


def test_cases_67_and_68_a_worker_that_dies_before_it_commits_leaves_nothing_and_the_next_does_it_once(
    place, monkeypatch
):
    workspace, stages = place
    with scope(workspace):
        stage = Stage.objects.get(pk=stages[0])
        publish(stage, rule("call", "task", params={"title": "Call"}), rule("set"))
        deal = open_in(stage)
    make_so = registry.applier("set")

    def die(group: object) -> None:
        make_so(group)  # type: ignore[arg-type]
        raise Killed

    monkeypatch.setattr(
        "afluente.automation.services.applying.applier",
        lambda kind: die if kind == "set" else registry.applier(kind),
    )
    with pytest.raises(Killed), scope(workspace):
        services.run_due(shards=range(SHARDS))
    with scope(workspace):
        assert (Step.objects.count(), Task.objects.count()) == (0, 0)
        assert Deal.objects.get(pk=deal.pk).lost_reason == ""
    monkeypatch.undo()
    jobs.drain()
    jobs.drain()

    with scope(workspace):
        assert sorted(Step.objects.values_list("rule", "state")) == [("call", "applied"), ("set", "applied")]
        assert Task.objects.count() == 1


def test_case_77_two_moves_to_one_stage_at_once_are_one_entry(place):
    workspace, stages = place
    with scope(workspace):
        here, there = (Stage.objects.get(pk=pk) for pk in stages[:2])
        publish(there, rule("a"))
        deal = open_in(here)
    gate = Barrier(2)

    def move() -> None:
        gate.wait(10)
        with scope(workspace):
            deals.move_deals(deal_ids=[deal.pk], to=there, by=SYSTEM)
        connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        for one in [pool.submit(move) for _ in range(2)]:
            one.result(timeout=30)
    jobs.drain()
    with scope(workspace):
        assert Deal.objects.get(pk=deal.pk).stage_epoch == 2
        assert Told.objects.filter(deal_id=deal.pk, kind="deal.moved").count() == 1
        assert Step.objects.filter(deal=deal).count() == 1


def test_case_78_what_is_committed_late_is_not_missed(place):
    workspace, stages = place
    with scope(workspace):
        here, there = (Stage.objects.get(pk=pk) for pk in (stages[0], stages[2]))
        trigger(there, "field_changed", params={"field": "name"})
        slow, fast = open_in(here), open_in(here)
    was_told, may_commit = Event(), Event()

    def rename_slowly() -> None:
        with scope(workspace):
            deals.change_deal(deal_id=slow.pk, changes={"name": "Slow"}, by=SYSTEM)
            was_told.set()
            assert may_commit.wait(20)
        connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(rename_slowly)
        assert was_told.wait(20)
        with scope(workspace):
            deals.change_deal(deal_id=fast.pk, changes={"name": "Fast"}, by=SYSTEM)
        jobs.drain()
        with scope(workspace):
            assert list(Firing.objects.values_list("deal_id", flat=True)) == [fast.pk]
        may_commit.set()
        running.result(timeout=30)
    jobs.drain()
    with scope(workspace):
        assert set(Deal.objects.values_list("stage_id", flat=True)) == {there.pk}


def test_case_76_a_deal_with_fields_of_its_own_enters_once(place):
    workspace, stages = place
    with scope(workspace):
        stage = Stage.objects.get(pk=stages[0])
        publish(stage, rule("a"))
        deal = open_in(stage)
        deals.change_deal(deal_id=deal.pk, changes={"name": "Twice"}, by=SYSTEM)
        deals.set_fields(deal_ids=[deal.pk], values={"name": "Thrice"}, by=SYSTEM)
    jobs.drain()
    with scope(workspace):
        assert Step.objects.filter(deal=deal).count() == 1
        assert Deal.objects.get(pk=deal.pk).stage_epoch == 1


def test_case_72_a_deal_that_a_person_holds_holds_up_nobody_else_and_goes_on_in_order(place):
    workspace, stages = place
    with scope(workspace):
        stage = Stage.objects.get(pk=stages[0])
        publish(stage, rule("a"), rule("b", "task", params={"title": "Call"}), rule("c"))
        held, other = open_in(stage), open_in(stage)
    is_held, may_go = Event(), Event()

    def hold() -> None:
        with scope(workspace):
            Deal.objects.select_for_update().get(pk=held.pk)
            is_held.set()
            assert may_go.wait(20)
        connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold)
        assert is_held.wait(20)
        jobs.drain()
        with scope(workspace):
            assert set(Step.objects.values_list("deal_id", flat=True)) == {other.pk}
            assert list(Token.objects.values_list("deal_id", flat=True)) == [held.pk]
        may_go.set()
        holding.result(timeout=30)
    jobs.drain()
    with scope(workspace):
        for deal in (held, other):
            assert lines(deal) == ["a applied", "b applied", "c applied"]
        assert Task.objects.count() == 2


def test_case_74_a_database_that_goes_away_within_a_batch_loses_and_doubles_nothing(place, monkeypatch):
    workspace, stages = place
    with scope(workspace):
        stage = Stage.objects.get(pk=stages[0])
        publish(stage, rule("call", "task", params={"title": "Call"}), rule("set"))
        made = [open_in(stage).pk for _ in range(5)]
    make_so = registry.applier("set")
    ends = [1]

    def lose_the_database(group: object) -> None:
        make_so(group)  # type: ignore[arg-type]
        if ends and ends.pop():
            with connections["default"].cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    monkeypatch.setattr(
        "afluente.automation.services.applying.applier",
        lambda kind: lose_the_database if kind == "set" else registry.applier(kind),
    )
    with pytest.raises(DatabaseError):
        jobs.drain()
    connections.close_all()
    with scope(workspace):
        assert (Step.objects.count(), Task.objects.count()) == (0, 0)
    jobs.drain()

    with scope(workspace):
        assert Step.objects.filter(state="applied").count() == 2 * len(made)
        assert sorted(Task.objects.values_list("deal_links__deal_id", flat=True)) == sorted(made)
        assert not Token.objects.exists()


def test_case_79b_of_all_deals_of_a_person_the_one_that_somebody_holds_moves_later_and_each_once(place):
    workspace, stages = place
    with scope(workspace):
        here, there = (Stage.objects.get(pk=pk) for pk in stages[:2])
        trigger(there, "form_submitted", reach="all")
        contact = make.contact()
        ids = [open_in(here, contact_ids=(contact.pk,)).pk for _ in range(3)]
        services.hear_of(kind="lead.received", key="one", contact_id=contact.pk)
    held, may_go = Event(), Event()

    def hold() -> None:
        with scope(workspace):
            Deal.objects.select_for_update().get(pk=ids[1])
            held.set()
            may_go.wait(20)
        connections.close_all()

    def moved() -> list[int]:
        with scope(workspace):
            services.route()
        with scope(workspace):
            return list(Deal.objects.filter(stage=there).order_by("pk").values_list("pk", flat=True))

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold)
        held.wait(20)
        first = moved()
        may_go.set()
        holding.result(timeout=20)

    assert first == [ids[0], ids[2]]
    assert moved() == ids
    assert moved() == ids
    with scope(workspace):
        assert (
            list(Firing.objects.filter(state="moved").order_by("deal_id").values_list("deal_id", flat=True))
            == ids
        )
        assert set(Deal.objects.filter(pk__in=ids).values_list("stage_epoch", flat=True)) == {2}
