"""Runs of rules, and what a person decides about steps that failed or of which nobody knows."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from afluente.automation import selectors, services
from afluente.automation.engine.actions import Done, Effect, Fail
from afluente.automation.engine.steps import State
from afluente.automation.models import Definition, Frozen, Step, Token
from afluente.deals import services as deals
from afluente.deals.models import Deal
from afluente.delivery import services as delivery
from afluente.delivery.models import Message
from afluente.kernel import clock
from afluente.timeline.events import SYSTEM, Actor
from tests import make
from tests.automation.arranging import IN_A_DAY, lines, open_in, publish, rule, work
from tests.deals.test_api import Program

pytestmark = pytest.mark.django_db
ANA = Actor("member", 1, "Ana")
works: dict[str, bool] = {}
handed: list[str] = []


class Try:
    """Fails until it works; says then that it was handed over, when it is to."""

    slug, is_outside = "try", True

    def problems(self, params: Any, catalogue: Any) -> list[str]:  # noqa: ARG002
        return []

    def act(self, params: Any, scene: Any, *, step: str) -> Done | Fail:  # noqa: ARG002
        if not works["now"]:
            return Fail("template", "there is no such word")
        return Done(effects=[Effect("try", {"step": step})], key=f"out:{step}")


def _hand(group: Any) -> None:
    handed.extend(one.values["step"] for one in group)


@pytest.fixture
def stages(people):
    services.register_action(services.Known(action=Try(), label="Try", appliers=(("try", _hand),)))
    works["now"] = False
    handed.clear()
    pipeline = make.pipeline()
    return [make.stage(pipeline=pipeline, name=name, position=10 + n) for n, name in enumerate("AB")]


@pytest.fixture
def deal(stages):
    publish(stages[0], rule("mail", "try"), rule("call", follows=True), rule("other"))
    deal = open_in(stages[0])
    work()
    return deal


def standing() -> list[int]:
    return list(selectors.standing_steps().order_by("pk").values_list("pk", flat=True))


def test_a_failed_step_is_done_anew_and_what_follows_it_goes_on(deal):
    assert lines(deal) == ["mail failed template", "call skipped chain_not_met", "other applied"]
    works["now"] = True

    assert services.retry_steps(step_ids=standing(), by=ANA) == 1
    assert standing() == []
    assert services.retry_steps(step_ids=[one.pk for one in Step.objects.all()], by=ANA) == 0
    work()
    services.settle([services.Outcome(step=handed[0], state=State.APPLIED)])
    work()
    assert lines(deal)[3:] == ["mail applied", "call applied"]


def test_what_failed_again_stands_again_once(deal):
    services.retry_steps(step_ids=standing(), by=ANA)
    work()

    assert len(standing()) == 1
    assert lines(deal).count("mail failed template") == 2


def test_a_step_whose_deal_left_or_whose_followers_ran_is_passed_over(stages):
    publish(stages[0], rule("mail", "try", goes_on=True), rule("call", follows=True))
    here, gone = open_in(stages[0]), open_in(stages[0])
    work()
    ids = list(Step.objects.filter(state="failed").values_list("pk", flat=True))
    deals.move_deals(deal_ids=[gone.pk], to=stages[1], by=SYSTEM)
    works["now"] = True

    assert services.retry_steps(step_ids=ids, by=ANA) == 0
    assert Token.objects.count() == 0
    assert lines(here) == ["mail failed template", "call applied"]
    assert len(standing()) == 1


def test_skipping_stopping_and_what_follows(stages):
    publish(
        stages[0],
        rule("mail", "try"),
        rule("call", follows=True, or_skipped=True),
        rule("late", when=IN_A_DAY),
    )
    first, second = open_in(stages[0]), open_in(stages[0])
    work()
    one, two = standing()

    assert services.pass_over_steps(step_ids=[one], by=ANA) == 1
    assert services.give_up_steps(step_ids=[two], by=ANA) == 1
    work()
    assert [said for said in lines(first) if "chain" not in said] == [
        "mail skipped skipped_by_user",
        "call applied",
    ]
    assert Token.objects.filter(deal=first, rule="late").exists()
    assert lines(second)[0] == "mail cancelled stopped_by_user"
    assert lines(second)[-1] == "late cancelled stopped_by_user"
    assert standing() == []


def test_of_an_unknown_step_a_person_says_that_it_was_done_or_lets_it_be_done_anew(stages):
    publish(stages[0], rule("mail", "try"), rule("call", follows=True))
    works["now"] = True
    first, second = open_in(stages[0]), open_in(stages[0])
    work()
    services.settle([services.Outcome(step=one, state=State.UNKNOWN, reason="no_answer") for one in handed])
    work()
    one, two = standing()

    assert services.confirm_steps(step_ids=[one], by=ANA) == 1
    assert services.retry_steps(step_ids=[two], by=ANA) == 1
    work()
    assert lines(first)[-1] == "call applied"
    assert lines(second)[-1] == "mail awaiting"
    assert len(handed) == 3
    assert services.confirm_steps(step_ids=[one, two], by=ANA) == 0


def test_the_page_lists_what_stands_and_decides_about_many(people, client_as, stages, deal):
    others = [open_in(stages[0]) for _ in range(2)]
    work()
    browser = client_as(people.ana)
    address = reverse("automation:decisions", args=[stages[0].pipeline_id])
    shown = browser.get(address).content.decode()
    assert shown.count('name="step"') == 3
    assert "there is no such word" in shown
    designer = browser.get(reverse("automation:designer", args=[stages[0].pipeline_id])).content.decode()
    assert address in designer

    nothing = browser.post(address, {"act": "run"}, follow=True).content.decode()
    assert "Choose steps that still stand" in nothing
    works["now"] = True
    browser.post(address, {"act": "run", "all": "on"})
    work()
    assert [lines(one)[-1] for one in (deal, *others)] == ["mail awaiting"] * 3
    assert "Nothing needs a decision" in browser.get(address).content.decode()


def test_the_runs_of_a_rule_are_listed_narrowed_and_failed_ones_tried_again(people, client_as, stages, deal):
    browser = client_as(people.ana)
    address = reverse("automation:runs", args=[stages[0].pipeline_id])
    every = browser.get(address).content.decode()
    assert every.count("?tab=automation") == 3
    failed = browser.get(f"{address}?rule={stages[0].pk}.mail&state=failed&days=7").content.decode()
    assert failed.count("?tab=automation") == 1
    assert "there is no such word" in failed
    assert (
        browser.get(f"{address}?rule={stages[0].pk}.mail&state=applied").content.decode().count("?tab=") == 0
    )
    assert browser.get(f"{address}?rule=9.x&state=y&days=z&before=w").status_code == 200

    works["now"] = True
    browser.post(f"{address}?rule={stages[0].pk}.mail", {"act": "run", "step": standing()})
    work()
    assert lines(deal)[-1] == "mail awaiting"


def test_pages_of_runs_are_read_on_from_a_row(people, client_as, stages):
    publish(stages[0], rule("a"))
    for _ in range(52):
        open_in(stages[0])
    work()
    browser = client_as(people.ana)
    first = browser.get(reverse("automation:runs", args=[stages[0].pipeline_id]))
    second = browser.get(first.context["next_url"])

    assert [len(first.context["rows"]), len(second.context["rows"])] == [50, 2]


def test_who_does_not_see_a_deal_sees_no_step_of_it_and_decides_nothing(people, client_as, stages, deal):
    Deal.objects.filter(pk=deal.pk).update(assignee=people.ana)
    address = reverse("automation:decisions", args=[stages[0].pipeline_id])
    before = lines(deal)
    browser = client_as(people.carla)

    assert "there is no such word" not in browser.get(address).content.decode()
    browser.post(address, {"act": "stop", "step": standing()})
    browser.post(address, {"act": "stop", "all": "on"})
    assert lines(deal) == before


def test_only_what_surely_did_not_arrive_makes_room_for_a_new_message(stages):
    key = "1:2:3:mail:"
    for number, state in enumerate(("failed", "unknown", "sent")):
        make_message(f"{key}{number}", state)

    delivery.make_room([f"{key}{number}" for number in range(3)])
    assert list(Message.objects.order_by("pk").values_list("key", flat=True)[1:]) == [f"{key}1", f"{key}2"]
    assert not Message.objects.filter(key=f"{key}0").exists()


def make_message(key, state):
    now = clock.now()
    return Message.objects.create(
        channel="email",
        key=key,
        address="a@example.com",
        text="x",
        state=state,
        due_at=now,
        until=now,
        created_at=now,
    )


def test_programs_read_runs_and_decide(people, stages, deal):
    program = Program(people.ana, "deals:read", "deals:write")
    base = f"pipelines/{stages[0].pipeline_id}/automation"
    failed = program.get(f"{base}/runs?state=failed").json()["items"]
    assert [(one["rule"], one["why"], one["stands"]) for one in failed] == [
        ("mail", "its text could not be filled in", True)
    ]
    found = program.get(f"{base}/decisions").json()
    assert (found["items"], found["frozen"], found["paused"]) == (failed, [], [])
    Frozen.objects.create(deal=deal, since=clock.now(), reason="loop_guard")
    Definition.objects.update(state=Definition.State.PAUSED, paused_because="mail: 10 failures")
    found = program.get(f"{base}/decisions").json()
    assert [(one["deal_id"], one["deal"]) for one in found["frozen"]] == [(deal.pk, deal.name)]
    (paused,) = found["paused"]
    assert (paused["stage_id"], paused["stage"]) == (stages[0].pk, "A")
    Frozen.objects.all().delete()
    Definition.objects.update(state=Definition.State.ACTIVE, paused_because="")
    works["now"] = True
    said = {"act": "run", "steps": [failed[0]["id"], 10**9]}

    answer = program.send("post", f"{base}/decisions", said)
    assert answer.json() == {"decided": 1, "passed_over": 1}
    work()
    assert lines(deal)[-1] == "mail awaiting"
