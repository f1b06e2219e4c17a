"""Rules that write to clients: chains, consent, what is taken back; cases of the reference by their numbers."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from afluente.automation import services
from afluente.automation.models import Token
from afluente.deals import services as deals
from afluente.deals.models import Deal, Stage
from afluente.delivery import services as outbox
from afluente.delivery.models import Message
from afluente.kernel import clock
from afluente.tasks.models import Task
from afluente.timeline.events import SYSTEM
from tests import cast, make
from tests.automation.arranging import lines, open_in, publish, rule, work
from tests.delivery.posting import letters, post_office, send, sender
from tests.delivery.texting import gateway, twilio

pytestmark = pytest.mark.django_db

MAIL = {"subject": "Olá {{ contact.first_name }}", "body": "Sobre **{{ deal.name }}**."}
CALL = {"params": {"title": "Call"}, "follows": True}


@pytest.fixture(autouse=True)
def _here(settings):
    settings.OUTBOUND_ALLOW = ("127.0.0.1",)


@pytest.fixture
def stages(ana) -> list[Stage]:
    pipeline = make.pipeline()
    return [make.stage(pipeline=pipeline, name=f"S{number}") for number in range(2)]


def mail(**more: Any) -> dict[str, Any]:
    return rule("mail", "email", params={**MAIL, **more})


def ready(stage: Stage, *, email: str = "ana@cliente.example", name: str = "Ana <b>Lima") -> Deal:
    """A deal with a person who can be written to, about to enter a stage with rules."""
    contact = make.contact(name=name, emails=(email,) if email else ())
    return open_in(stage, contact_ids=[contact.pk])


def test_case_21_the_call_is_scheduled_when_the_mail_was_accepted(ana, stages, tmp_path):
    publish(stages[0], mail(), rule("call", "task", **CALL))
    with post_office(tmp_path) as port:
        sender(ana, port)
        deal = ready(stages[0])
        work()
        assert lines(deal) == ["mail awaiting"]
        assert not Task.objects.exists()

        send(ana.workspace_id)
        assert lines(deal) == ["mail applied"]
        work()
    assert lines(deal) == ["mail applied", "call applied"]
    (letter,) = letters(tmp_path)
    assert "Subject: =?utf-8?" in letter
    message = Message.objects.get()
    assert (message.subject, message.text) == ("Olá Ana", "Sobre **Ana**.")
    assert message.html == "<p>Sobre <strong>Ana</strong>.</p>"


def test_case_22_the_call_is_skipped_when_the_mail_fails_for_good(ana, stages, tmp_path):
    publish(stages[0], mail(), rule("call", "task", **CALL))
    with post_office(tmp_path, "refuse") as port:
        sender(ana, port)
        deal = ready(stages[0])
        work()
        send(ana.workspace_id)
    work()
    assert lines(deal) == ["mail failed refused", "call skipped chain_not_met"]
    assert not Task.objects.exists()


def test_case_23_the_call_is_scheduled_after_the_second_try(ana, stages, tmp_path):
    publish(stages[0], mail(), rule("call", "task", **CALL))
    with post_office(tmp_path, "busy-once") as port:
        sender(ana, port)
        deal = ready(stages[0])
        work()
        send(ana.workspace_id)
        work()
        assert lines(deal) == ["mail awaiting"]

        Message.objects.update(due_at=clock.now() - dt.timedelta(seconds=1))
        send(ana.workspace_id)
        work()
    assert lines(deal) == ["mail applied", "call applied"]


def test_case_27_an_unknown_end_stops_the_lane_until_a_person_decides_once(ana, stages, tmp_path):
    publish(stages[0], mail(), rule("call", "task", **CALL))
    with post_office(tmp_path, "lost") as port:
        sender(ana, port)
        deal = ready(stages[0])
        work()
        send(ana.workspace_id)
    work()
    assert lines(deal) == ["mail unknown no_answer", "call skipped chain_not_met"]

    assert work() == 0
    outbox.decide(Message.objects.get().pk, was_sent=True)
    work()
    assert lines(deal) == ["mail applied decided", "call skipped chain_not_met", "call applied"]
    with pytest.raises(outbox.DecidedError):
        outbox.decide(Message.objects.get().pk, was_sent=True)
    work()
    assert Task.objects.count() == 1


def test_case_36_somebody_without_an_e_mail_is_skipped(ana, stages):
    publish(stages[0], mail(), rule("call", "task", **CALL))
    deal = ready(stages[0], email="")
    work()
    assert lines(deal) == ["mail skipped no_recipient", "call skipped chain_not_met"]
    assert not Message.objects.exists()


def test_case_37_who_unsubscribed_gets_nothing_that_advertises(ana, stages):
    publish(stages[0], mail(), rule("bill", "email", params={**MAIL, "is_marketing": False}))
    outbox.suppress(channel="email", address="Ana@Cliente.example", reason="unsubscribed")
    deal = ready(stages[0])
    work()
    assert lines(deal) == ["mail skipped no_consent", "bill awaiting"]


def test_case_37_who_unsubscribes_while_it_waits_gets_nothing_either(ana, stages, tmp_path):
    publish(stages[0], mail(), rule("call", "task", **CALL))
    with post_office(tmp_path) as port:
        sender(ana, port)
        deal = ready(stages[0])
        work()
        outbox.suppress(channel="email", address="ana@cliente.example", reason="unsubscribed")
        send(ana.workspace_id)
    work()
    assert lines(deal) == ["mail skipped no_consent", "call skipped chain_not_met"]
    assert letters(tmp_path) == []


def test_case_48_what_is_queued_is_taken_back_when_the_deal_leaves(ana, stages):
    publish(stages[0], mail(), rule("late", "email", params={**MAIL, "goes_anyway": True}))
    deal = ready(stages[0])
    work()
    deals.move_deals(deal_ids=[deal.pk], to=stages[1], by=SYSTEM)
    assert lines(deal) == ["mail cancelled stage_left", "late awaiting"]
    assert sorted(Message.objects.values_list("state", flat=True)) == ["cancelled", "queued"]


def test_case_48_what_is_being_sent_resumes_nothing_after_the_deal_left(ana, stages, tmp_path):
    publish(stages[0], mail(), rule("call", "task", **CALL))
    with post_office(tmp_path) as port:
        sender(ana, port)
        deal = ready(stages[0])
        work()
        Message.objects.update(state="sending", attempts=1)
        deals.move_deals(deal_ids=[deal.pk], to=stages[1], by=SYSTEM)
        Message.objects.update(state="queued")  # as if its sender were only now at it
        send(ana.workspace_id)
    work()
    assert not Token.objects.exists()
    assert not Task.objects.exists()
    assert Message.objects.get().state == "sent"


def test_case_68_what_was_committed_is_not_sent_again(ana, stages, tmp_path):
    publish(stages[0], mail())
    with post_office(tmp_path) as port:
        sender(ana, port)
        ready(stages[0])
        work()
        for _ in range(3):
            send(ana.workspace_id)
            work()
    assert len(letters(tmp_path)) == 1


def test_case_94_stopping_the_rules_takes_back_what_is_queued(ana, stages):
    definition = publish(stages[0], mail())
    ready(stages[0])
    work()
    services.stop_rules(definition=definition)
    assert Message.objects.get().reason == "definition_stopped"


@pytest.mark.parametrize(
    "body",
    [
        "{{ contact.__class__ }}",
        "{% for i in (1..9000) %}{{ i }}{% endfor %}",
        "{{ secret.key }}",
        "{% if %}",
    ],
)
def test_case_99_a_template_that_reaches_out_or_grows_is_refused(ana, stages, body):
    with pytest.raises(services.NotPublishableError):
        publish(stages[0], rule("mail", "email", params={"subject": "Hi", "body": body}))


def test_case_99_a_template_that_would_print_a_megabyte_is_refused(ana):
    wide = "x" * 5_000
    body = "{% for a in (1..150) %}" + wide + "{% endfor %}"
    with pytest.raises(outbox.BadValuesError, match=r"too long"):
        outbox.save_template(template=None, name="Big", subject="S", body=body)


def test_case_99_a_value_that_grows_when_it_is_due_fails_and_says_so(ana, stages):
    body = "{% for a in (1..190) %}{{ contact.first_name }}{% endfor %}"
    publish(stages[0], rule("mail", "email", params={"subject": "S", "body": body * 10}))
    deal = ready(stages[0], name="A" * 149 + " Lima")
    work()
    assert lines(deal) == ["mail failed template"]


def test_what_a_value_holds_is_neither_html_nor_markdown(ana, stages):
    publish(
        stages[0],
        rule("mail", "email", params={"subject": "S", "body": "[pay]({{ deal.name }}) {{ contact.name }}"}),
    )
    deal = ready(stages[0], name="**Ana** <img src=x onerror=alert(1)>")
    Deal.objects.filter(pk=deal.pk).update(name="javascript:alert(1)")
    work()
    html = Message.objects.get().html
    assert "<img" not in html
    assert "<strong>" not in html
    assert "javascript:" not in html


def test_an_sms_goes_to_the_main_number_with_the_words_of_the_deal(ana, stages, tmp_path):
    text = {"body": "Olá {{ contact.first_name }}, sobre {{ deal.name }}"}
    publish(stages[0], rule("sms", "sms", params=text), rule("call", "task", **CALL))
    contact = make.contact(name="Ana Lima", phones=["(11) 98412-3307"])
    with gateway(tmp_path) as desk:
        twilio(ana, desk)
        deal = open_in(stages[0], contact_ids=[contact.pk])
        work()
        assert lines(deal) == ["sms awaiting"]
        with cast.outside():
            outbox.send_due("sms", workspace_id=ana.workspace_id)
        work()
    assert lines(deal) == ["sms applied", "call applied"]
    message = Message.objects.get()
    assert (message.address, message.text) == ("+5511984123307", "Olá Ana, sobre Ana")


@pytest.mark.parametrize("why", ["no number", "unsubscribed", "withdrawn", "no yes"])
def test_an_sms_is_skipped_for_who_has_no_number_or_wants_none(ana, stages, tmp_path, why):
    publish(
        stages[0],
        rule("sms", "sms", params={"body": "Promo"}),
        rule("bill", "sms", params={"body": "Bill", "is_asked": True}),
    )
    contact = make.contact(name="Ana", phones=[] if why == "no number" else ["+5511984123307"])
    if why == "unsubscribed":
        outbox.suppress(channel="sms", address="+5511984123307", reason="unsubscribed")
    if why == "withdrawn":
        outbox.say_consent(contact_id=contact.pk, channel="sms", is_given=False, source="phone", by=SYSTEM)
    with gateway(tmp_path) as desk:
        twilio(ana, desk, asks_consent=why == "no yes")
    deal = open_in(stages[0], contact_ids=[contact.pk])
    work()
    is_there = why != "no number"
    assert lines(deal) == [
        f"sms skipped {'no_consent' if is_there else 'no_recipient'}",
        "bill awaiting" if is_there else "bill skipped no_recipient",
    ]


def test_a_text_for_sms_is_short_and_its_template_is_one_of_sms(ana, stages):
    letter = outbox.save_template(template=None, name="A", subject="S", body="B")
    for params in ({"body": "x" * 1001}, {"body": " "}, {"template": letter.pk}):
        with pytest.raises(services.NotPublishableError):
            publish(stages[0], rule("sms", "sms", params=params))
    short = outbox.save_template(template=None, name="A", subject="", body="Oi", channel="sms")
    publish(stages[0], rule("sms", "sms", params={"template": short.pk}))


def test_the_editor_asks_for_the_text_of_an_sms_and_of_an_e_mail(dora, client_as):
    stage = make.stage(pipeline=make.pipeline(), name="S0")
    for slug, name in (("sms", "Oi curto"), ("email", "Carta")):
        outbox.save_template(template=None, name=name, subject="S", body="Oi", channel=slug)
    path = f"/deals/stages/{stage.pk}/rules/new/"
    browser = client_as(dora)
    page = browser.post(path, {"action": "sms", "draw": "1"}).content.decode()
    assert "data-sms" in page
    assert "Oi curto" in page
    assert "Carta" not in page
    assert 'name="p-subject"' in browser.post(path, {"action": "email", "draw": "1"}).content.decode()
