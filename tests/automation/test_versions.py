"""What becomes of what waits when a date changes or rules are published; cases of the reference by their numbers."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db.models import F

from afluente.automation import jobs, selectors, services
from afluente.automation.models import Definition, Step, Token, Version
from afluente.automation.services import carrying
from afluente.contacts import services as contacts
from afluente.deals import services as deals
from afluente.deals.models import Deal, Stage
from afluente.kernel import clock
from afluente.timeline.events import SYSTEM
from tests import make
from tests.automation.arranging import DAY, IN_A_DAY, later, lines, open_in, publish, rule, work

pytestmark = pytest.mark.django_db
DAY_BEFORE = {"anchor": "field", "field": "due", "amount": -1, "unit": "days"}
IN_THREE = {"amount": 3, "unit": "days"}


@pytest.fixture
def stage(ana) -> Stage:
    return make.stage(pipeline=make.pipeline(), name="Talk")


def due_in(deal: Deal, days: float | None) -> dt.datetime | None:
    at = None if days is None else clock.now() + days * DAY
    deals.set_due(deal_ids=[deal.pk], due=deals.Due(at), by=SYSTEM)
    return at


def waiting(deal: Deal) -> list[tuple[str, str, dt.datetime | None]]:
    rows = Token.objects.filter(deal=deal).order_by("pk")
    return [(one.rule, one.state, one.due_at) for one in rows]


def arrange(stage: Stage, *rules) -> Definition:
    return services.arrange_rules(stage=stage, rules=list(rules))


def republish(stage: Stage, *rules, **how) -> Version:
    return services.publish_rules(definition=arrange(stage, *rules), by=None, **how)


def test_case_6_a_date_that_moves_is_planned_anew_in_its_own_transaction(stage):
    publish(stage, rule("remind", when=DAY_BEFORE))
    deal = open_in(stage)
    due_in(deal, 5)
    work()
    moved = due_in(deal, 7)

    assert waiting(deal) == [("remind", "scheduled", moved - DAY)]


def test_case_7_without_a_date_it_is_parked_and_with_one_it_waits_again(stage):
    publish(stage, rule("remind", when=DAY_BEFORE))
    deal = open_in(stage)
    work()
    assert waiting(deal) == [("remind", "parked", None)]
    at = due_in(deal, 5)
    assert waiting(deal) == [("remind", "scheduled", at - DAY)]
    due_in(deal, None)
    assert waiting(deal) == [("remind", "parked", None)]
    again = due_in(deal, 3)
    assert waiting(deal) == [("remind", "scheduled", again - DAY)]
    assert not lines(deal)


def test_case_8_another_date_is_another_reminder_and_the_same_one_is_none(stage):
    publish(stage, rule("remind", when=DAY_BEFORE))
    deal = open_in(stage)
    first = due_in(deal, 5)
    work()
    work(later(4.1 * DAY))
    second = due_in(deal, 9)
    assert waiting(deal) == [("remind", "scheduled", second - DAY)]
    deals.set_due(deal_ids=[deal.pk], due=deals.Due(first), by=SYSTEM)

    assert waiting(deal) == [("remind", "parked", None)]
    assert work(later(30 * DAY)) == 0
    assert lines(deal) == ["remind applied"]


def test_a_date_that_is_set_for_a_deal_without_such_rules_costs_two_questions(
    stage, django_assert_max_num_queries
):
    deal = open_in(stage)
    with django_assert_max_num_queries(11):
        due_in(deal, 5)


def test_a_date_of_ones_own_moves_its_reminder(stage):
    field = contacts.create_field(name="Meeting", kind="moment", entity="deal", by=SYSTEM)
    name = f"field-{field.pk}"
    publish(stage, rule("remind", when={**DAY_BEFORE, "field": name}))
    deal = open_in(stage)
    work()
    at = (clock.now() + 5 * DAY).replace(microsecond=0)
    deals.fill_values(given={deal.pk: {field.pk: at}}, by=SYSTEM)

    assert waiting(deal) == [("remind", "scheduled", at - DAY)]


def test_case_89_another_text_is_what_waiting_steps_say_at_the_same_time(stage):
    publish(stage, rule("a", when=IN_A_DAY, params={"lost_reason": "old"}))
    given = [open_in(stage) for _ in range(3)]
    work()
    before = [waiting(deal) for deal in given]
    republish(stage, rule("a", when=IN_A_DAY, params={"lost_reason": "new"}))

    assert [waiting(deal) for deal in given] == before
    work(later(DAY))
    assert {Deal.objects.get(pk=deal.pk).lost_reason for deal in given} == {"new"}
    assert set(Step.objects.values_list("version", "state")) == {(2, "applied")}


def test_case_90_another_time_counts_from_the_entry_and_not_from_publishing(stage):
    publish(stage, rule("a", when=IN_THREE), rule("b", when=IN_A_DAY))
    deal = open_in(stage)
    work()
    entered = Token.objects.get(rule="a").entered_at
    republish(stage, rule("a", when=IN_A_DAY), rule("b", when=IN_THREE))

    assert sorted(waiting(deal)) == [
        ("a", "scheduled", entered + DAY),
        ("b", "scheduled", entered + 3 * DAY),
    ]
    assert work(later(2 * DAY)) == 1
    step = Step.objects.get(rule="a")
    assert step.due_at == entered + DAY
    assert dt.timedelta(seconds=step.late_by) > 0.9 * DAY


def test_an_interval_after_the_rule_before_counts_from_its_end(stage):
    chain = {"follows": True, "when": {"anchor": "previous", "amount": 3, "unit": "days"}}
    publish(stage, rule("a", when=IN_A_DAY), rule("b", **chain))
    deal = open_in(stage)
    work()
    work(later(DAY))
    ended = Token.objects.get(rule="b").since
    chain["when"]["amount"] = 1
    republish(stage, rule("a", when=IN_A_DAY), rule("b", **chain))

    assert waiting(deal) == [("b", "scheduled", ended + DAY)]


def test_a_rule_that_waits_no_longer_runs_at_once_and_goes_on_in_its_lane(stage):
    publish(stage, rule("a", when=IN_THREE), rule("b", follows=True))
    deal = open_in(stage)
    work()
    republish(stage, rule("a"), rule("b", follows=True))
    work()

    assert lines(deal) == ["a applied", "b applied"]


def test_case_91_what_waits_for_a_rule_that_is_removed_or_off_is_cancelled(stage):
    publish(stage, rule("a", when=IN_A_DAY), rule("b", when=IN_A_DAY), rule("c", when=IN_A_DAY))
    deal = open_in(stage)
    work()
    republish(stage, rule("b", when=IN_A_DAY, is_on=False), rule("c", when=IN_A_DAY))

    assert sorted(lines(deal)) == ["a cancelled rule_removed", "b cancelled rule_removed"]
    assert [name for name, *_ in waiting(deal)] == ["c"]


def test_case_92_new_rules_begin_for_deals_that_are_there_only_where_that_is_wanted_and_once(stage):
    publish(stage, rule("a"))
    given = [open_in(stage) for _ in range(40)]
    work()
    version = republish(stage, rule("a"), rule("b", when=IN_A_DAY), rule("c", follows=True), rule("d"))
    assert work(later(2 * DAY)) == 0

    assert services.begin_for_present(version=version) == 40
    assert services.begin_for_present(version=version) == 0
    work()
    assert Token.objects.filter(rule="b", due_at=F("entered_at") + DAY).count() == 40
    services.begin_for_present(version=version)
    work(later(2 * DAY))
    assert {tuple(lines(deal)) for deal in given} == {("a applied", "d applied", "b applied", "c applied")}


def test_a_new_rule_whose_lane_still_waits_comes_with_it(stage):
    publish(stage, rule("a", when=IN_A_DAY))
    deal = open_in(stage)
    work()
    republish(stage, rule("a", when=IN_A_DAY), rule("b", follows=True), is_for_present=True)
    work()
    assert lines(deal) == []
    work(later(DAY))
    assert lines(deal) == ["a applied", "b applied"]


def test_case_93_only_new_entries_leaves_what_waits_on_its_own_version(stage):
    publish(stage, rule("a", when=IN_A_DAY, params={"lost_reason": "old"}))
    old = open_in(stage)
    work()
    new_rule = rule("a", when=IN_A_DAY, params={"lost_reason": "new"})
    republish(stage, new_rule, waiting=services.Waiting.KEEP)
    new = open_in(stage)
    work()
    work(later(DAY))

    assert [Deal.objects.get(pk=deal.pk).lost_reason for deal in (old, new)] == ["old", "new"]
    assert dict(Step.objects.values_list("deal_id", "version")) == {old.pk: 1, new.pk: 2}


def test_case_94_what_falls_due_while_rules_are_paused_is_held_until_they_go_on(stage):
    definition = publish(stage, rule("a", when=IN_A_DAY))
    deal = open_in(stage)
    work()
    services.pause_rules(definition=definition)
    work(later(DAY))
    assert [state for _, state, _ in waiting(deal)] == ["held"]
    services.resume_rules(definition=definition)
    work(later(2 * DAY))

    assert Step.objects.get(deal=deal).late_by >= DAY.total_seconds() * 0.99


def test_publishing_lets_go_what_a_pause_held(stage):
    definition = publish(stage, rule("a"))
    services.pause_rules(definition=definition)
    deal = open_in(stage)
    republish(stage, rule("a"))
    work()

    assert lines(deal) == ["a applied"]


def test_case_95_an_interrupted_change_goes_on_and_no_step_is_of_no_version(stage, monkeypatch):
    monkeypatch.setattr("afluente.automation.services.publishing.MANY", 3)
    publish(stage, rule("a", when=IN_THREE, params={"lost_reason": "old"}), rule("gone", when=IN_A_DAY))
    given = [open_in(stage) for _ in range(9)]
    work()
    republish(stage, rule("a", when={"amount": 2, "unit": "days"}, params={"lost_reason": "new"}))
    assert set(Token.objects.values_list("version", flat=True)) == {1}
    definition = Definition.objects.get()

    services.carry_over(definition_id=definition.pk, limit=5)  # and here the worker dies
    assert set(Token.objects.values_list("version", flat=True)) == {1, 2}
    work(later(DAY))  # «gone» is due before anybody came to it
    jobs.carry(workspace_id=stage.workspace_id, definition_id=definition.pk)

    assert set(Token.objects.values_list("version", "rule")) == {(2, "a")}
    assert set(Step.objects.values_list("rule", "state", "reason")) == {("gone", "cancelled", "rule_removed")}
    assert Step.objects.count() == len(given)
    work(later(2 * DAY))
    assert {Deal.objects.get(pk=deal.pk).lost_reason for deal in given} == {"new"}


def test_a_step_that_falls_due_before_it_was_carried_waits_its_new_time(stage, monkeypatch):
    monkeypatch.setattr("afluente.automation.services.publishing.MANY", 0)
    publish(stage, rule("a", when=IN_A_DAY))
    deal = open_in(stage)
    work()
    republish(stage, rule("a", when=IN_THREE))
    work(later(DAY))

    assert not lines(deal)
    assert Token.objects.get().version == 2
    work(later(3 * DAY))
    assert lines(deal) == ["a applied"]


def test_case_97_whoever_may_not_put_deals_into_a_stage_publishes_no_rule_that_does(stage, people):
    other = make.stage(pipeline=make.pipeline(name="Other"), name="There")
    definition = arrange(stage, rule("go", "move", params={"stage": other.pk}))
    deals.archive_pipeline(pipeline=other.pipeline, by=SYSTEM)
    with pytest.raises(services.NotPublishableError) as refused:
        services.publish_rules(definition=definition, by=people.ana)

    assert refused.value.problems == {0: ["You may not put deals into that stage."]}


def test_what_publishing_would_change_is_counted_first(stage):
    publish(
        stage,
        rule("a", when=IN_A_DAY),
        rule("b", when=IN_A_DAY),
        rule("c", when=IN_A_DAY),
        rule("d", when=IN_A_DAY),
    )
    for _ in range(2):
        open_in(stage)
    work()
    definition = arrange(
        stage,
        rule("a", when=IN_THREE),
        rule("b", when=IN_A_DAY, title="Said otherwise"),
        rule("c", when=IN_A_DAY),
        rule("e"),
    )
    found = selectors.publication_of(definition)

    assert (found.waiting, found.retimed, found.ended, found.present, found.added) == (8, 2, 2, 2, 1)
    assert {(one.rule, one.what, one.waiting) for one in found.changes} == {
        ("a", "retimed", 2),
        ("b", "changed", 2),
        ("d", "removed", 2),
        ("e", "added", 0),
    }
    assert selectors.publication_of(publish(stage, rule("c", when=IN_A_DAY))).changes == ()


def test_many_steps_are_carried_by_a_job(stage, monkeypatch):
    assert carrying.CHUNK <= 1000
    monkeypatch.setattr("afluente.automation.services.publishing.MANY", 0)
    publish(stage, rule("a"))
    given = [open_in(stage) for _ in range(2)]
    work()
    version = republish(stage, rule("a"), rule("b"), is_for_present=True)
    work()
    assert {tuple(lines(deal)) for deal in given} == {("a applied",)}
    jobs.begin(version_id=version.pk)
    work()

    assert {tuple(lines(deal)) for deal in given} == {("a applied", "b applied")}
