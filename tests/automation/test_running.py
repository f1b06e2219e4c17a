"""Rules of stages in the database: entering, waiting, leaving, once; cases of the reference by their numbers."""

from __future__ import annotations

import datetime as dt

import pytest

from afluente.automation import services, statements
from afluente.automation.models import SHARDS, Step, Token
from afluente.deals import services as deals
from afluente.deals.models import Deal, Stage
from afluente.tasks.models import Task
from afluente.timeline.events import SYSTEM
from afluente.timeline.models import Event
from tests import make
from tests.automation.arranging import DAY, IN_A_DAY, later, lines, open_in, publish, rule, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def stages(ana) -> list[Stage]:
    pipeline = make.pipeline()
    return [make.stage(pipeline=pipeline, name=f"S{number}") for number in range(4)]


def test_case_1_three_rules_run_when_a_deal_enters(stages):
    publish(stages[0], rule("a"), rule("b"), rule("c", "task", params={"title": "Call"}))
    deal = open_in(stages[0])

    assert work() == 1
    assert lines(deal) == ["a applied", "b applied", "c applied"]
    assert Deal.objects.get(pk=deal.pk).lost_reason == "b"
    assert Task.objects.get(deals=deal).title == "Call"
    assert not Token.objects.exists()


def test_case_2_a_later_rule_sees_what_an_earlier_one_set(stages):
    publish(
        stages[0],
        rule("raise", params={"amount": "5000"}),
        rule("big", "assign", params={"member": None}, where=["amount.gt:1000"]),
    )
    deal = open_in(stages[0])
    work()

    assert lines(deal) == ["raise applied", "big applied"]


def test_case_3_a_rule_waits_its_time_and_then_runs_once(stages):
    publish(stages[0], rule("a", when=IN_A_DAY))
    deal = open_in(stages[0])
    work()

    assert [(one.node, one.state) for one in Token.objects.all()] == [("a.when", "scheduled")]
    assert work(later(DAY - dt.timedelta(minutes=1))) == 0
    assert work(later(DAY)) == 1
    assert work(later(2 * DAY)) == 0
    assert lines(deal) == ["a applied"]


def test_case_20_a_move_to_where_it_is_starts_nothing(stages):
    publish(stages[0], rule("a"))
    deal = open_in(stages[0])
    work()
    deals.move_deals(deal_ids=[deal.pk], to=stages[0], by=SYSTEM)

    assert work() == 0


def test_case_45_leaving_ends_what_waits_in_the_same_transaction(stages):
    publish(stages[0], *(rule(name, when=IN_A_DAY) for name in "abc"))
    deal = open_in(stages[0])
    work()
    deals.move_deals(deal_ids=[deal.pk], to=stages[1], by=SYSTEM)

    assert lines(deal) == ["a cancelled stage_left", "b cancelled stage_left", "c cancelled stage_left"]
    assert not Token.objects.exists()


def test_case_47_coming_back_starts_anew(stages):
    publish(stages[0], rule("a"))
    deal = open_in(stages[0])
    for stage in (None, stages[1], stages[0]):
        if stage:
            deals.move_deals(deal_ids=[deal.pk], to=stage, by=SYSTEM)
        work()

    assert [(one.epoch, one.state) for one in Step.objects.filter(deal=deal).order_by("pk")] == [
        (1, "applied"),
        (3, "applied"),
    ]


def test_case_49_a_rule_that_moves_ends_the_others_and_starts_the_next_stage(stages):
    publish(
        stages[0], rule("wait", when=IN_A_DAY), rule("go", "move", params={"stage": stages[2].pk}), rule("no")
    )
    publish(stages[1], rule("between"))
    publish(stages[2], rule("there"))
    deal = open_in(stages[0])
    work()

    assert sorted(lines(deal)) == [
        "go applied",
        "no cancelled stage_left",
        "there applied",
        "wait cancelled stage_left",
    ]
    assert Step.objects.get(deal=deal, rule="there").depth == 1
    moved = Event.objects.get(deal_id=deal.pk, kind="deal.moved")
    assert (moved.actor_kind, moved.data["cause"]["rule"]) == ("rule", "go")


def test_case_50_of_two_steps_that_move_at_once_the_first_moves(stages):
    publish(
        stages[0],
        rule("a", "move", params={"stage": stages[1].pk}, when=IN_A_DAY),
        rule("b", "move", params={"stage": stages[2].pk}, when=IN_A_DAY),
    )
    deal = open_in(stages[0])
    work()
    work(later(DAY))

    assert Deal.objects.get(pk=deal.pk).stage_id == stages[1].pk
    assert lines(deal) == ["a applied", "b cancelled stage_left"]


