"""How deals come into stages with rules, and what ends when stages go; cases of the reference by their numbers."""

from __future__ import annotations

import pytest
from django.db import transaction

from afluente.automation.models import Step, Token
from afluente.deals import services as deals
from afluente.deals.models import Deal, Stage
from afluente.intake import services as intake
from afluente.timeline.events import SYSTEM
from afluente.timeline.models import Event
from tests import make
from tests.automation.arranging import DAY, IN_A_DAY, later, lines, open_in, publish, rule, work
from tests.deals.test_api import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def stages(people) -> list[Stage]:
    pipeline = make.pipeline()
    return [make.stage(pipeline=pipeline, name=f"S{number}", position=10 + number) for number in range(3)]


def test_case_19_what_a_program_opens_enters_once(stages, people):
    publish(stages[0], rule("a"))
    make.source()
    given = {"contact": {"name": "Lia Prado"}, "rule": make.rule(stage=stages[0]).pk}
    answer = Program(people.ana, "leads:write", "deals:write").send("post", "leads", given)
    assert answer.status_code in {200, 201, 202}, answer.content
    intake.apply_waiting()
    work()

    assert lines(Deal.objects.get()) == ["a applied"]


def test_case_19_what_was_rolled_back_never_entered(stages):
    publish(stages[0], rule("a"))
    with transaction.atomic():
        open_in(stages[0])
        transaction.set_rollback(True)
    work()

    assert not Deal.objects.exists()
    assert not Token.objects.exists()
    assert not Step.objects.exists()
    assert not Event.objects.filter(kind="deal.opened").exists()


def test_case_55_a_stage_that_goes_wants_a_place_for_its_deals_and_its_steps_are_over(stages):
    publish(stages[0], rule("a", when=IN_A_DAY))
    publish(stages[1], rule("b"))
    deal = open_in(stages[0])
    work()
    with pytest.raises(deals.DealsNeedAPlaceError):
        deals.delete_stage(stage=stages[0], to=None, by=SYSTEM)
    assert Token.objects.get().rule == "a"
    deals.delete_stage(stage=stages[0], to=stages[1], by=SYSTEM)
    work()

    deal.refresh_from_db()
    assert (deal.stage_id, deal.stage_epoch) == (stages[1].pk, 2)
    assert lines(deal) == ["a cancelled rule_removed", "b applied"]
    assert not Token.objects.exists()


def test_case_52_of_merged_deals_the_losers_steps_are_over_and_the_winners_stay_single(stages):
    publish(stages[0], rule("a", when=IN_A_DAY))
    winner, loser = open_in(stages[0]), open_in(stages[0])
    work()

    merge = deals.merge_deals(survivor_id=winner.pk, loser_id=loser.pk, by=SYSTEM)
    assert lines(loser) == ["a cancelled merged"]
    assert [one.deal_id for one in Token.objects.all()] == [winner.pk]
    work(later(2 * DAY))
    assert lines(winner) == ["a applied"]

    deals.unmerge_deals(merge_id=merge.pk, by=SYSTEM)
    work(later(3 * DAY))
    assert lines(loser) == ["a cancelled merged"]  # restoring starts nothing by itself (S-CANCEL)
