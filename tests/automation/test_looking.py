"""Why rules ran or did not, and what they would do: cases 112 to 114 of the reference."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from afluente.automation import selectors, services, statements
from afluente.automation.models import SHARDS, Step, Token
from afluente.deals import services as deals
from afluente.deals.models import Deal, Stage
from afluente.kernel import clock
from afluente.timeline.events import SYSTEM
from tests import make
from tests.automation.arranging import DAY, IN_A_DAY, later, lines, open_in, publish, rule, stage_of, work
from tests.deals.test_api import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def stages(people) -> list[Stage]:
    pipeline = make.pipeline()
    return [make.stage(pipeline=pipeline, name=f"S{number}", position=10 + number) for number in range(3)]


def everything() -> dict[str, list[Any]]:
    """Every row of every table of the workspace's database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        names = [row[0] for row in cursor.fetchall()]
        found = {}
        for name in sorted(names):
            cursor.execute(f'SELECT t::text FROM "{name}" t ORDER BY 1')  # noqa: S608  names of tables
            found[name] = cursor.fetchall()
    return found


def looked(found: services.Looked) -> list[str]:
    return [
        " ".join(filter(None, (one.line.rule, one.line.state.value, one.line.reason))) for one in found.steps
    ]


def rich(stages: list[Stage], people) -> list[dict[str, Any]]:
    return [
        rule("raise", params={"amount": "5000"}),
        rule("big", "task", params={"title": "Call"}, where=["amount.gt:1000"]),
        rule("small", where=["amount.lt:1000"]),
        rule("turn", "assign", params={"how": "turn", "members": [people.ana.pk, people.bruno.pk]}),
        rule("tell", "notify", params={"to": ["responsible"], "text": "Look"}, follows=True, when=IN_A_DAY),
        rule("remind", when={"anchor": "field", "field": "due", "amount": -1, "unit": "days"}),
        rule("go", "move", params={"stage": stages[1].pk}, when={"amount": 2, "unit": "days"}),
        rule("late", when={"amount": 3, "unit": "days"}),
    ]


def test_case_112_a_dry_run_changes_nothing_and_says_what_the_real_one_does(stages, people):
    publish(stages[1], rule("there"), rule("then", when=IN_A_DAY))
    deal = open_in(stages[0])
    deals.set_due(deal_ids=[deal.pk], due=deals.Due(later(2.5 * DAY)), by=SYSTEM)
    rules = rich(stages, people)
    before = everything()
    found = services.dry_run(deal=deal, stage=stages[0], rules=rules)
    assert everything() == before

    publish(stages[0], *rules)
    deals.move_deals(deal_ids=[deal.pk], to=stages[2], by=SYSTEM)
    deals.move_deals(deal_ids=[deal.pk], to=stages[0], by=SYSTEM)
    for days in (0, 1, 1.5, 2, 3):
        work(later(days * DAY))
    assert looked(found) == lines(deal)
    assert found.stage_id == stages[1].pk
    assert stage_of(deal) == "S1"
    effects = {each.effect.kind for one in found.steps for each in one.made}
    assert {"set", "task", "assign", "notify", "move"} <= effects


ACTS = st.sampled_from(["set", "task", "assign", "comment"])
WHENS = st.sampled_from([None, {"amount": 30}, IN_A_DAY, {"amount": 2, "unit": "days"}])
WHERES = st.sampled_from([[], ["amount.gt:1000"], ["lost_reason.empty"], ["source.is_not:form"]])
RULES = st.lists(st.tuples(ACTS, WHENS, WHERES, st.booleans(), st.booleans()), min_size=1, max_size=7)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=RULES, amount=st.sampled_from([0, 5000]))
def test_a_dry_run_is_the_live_run_whatever_the_rules(stages, people, drawn, amount):
    params = {
        "set": {"amount": "2000"},
        "task": {"title": "Call"},
        "assign": {"member": people.bruno.pk},
        "comment": {"text": "Hello"},
    }
    rules = [
        rule(f"r{n}", act, params=params[act], where=where, follows=follows, or_skipped=skipped)
        | ({"when": when} if when else {})
        for n, (act, when, where, follows, skipped) in enumerate(drawn)
    ]
    stage = make.stage(pipeline=stages[0].pipeline, name=uuid4().hex)
    deal = open_in(stage, amount=amount)
    now = deal.stage_entered_at
    found = services.dry_run(deal=deal, stage=stage, rules=rules, now=now)
    publish(stage, *rules)
    deals.move_deals(deal_ids=[deal.pk], to=stages[1], by=SYSTEM)
    deals.move_deals(deal_ids=[deal.pk], to=stage, by=SYSTEM)
    moment: dt.datetime | None = now
    while moment:
        services.run_due(shards=[deal.pk % SHARDS], now=moment)
        moment = Token.objects.order_by("due_at").values_list("due_at", flat=True).first()

    assert looked(found) == lines(deal)


def test_rules_that_could_not_be_published_are_not_tried(stages):
    deal = open_in(stages[0])
    with pytest.raises(services.NotPublishableError):
        services.dry_run(deal=deal, rules=[rule("a", "fly")])


