"""The same words of a rule reach the same person three times within a day (S-LOOP 5)."""

from __future__ import annotations

import datetime as dt

import pytest

from afluente.automation import services
from afluente.deals import services as deals
from afluente.delivery.models import Message
from afluente.kernel import clock
from afluente.timeline.events import SYSTEM
from tests import make
from tests.automation.arranging import lines, open_in, publish, rule, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def stages(people):
    pipeline = make.pipeline()
    return [make.stage(pipeline=pipeline, name=f"S{n}", position=10 + n) for n in range(2)]


@pytest.fixture
def lia():
    return make.contact(name="Lia", emails=["lia@cliente.example"])


def mail(name: str = "mail", body: str = "Welcome, {{ deal.name }}"):
    return rule(name, "email", params={"subject": "Hi", "body": body, "is_asked": True})


def again(deal) -> None:
    """The deal enters once more."""
    services.restart_rules(deal_id=deal.pk, by=SYSTEM)
    work()


def ends(deal) -> list[str]:
    return [one.removeprefix("mail ") for one in lines(deal) if one.startswith("mail ")]


def test_the_fourth_of_a_day_is_skipped_and_the_next_day_it_goes(stages, lia):
    publish(stages[0], mail(), rule("note"))
    deal = open_in(stages[0], contact_ids=[lia.pk])
    work()
    for _ in range(4):
        Message.objects.update(state=Message.State.SENT)
        again(deal)

    assert Message.objects.count() == 3
    assert ends(deal)[-2:] == ["skipped too_often", "skipped too_often"]
    assert lines(deal).count("note applied") == 5
    Message.objects.update(created_at=clock.now() - dt.timedelta(days=1, minutes=1))
    again(deal)
    assert (ends(deal)[-1], Message.objects.count()) == ("awaiting", 4)


def test_within_one_batch_and_over_all_deals_of_a_person(stages, lia):
    publish(stages[0], mail(body="Welcome"))
    opened = [open_in(stages[0], contact_ids=[lia.pk]) for _ in range(5)]
    work()
    assert (
        sorted(one for deal in opened for one in ends(deal)) == ["awaiting"] * 3 + ["skipped too_often"] * 2
    )


def test_other_words_other_rules_and_other_people_are_another_thing(stages, lia):
    publish(stages[0], mail())
    publish(stages[1], mail())
    max_ = make.contact(name="Max", emails=["max@cliente.example"])
    for number in range(5):
        open_in(stages[0], name=f"Deal {number}", contact_ids=[lia.pk])
    for _ in range(3):
        open_in(stages[0], contact_ids=[lia.pk])
        open_in(stages[1], contact_ids=[lia.pk])
        open_in(stages[0], contact_ids=[max_.pk])
    work()
    assert Message.objects.count() == 14


def test_what_was_taken_back_does_not_count(stages, lia):
    publish(stages[0], mail())
    deal = open_in(stages[0], contact_ids=[lia.pk])
    work()
    for _ in range(4):
        deals.move_deals(deal_ids=[deal.pk], to=stages[1], by=SYSTEM)
        deals.move_deals(deal_ids=[deal.pk], to=stages[0], by=SYSTEM)
        work()
    assert ends(deal).count("skipped too_often") == 0
