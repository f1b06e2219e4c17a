"""How long the log is kept; cases of the reference by their numbers."""

from __future__ import annotations

import datetime as dt

import pytest

from afluente.automation import jobs, services
from afluente.automation.models import Firing, Step, Token
from afluente.deals import services as deals
from afluente.kernel.workspace import scope
from afluente.timeline.events import SYSTEM
from tests import make
from tests.automation.arranging import IN_A_DAY, open_in, publish, rule, trigger, work

LONG_AGO = dt.timedelta(days=181)


@pytest.mark.usefixtures("committed_db")
def test_case_115_what_ended_half_a_year_ago_goes_and_what_waits_and_its_entry_stay():
    workspace = make.workspace()
    with scope(workspace.pk):
        pipeline = make.pipeline()
        here, there = (make.stage(pipeline=pipeline, name=f"S{n}", position=10 + n) for n in range(2))
        publish(here, rule("a"), rule("b", when=IN_A_DAY))
        trigger(there, "field_changed", params={"field": "name"})
        gone, stays, waits = (open_in(here) for _ in range(3))
        work()
        deals.change_deal(deal_id=gone.pk, changes={"name": "Moved"}, by=SYSTEM)
        work()
        fresh = open_in(here)
        work()
        for row in (Step, Firing):
            column = "ended_at" if row is Step else "at"
            for one in row.objects.exclude(deal=fresh):
                row.objects.filter(pk=one.pk).update(**{column: getattr(one, column) - LONG_AGO})
        Token.objects.filter(deal=stays).delete()
        before = set(Step.objects.values_list("deal_id", "rule"))
        assert (gone.pk, "a") in before
        assert Firing.objects.count() == 1
    jobs.forget()

    with scope(workspace.pk):
        left = set(Step.objects.values_list("deal_id", "rule"))
        assert left == before - {(gone.pk, "a"), (gone.pk, "b")}
        assert {deal for deal, _ in left} == {stays.pk, waits.pk, fresh.pk}
        assert set(Token.objects.values_list("deal_id", flat=True)) == {waits.pk, fresh.pk}
        assert not Firing.objects.exists()
    jobs.forget()
    with scope(workspace.pk):
        assert set(Step.objects.values_list("deal_id", "rule")) == left
        assert services.stop_steps(deal_id=waits.pk, by=SYSTEM)


@pytest.mark.usefixtures("committed_db")
def test_more_than_one_part_goes_in_one_night(monkeypatch):
    monkeypatch.setattr(jobs, "PART", 2)
    workspace = make.workspace()
    with scope(workspace.pk):
        pipeline = make.pipeline()
        here, there = (make.stage(pipeline=pipeline, name=f"S{n}", position=10 + n) for n in range(2))
        publish(here, rule("a"))
        made = [open_in(here).pk for _ in range(5)]
        work()
        deals.move_deals(deal_ids=made, to=there, by=SYSTEM)
        Step.objects.update(ended_at=Step.objects.first().ended_at - LONG_AGO)
    jobs.forget()

    with scope(workspace.pk):
        assert not Step.objects.exists()