def test_case_51_a_deleted_deal_waits_for_nothing_and_a_restored_one_starts_nothing(stages):
    publish(stages[0], rule("a", when=IN_A_DAY))
    deal = open_in(stages[0])
    work()
    deals.delete_deals(deal_ids=[deal.pk], by=SYSTEM)
    deals.restore_deals(deal_ids=[deal.pk], by=SYSTEM)

    assert lines(deal) == ["a cancelled record_deleted"]
    assert work(later(2 * DAY)) == 0


def test_a_rule_whose_stage_is_gone_fails_and_says_so(stages):
    publish(stages[0], rule("a", "move", params={"stage": 0}), rule("b"))
    deal = open_in(stages[0])
    work()

    assert lines(deal) == ["a failed target_gone", "b applied"]


def test_case_73_a_step_that_was_applied_before_has_no_effect_and_the_others_have(stages):
    definition = publish(stages[0], rule("a", when=IN_A_DAY))
    done, fresh = open_in(stages[0]), open_in(stages[0])
    work()
    Step.objects.create(
        definition=definition, version=1, rule="a", deal=done, epoch=1, state="applied", ended_at=later(DAY)
    )
    Deal.objects.filter(pk__in=[done.pk, fresh.pk]).update(lost_reason="")
    work(later(DAY))

    assert lines(done) == ["a applied", "a skipped duplicate"]
    assert lines(fresh) == ["a applied"]
    assert [Deal.objects.get(pk=deal.pk).lost_reason for deal in (done, fresh)] == ["", "a"]


def test_case_80_a_circle_without_a_condition_is_not_published(stages):
    publish(stages[0], rule("there", "move", params={"stage": stages[1].pk}))
    publish(stages[1], rule("on", "move", params={"stage": stages[2].pk}))
    circle = [rule("note"), rule("back", "move", params={"stage": stages[0].pk})]
    definition = services.arrange_rules(stage=stages[2], rules=circle)
    with pytest.raises(services.NotPublishableError) as refused:
        services.publish_rules(definition=definition, by=None)

    assert refused.value.problems == {
        1: ["These rules send every deal round in a circle: S2 → S0 → S1 → S2."]
    }


def test_case_80_a_first_rule_that_would_follow_another_goes_round_as_well(stages):
    publish(stages[0], rule("there", "move", params={"stage": stages[1].pk}))
    back = [rule("back", "move", params={"stage": stages[0].pk}, follows=True)]
    definition = services.arrange_rules(stage=stages[1], rules=back)
    with pytest.raises(services.NotPublishableError):
        services.publish_rules(definition=definition, by=None)


@pytest.mark.parametrize(
    "back", [{"where": ["amount.lt:1000"]}, {"when": IN_A_DAY}, {"company_hours": True}, {"is_on": False}]
)
def test_a_circle_with_a_condition_or_a_wait_is_published(stages, back):
    publish(stages[0], rule("there", "move", params={"stage": stages[1].pk}))
    publish(stages[1], rule("back", "move", params={"stage": stages[0].pk}, **back))


def test_case_81_a_circle_of_rules_ends_at_the_limit(stages):
    publish(stages[0], rule("there", "move", params={"stage": stages[1].pk}))
    publish(stages[1], rule("back", "move", params={"stage": stages[0].pk}, where=["amount.lt:1000"]))
    deal = open_in(stages[0])
    work()

    assert lines(deal)[-1] == "cancelled loop_guard"
    assert Deal.objects.get(pk=deal.pk).stage_epoch == 12


def test_case_94_paused_rules_hold_and_stopped_ones_end(stages):
    definition = publish(stages[0], rule("a"))
    services.pause_rules(definition=definition)
    deal = open_in(stages[0])

    assert work() == 0
    services.resume_rules(definition=definition)
    assert work() == 1
    assert lines(deal) == ["a applied"]

    publish(stages[0], rule("b", when=IN_A_DAY))
    other = open_in(stages[0])
    work()
    services.stop_rules(definition=definition)
    assert lines(other) == ["b cancelled definition_stopped"]


def test_a_deal_in_the_stage_before_rules_were_published_is_left_alone(stages):
    open_in(stages[0])
    publish(stages[0], rule("a"))

    assert work() == 0


def test_where_something_is_due_is_found_without_a_workspace(stages):
    publish(stages[0], rule("a"))
    deal = open_in(stages[0])

    assert statements.due_shards() == [(deal.workspace_id, deal.pk % SHARDS)]


def test_rules_that_cannot_run_are_not_published(stages):
    definition = services.arrange_rules(
        stage=stages[0],
        rules=[rule("a", params={"colour": "red"}), rule("b", where=["gone.is:1"]), rule("c", "fly")],
    )
    with pytest.raises(services.NotPublishableError) as refused:
        services.publish_rules(definition=definition, by=None)

    assert refused.value.problems == {
        0: ["colour cannot be set."],
        1: ["There is no field gone any more."],
        2: ["There is no action “fly”."],
    }
