"""The dry run of a deal, as people see it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from afluente.automation import services
from afluente.automation.models import Step, Token
from afluente.deals import services as deals
from afluente.deals.models import Deal
from afluente.timeline.events import SYSTEM
from tests import make
from tests.automation.arranging import IN_A_DAY, open_in, publish, rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def stages(people):
    pipeline = make.pipeline()
    return [make.stage(pipeline=pipeline, name=f"S{number}", position=10 + number) for number in range(2)]


def look(browser, deal, **asked):
    return browser.get(reverse("automation:dry_run", args=[deal.pk]), asked)


def test_it_says_each_step_with_its_words_and_what_is_still_to_come(people, client_as, stages):
    publish(
        stages[1],
        rule("say", "comment", params={"text": "Good morning"}),
        rule("big", "task", params={"title": "Call"}, where=["amount.gt:5000"]),
        rule("later", "task", params={"title": "Remind"}, when={"amount": 9, "unit": "days"}),
    )
    deal = open_in(stages[0], amount=4800)
    browser = client_as(people.ana)
    shown = look(browser, deal, stage=stages[1].pk, days=7).content.decode()

    assert "Enters S1" in shown
    assert "<p>Good morning</p>" in shown
    assert "Amount is more than 5.000: it was R$\xa04.800" in shown
    assert "Would be skipped" in shown
    assert "Still to come" in shown
    assert "Still to come" not in look(browser, deal, stage=stages[1].pk, days=10).content.decode()
    assert not Step.objects.exists()
    assert not Token.objects.exists()


def test_the_rules_that_are_arranged_are_tried_when_they_are_meant(people, client_as, stages):
    publish(stages[0], rule("old", "comment", params={"text": "Old words"}))
    services.arrange_rules(stage=stages[0], rules=[rule("new", "comment", params={"text": "New words"})])
    deal = open_in(stages[0])
    browser = client_as(people.ana)

    running, draft = (look(browser, deal, rules=name).content.decode() for name in ("running", "draft"))
    assert ("Old words" in running, "New words" in running) == (True, False)
    assert ("Old words" in draft, "New words" in draft) == (False, True)


def test_what_cannot_be_tried_is_said(people, client_as, stages):
    deal = open_in(stages[0])
    browser = client_as(people.ana)
    services.arrange_rules(stage=stages[0], rules=[rule("a", "fly", when=IN_A_DAY)])

    for asked in ({"days": "99"}, {"days": "x"}, {"stage": 10**9}, {"rules": "draft"}):
        answer = look(browser, deal, **asked)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.content.decode()


def test_a_deal_out_of_reach_is_not_tried(people, client_as, stages):
    deal = open_in(stages[0])
    deals.assign_deals(deal_ids=[deal.pk], assignee=people.ana, by=SYSTEM)
    assert Deal.objects.get(pk=deal.pk).assignee_id == people.ana.pk
    assert look(client_as(people.carla), deal).status_code in {403, 404}
