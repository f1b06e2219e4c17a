"""Limits that stop rules, and what they leave alone; cases of the reference by their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from afluente.automation import services
from afluente.automation.models import Step, Token
from afluente.deals import services as deals
from afluente.timeline.events import SYSTEM
from afluente.timeline.models import Notification
from tests import make
from tests.automation.arranging import lines, open_in, publish, rule, work

if TYPE_CHECKING:
    from afluente.deals.models import Stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def stages(people) -> list[Stage]:
    pipeline = make.pipeline()
    return [make.stage(pipeline=pipeline, name=f"S{number}", position=10 + number) for number in range(3)]


def test_case_87_ten_failures_one_after_another_pause_the_rules_and_tell_the_owner_once(stages, people):
    definition = publish(stages[0], rule("fine"), rule("go", "move", params={"stage": 0}))
    for number in range(12):
        open_in(stages[0])
        work()
        definition.refresh_from_db()
        assert definition.state == ("paused" if number >= 9 else "active"), number

    assert definition.paused_because == "go: 10 failures one after another"
    assert Step.objects.filter(state="failed").count() == 10
    assert set(Token.objects.values_list("state", flat=True)) == {"held"}
    told = Notification.objects.filter(kind=services.BROKEN)
    assert sorted(told.values_list("member_id", flat=True)) == sorted([people.ana.pk, people.dora.pk])
    services.resume_rules(definition=definition)
    work()
    for number in range(8):  # with the two that waited
        definition.refresh_from_db()
        assert definition.state == "active", number  # what failed before somebody looked counts no more
        open_in(stages[0])
        work()
    definition.refresh_from_db()
    assert (definition.state, told.count()) == ("paused", 4)  # and they are told again


def test_what_is_skipped_counts_against_nobody_and_a_success_begins_anew(stages):
    definition = publish(stages[0], rule("a", "assign", params={"member": 0}))
    for _ in range(12):
        open_in(stages[0])
    work()
    definition.refresh_from_db()
    assert (definition.state, Step.objects.filter(reason="no_recipient").count()) == ("active", 12)


def test_case_86_many_deals_at_once_are_not_refused_and_one_of_a_person_passes_them(stages):
    publish(stages[0], rule("a"))
    new = [
        deals.NewDeal(name=f"D{n}", pipeline_id=stages[0].pipeline_id, stage_id=stages[0].pk, currency="BRL")
        for n in range(300)
    ]
    many = deals.open_deals(deals=new, by=SYSTEM)
    one = open_in(stages[0])
    shards = list(range(16))
    services.run_due(shards=shards, limit=1)

    assert lines(one) == ["a applied"]
    work()
    assert Step.objects.filter(deal_id__in=many, state="applied").count() == 300


def test_case_88_what_a_guard_stopped_stands_in_the_history(stages):
    publish(stages[0], rule("there", "move", params={"stage": stages[1].pk}))
    publish(stages[1], rule("back", "move", params={"stage": stages[0].pk}, where=["amount.lt:1000"]))
    deal = open_in(stages[0])
    work()

    stopped = Step.objects.filter(deal=deal, state="cancelled", reason="loop_guard").get()
    assert stopped.depth == 11
    assert stopped.root_id == Step.objects.filter(deal=deal).order_by("pk").first().root_id
