"""What goes wrong for one thing, one step or one workspace goes wrong for no other (S-FAIL; spec 5.1)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection

from afluente.automation import jobs, selectors, services, statements
from afluente.automation.engine.actions import Done, Effect
from afluente.automation.models import Heard, Step, Token
from afluente.automation.selectors import trigger_kinds
from afluente.automation.services.actions import registry
from afluente.deals import services as deals
from afluente.deals.models import Stage
from afluente.kernel.workspace import current_workspace_id, scope
from afluente.timeline.events import SYSTEM
from tests import make
from tests.automation.arranging import firings, later, lines, open_in, publish, rule, stage_of, trigger, work


class Meet:
    """Meets somebody else's work once: the database says what it says of a deadlock."""

    slug, is_outside = "meet", False

    def problems(self, params: Any, catalogue: Any) -> list[str]:  # noqa: ARG002
        return []

    def act(self, params: Any, scene: Any, *, step: str) -> Done:  # noqa: ARG002
        return Done(effects=[Effect("meet", {"code": params["code"]})])


@pytest.fixture
def meeting(monkeypatch):
    """How often they still meet."""
    left = {"times": 0}

    def meet(group: Any) -> None:
        if left["times"]:
            left["times"] -= 1
            with connection.cursor() as cursor:
                code = group[0].values["code"]
                cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'met' USING ERRCODE = '{code}'; END $$")

    monkeypatch.setattr(registry, "_known", dict(registry._known))
    services.register_action(services.Known(action=Meet(), label="Meet", appliers=(("meet", meet),)))
    return left


@pytest.fixture
def stages(people):
    pipeline = make.pipeline()
    return [make.stage(pipeline=pipeline, name=f"S{n}", position=10 + n) for n in range(3)]


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["40P01", "40001", "55P03"])
def test_a_step_that_met_somebody_elses_work_waits_on_and_is_done_once(stages, meeting, code):
    publish(stages[0], rule("m", "meet", params={"code": code}), rule("after"))
    deal = open_in(stages[0])
    meeting["times"] = 2  # with the others of its batch, and alone
    services.run_due(shards=range(16))
    assert (lines(deal), Token.objects.count()) == ([], 1)

    work()
    assert lines(deal) == ["m applied", "after applied"]


@pytest.mark.django_db
def test_a_step_that_the_database_refuses_for_good_is_failed(stages, meeting):
    publish(stages[0], rule("m", "meet", params={"code": "23514"}))
    deal = open_in(stages[0])
    meeting["times"] = 2
    work()
    assert lines(deal) == ["failed internal"]
    assert "met" in Step.objects.get().detail


@pytest.fixture
def odd(monkeypatch):
    """A kind of trigger that an extension got wrong: it breaks on comments that say so."""

    def matches(_params: Any, happened: Any) -> bool:
        return bool(happened.data["about"] or 1 / 0)

    monkeypatch.setattr(trigger_kinds, "_kinds", dict(trigger_kinds._kinds))
    kind = trigger_kinds.TriggerKind(slug="odd", label="Odd", events=("odd.thing",), matches=matches)
    services.register_trigger(kind)


@pytest.mark.django_db
def test_a_thing_that_no_trigger_can_look_at_holds_up_no_other(stages, odd):
    trigger(stages[2], "odd")
    deal, other = open_in(stages[0]), open_in(stages[0])
    services.hear_of(kind="odd.thing", key="a", deal_id=deal.pk, data={"about": 0})
    services.hear_of(kind="odd.thing", key="b", deal_id=other.pk, data={"about": 1})
    work()

    assert (stage_of(deal), stage_of(other)) == ("S0", "S2")
    assert (firings(deal), firings(other)) == ([], ["moved"])
    assert Heard.objects.get(looked_at=None).deal_id == deal.pk
    work(later(dt.timedelta(minutes=70)))
    assert not Heard.objects.filter(looked_at=None).exists()


@pytest.mark.usefixtures("committed_db")
def test_a_workspace_that_cannot_go_on_holds_up_no_other(monkeypatch):
    held = {}
    for _ in range(2):
        workspace = make.workspace().pk
        with scope(workspace):
            stage = make.stage(pipeline=make.pipeline(), name="S")
            publish(stage, rule("a"))
            held[workspace] = open_in(stage).pk
    broken = min(held)
    lock = statements.lock_deals

    def refuse(ids: Any) -> Any:
        if current_workspace_id() == broken:
            raise ValueError("odd")
        return lock(ids)

    monkeypatch.setattr("afluente.automation.statements.lock_deals", refuse)
    jobs.drain()
    for workspace in held:
        with scope(workspace):
            assert Step.objects.count() == (0 if workspace == broken else 1)


@pytest.mark.django_db
def test_a_deal_that_left_before_any_rule_was_looked_at_is_told_in_words(stages, people):
    publish(stages[0], rule("a"))
    deal = open_in(stages[0])
    deals.move_deals(deal_ids=[deal.pk], to=Stage.objects.get(pk=stages[1].pk), by=SYSTEM)

    assert lines(deal) == [" cancelled stage_left".strip()]
    (run,) = selectors.shown_runs(Step.objects.select_related("deal", "definition__stage"))
    assert run.said == "All rules of the stage, before the first began"