def test_case_114_every_rule_of_every_stage_has_a_reason(stages, people):
    publish(stages[0], *rich(stages, people), rule("off", is_on=False))
    publish(
        stages[1],
        rule("there"),
        rule("stays", when={"amount": 9, "unit": "days"}),
        rule("after", follows=True),
    )
    publish(stages[2], rule("elsewhere"))
    deal = open_in(stages[0])
    work()
    work(later(2 * DAY))
    services.arrange_rules(stage=stages[1], rules=[rule("there"), rule("new")])
    # One transaction has one moment, so all of this would have entered before it was published.
    Deal.objects.filter(pk=deal.pk).update(stage_entered_at=statements.database_now())
    publish_later = selectors.definition_of(stages[1].pk)
    found = selectors.explain(Deal.objects.get(pk=deal.pk))
    said = {(one.stage, one.rule): (one.state, one.reason) for one in found}

    assert all(str(one.why).strip() for one in found)
    assert said["S0", "big"] == ("applied", "")
    assert said["S0", "small"] == ("skipped", "condition_false")
    assert said["S0", "late"] == ("cancelled", "stage_left")
    assert said["S0", "off"] == ("", "off")
    assert said["S1", "stays"] == ("scheduled", "")
    assert said["S1", "after"] == ("", "before")
    assert said["S1", "new"] == ("", "draft")
    assert said["S2", "elsewhere"] == ("", "never")
    small = next(one for one in found if one.rule == "small")
    assert small.asked == [["amount.lt:1000", "5000 BRL", False]]
    services.publish_rules(definition=publish_later, by=None)
    Deal.objects.filter(pk=deal.pk).update(stage_entered_at=statements.database_now() - DAY)
    said = {one.rule: (one.state, one.reason) for one in selectors.explain(Deal.objects.get(pk=deal.pk))}
    assert said["new"] == ("", "later")


def test_it_asks_as_often_for_many_steps_as_for_one(stages, django_assert_num_queries):
    publish(stages[0], rule("a"))
    deal = open_in(stages[0])
    work()
    for _ in range(3):
        for stage in stages[1], stages[0]:
            deals.move_deals(deal_ids=[deal.pk], to=stage, by=SYSTEM)
        work()
    deal = Deal.objects.get(pk=deal.pk)
    with django_assert_num_queries(7):
        found = selectors.explain(deal)

    assert [(one.entry, one.state) for one in found] == [
        (7, "applied"),
        (5, "applied"),
        (3, "applied"),
        (1, "applied"),
    ]


def test_statistics_say_how_steps_ended_and_how_long_deals_stay(stages, people):
    publish(
        stages[0],
        rule("a"),
        rule("b", where=["amount.gt:1000"]),
        rule("c", when=IN_A_DAY),
        rule("d", "move", params={"stage": 0}),
    )
    given = [open_in(stages[0]) for _ in range(3)]
    work()
    Deal.objects.filter(pk=given[0].pk).update(stage_entered_at=statements.database_now() - 3 * DAY)
    found = Program(people.ana, "deals:read").get(f"stages/{stages[0].pk}/rules/statistics?days=7").json()

    assert {one["rule"]: one["ended"] for one in found["rules"]} == {
        "a": {"applied": 3},
        "b": {"skipped": 3},
        "c": {"waiting": 3},
        "d": {"failed": 3},
    }
    assert found["rules"][3]["failures"] == {"target_gone": 3}
    assert found["deals"] == 3
    assert found["longest_seconds"] >= 3 * DAY.total_seconds()
    assert 0 < found["usual_seconds"] < found["longest_seconds"]


def test_both_over_the_api(stages, people):
    program = Program(people.ana, "deals:read", "deals:write")
    publish(stages[0], rule("a"), rule("b", when=IN_A_DAY, title="Remember"))
    deal = open_in(stages[0])
    work()
    items = program.get(f"deals/{deal.pk}/rules").json()["items"]
    assert [(one["rule"], one["state"]) for one in items] == [("a", "applied"), ("b", "scheduled")]
    assert all(one["why"] for one in items)
    told = program.send("post", f"deals/{deal.pk}/dry-run", {"days": 0}).json()
    assert [one["rule"] for one in told["steps"]] == ["a"]
    assert [(one["rule"], one["title"]) for one in told["waiting"]] == [("b", "Remember")]
    wrong = {"rules": [{"id": "a", "action": "fly"}]}
    assert program.send("post", f"deals/{deal.pk}/dry-run", wrong).status_code == 422
    assert program.get("deals/999999/rules").status_code == 404
    assert Step.objects.count() == 1


def test_the_statistics_of_a_pipeline_are_a_sortable_table_with_the_time_in_each_stage(
    people, client_as, stages
):
    publish(stages[0], rule("once"), rule("never", where=["amount.gt:1000"]), rule("later", when=IN_A_DAY))
    old = open_in(stages[0])
    Deal.objects.filter(pk=old.pk).update(stage_entered_at=clock.now() - dt.timedelta(days=6))
    open_in(stages[0])
    work()
    figures = selectors.pipeline_figures(stages[0].pipeline, days=7, sort="skipped")
    shown = [(one.key, one.applied, one.skipped, one.waiting, one.share) for one in figures.rules]
    place = stages[0].pk
    assert shown[0] == (f"{place}.never", 0, 2, 0, 0)
    assert sorted(shown[1:]) == [(f"{place}.later", 0, 0, 2, None), (f"{place}.once", 2, 0, 0, 100)]
    (there,) = [one for one in figures.stages if one.stage_id == place]
    assert (there.deals, there.usual.days, there.longest.days, there.width) == (2, 3, 6, 100)

    address = reverse("automation:statistics", args=[stages[0].pipeline_id])
    page = client_as(people.ana).get(f"{address}?days=7&sort=share").content.decode()
    assert "3 days" in page
    assert "2 deals, longest 6 days" in page
    assert 'aria-sort="descending"' in page
    assert client_as(people.ana).get(f"{address}?days=x&sort=y").status_code == 200
