"""A test for real: what rules would say goes to whoever asks, and nothing else happens; case 113 of the reference."""

from __future__ import annotations

import pytest
from django.urls import reverse

from afluente.automation import services
from afluente.automation.models import Step, Token
from afluente.delivery.models import Message
from afluente.tasks.models import Task
from afluente.timeline.models import Event, Notification
from tests import make
from tests.automation.arranging import DAY, open_in, publish, rule

pytestmark = pytest.mark.django_db
LATER = {"amount": 2, "unit": "days"}


@pytest.fixture
def stage(people):
    found = make.stage(pipeline=make.pipeline(), name="Proposal")
    publish(
        found,
        rule("mail", "email", params={"subject": "Offer for {{ deal.name }}", "body": "Dear **you**"}),
        rule("sms", "sms", params={"body": "Hello {{ deal.name }}"}, when=LATER),
        rule("tell", "notify", params={"to": [f"member:{people.ana.pk}"], "text": "Look"}),
        rule("todo", "task", params={"title": "Call"}),
        rule("change", "set", params={"name": "Changed"}),
        rule("much", "email", params={"subject": "Late", "body": "x"}, when={"amount": 40, "unit": "days"}),
    )
    return found


@pytest.fixture
def deal(stage):
    lia = make.contact(name="Lia Prado", emails=("lia@client.example",), phones=("(11) 98765-4321",))
    return open_in(stage, name="Site", contact_ids=[lia.pk])


def test_case_113_messages_go_to_the_tester_alone_and_nothing_is_counted(deal, people):
    waiting = Token.objects.count()
    made = services.rehearse(deal=deal, by=people.dora, days=7)

    assert (made.messages, made.notices) == (2, 1)
    letters = list(Message.objects.order_by("pk"))
    assert {one.address for one in letters} == {people.dora.user.email}
    assert {one.channel for one in letters} == {"email"}
    assert [one.subject for one in letters] == ["Test: Offer for Site", "Test: SMS"]
    assert "lia@client.example" in letters[0].text
    assert "<strong>you</strong>" in letters[0].html
    assert "+5511987654321" in letters[1].text
    assert "Hello Changed" in letters[1].text  # a later rule sees what an earlier one would set
    assert {(one.deal_id, one.contact_id, one.rule_id) for one in letters} == {(None, None, None)}
    assert [(one.member_id, one.data["text"]) for one in Notification.objects.all()] == [
        (people.dora.pk, "Test: Look")
    ]
    assert not Step.objects.exists()
    assert not Task.objects.exists()
    assert list(Event.objects.filter(deal_id=deal.pk).values_list("kind", flat=True)) == ["deal.opened"]
    assert Token.objects.count() == waiting
    deal.refresh_from_db()
    assert deal.name == "Site"


def test_the_page_offers_it_and_says_what_went_where(deal, stage, people, client_as):
    browser = client_as(people.dora)
    page, address = (reverse(f"automation:{name}", args=[deal.pk]) for name in ("dry_run", "rehearsal"))
    assert address in browser.get(page, {"days": 7}).content.decode()
    answer = browser.post(address, {"stage": stage.pk, "rules": "draft", "days": 60})

    assert answer.status_code in {302, 303}
    assert "rules=draft" in answer["Location"]
    assert Message.objects.count() == 3
    shown = browser.get(answer["Location"]).content.decode()
    assert people.dora.user.email in shown
    for wrong in ({"stage": 0}, {"stage": stage.pk, "days": 61}):
        assert browser.post(address, {"rules": "running", "days": 1, **wrong}).status_code in {302, 303}
    assert Message.objects.count() == 3
    hidden = make.stage(pipeline=make.pipeline(), name="Other")
    assert browser.post(address, {"stage": hidden.pk, "rules": "running", "days": 1}).status_code in {
        302,
        303,
    }
    assert Message.objects.count() == 3


def test_silent_rules_send_nothing(people, client_as):
    found = make.stage(pipeline=make.pipeline(), name="Quiet")
    publish(found, rule("todo", "task", params={"title": "Call"}))
    one = open_in(found)
    made = services.rehearse(deal=one, by=people.dora, days=DAY.days)

    assert (made.messages, made.notices, Message.objects.count()) == (0, 0, 0)
