"""Rules of stages over the REST API, and what a deal shows of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afluente.automation import services, statements
from afluente.automation.models import SHARDS, Step
from afluente.deals import services as deals
from afluente.deals.models import Deal
from afluente.timeline.events import SYSTEM
from tests import make
from tests.deals.test_api import Program

RULES: list[dict[str, Any]] = [
    {
        "id": "big",
        "action": "set",
        "title": "Mark it",
        "params": {"lost_reason": "big"},
        "where": ["amount.gt:100"],
    },
    {"id": "call", "action": "task", "params": {"title": "Call"}, "when": {"amount": 1, "unit": "days"}},
]


@pytest.fixture
def stage(people):
    return make.stage(pipeline=make.pipeline(), name="Talk")


@pytest.fixture
def program(people):
    return Program(people.ana, "deals:read", "deals:write")


@pytest.fixture
def published(program, stage):
    program.send("put", f"stages/{stage.pk}/rules", {"rules": RULES})
    assert program.send("post", f"stages/{stage.pk}/rules/publication", {}).status_code == 200
    return stage


def enter(stage) -> Deal:
    new = deals.NewDeal(name="Ana", pipeline_id=stage.pipeline_id, stage_id=stage.pk, currency="BRL")
    return Deal.objects.get(pk=deals.open_deals(deals=[new], by=SYSTEM)[0])


def work(length: dt.timedelta = dt.timedelta(0)) -> None:
    now = statements.database_now() + length
    for shard in range(SHARDS):
        services.run_due(shards=[shard], now=now)


def test_rules_are_arranged_published_paused_and_stopped(program, stage):
    path = f"stages/{stage.pk}/rules"

    assert program.get(path).json() == {"state": "draft", "version": 0, "waiting": 0, "rules": []}
    arranged = program.send("put", path, {"rules": RULES}).json()
    assert (arranged["state"], arranged["rules"]) == ("draft", RULES)
    states = [
        program.send(method, f"{path}/{what}", {}).json()["state"]
        for method, what in (
            ("post", "publication"),
            ("post", "pause"),
            ("delete", "pause"),
            ("post", "stop"),
        )
    ]
    assert states == ["active", "paused", "active", "stopped"]


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({"id": "a", "action": "set", "params": {"colour": "red"}}, "rules[0]"),
        ({"id": "a", "action": "delete", "where": ["gone.is:1"]}, "rules[0]"),
        ({"id": "a", "action": "delete", "when": {"anchor": "field"}}, "rules[0].when.field"),
        ({"id": "a", "action": "delete", "when": {"amount": -1}}, "rules[0].when.amount"),
        ({"id": "a", "action": "delete", "where": ["amount"]}, "rules[0].where"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(program, stage, rule, field):
    arranged = program.send("put", f"stages/{stage.pk}/rules", {"rules": [rule]})
    answer = (
        program.send("post", f"stages/{stage.pk}/rules/publication", {})
        if arranged.status_code == 200
        else arranged
    )

    assert (answer.status_code, answer.json()["error"]["field"]) == (422, field)


def test_two_rules_of_one_name_and_a_stage_without_rules_are_refused(program, stage):
    path = f"stages/{stage.pk}/rules"

    assert program.send("post", f"{path}/publication", {}).status_code == 422
    twice = program.send("put", path, {"rules": [RULES[0], RULES[0]]})
    assert twice.json()["error"] == {"code": "invalid", "message": "“big” stands twice", "field": "id"}


def test_what_publishing_would_change_is_asked_and_chosen(program, published):
    deal = enter(published)
    work()
    path = f"stages/{published.pk}/rules"
    later = [{**RULES[1], "when": {"amount": 3, "unit": "days"}}, {"id": "new", "action": "delete"}]
    program.send("put", path, {"rules": later})
    found = program.get(f"{path}/publication").json()
    assert {name: found[name] for name in ("waiting", "retimed", "ended", "present", "added")} == {
        "waiting": 1,
        "retimed": 1,
        "ended": 0,
        "present": 1,
        "added": 1,
    }
    assert [one["what"] for one in found["changes"]] == ["removed", "retimed", "added"]
    wish = {"waiting": "keep", "is_for_present": True}
    assert program.send("post", f"{path}/publication", wish).status_code == 200
    assert program.send("post", f"{path}/publication", {"waiting": "no"}).status_code == 422
    work()

    assert Deal.objects.get(pk=deal.pk).deleted_at is not None


def test_whoever_may_not_configure_pipelines_may_only_look(people, published):
    program = Program(people.bruno, "deals:read", "deals:write")

    assert program.get(f"stages/{published.pk}/rules").status_code == 200
    assert program.send("put", f"stages/{published.pk}/rules", {"rules": []}).status_code == 403
    assert program.get("stages/999999/rules").status_code == 404


def test_the_steps_of_a_deal_are_read_a_page_at_a_time(program, published):
    deal = enter(published)
    work()
    work(dt.timedelta(days=2))

    first = program.get(f"deals/{deal.pk}/steps", limit=1).json()
    second = program.get(f"deals/{deal.pk}/steps", limit=1, cursor=first["next"]).json()

    shown = [(one["rule"], one["state"], one["reason"]) for one in first["items"] + second["items"]]
    assert shown == [("call", "applied", ""), ("big", "skipped", "condition_false")]
    assert second["items"][0]["asked"] == [["amount.gt:100", "0 BRL", False]]
    assert second["next"] is None
    assert program.get("deals/999999/steps").status_code == 404


def test_the_deal_shows_what_waits_and_what_was_done_and_why(client_as, people, published):
    deal = enter(published)
    work()
    html = client_as(people.ana).get(f"/deals/{deal.pk}/", {"tab": "automation"}).content.decode()

    assert "Mark it" in html
    assert "Its condition was not met" in html
    assert "Make a task" in html
    assert "Waits" in html


def test_a_deal_that_no_rule_concerns_says_so(client_as, people, stage):
    deal = enter(stage)
    html = client_as(people.ana).get(f"/deals/{deal.pk}/", {"tab": "automation"}).content.decode()

    assert "No rule has done anything with this deal" in html
    assert not Step.objects.exists()


def test_the_tab_asks_as_often_for_three_steps_as_for_one(client_as, people, program):
    asked = []
    for count in (1, 3):
        stage = make.stage(pipeline=make.pipeline())
        rules = [{"id": f"r{number}", "action": "set", "params": {"name": "x"}} for number in range(count)]
        program.send("put", f"stages/{stage.pk}/rules", {"rules": rules})
        program.send("post", f"stages/{stage.pk}/rules/publication", {})
        deal = enter(stage)
        work()
        browser = client_as(people.ana)
        browser.get(f"/deals/{deal.pk}/", {"tab": "automation"})
        with CaptureQueriesContext(connection) as queries:
            browser.get(f"/deals/{deal.pk}/", {"tab": "automation"})
        asked.append(len(queries))

    assert Step.objects.count() == 4
    assert asked[0] == asked[1]
