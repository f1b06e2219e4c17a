"""Short messages by Twilio and by a provider of one's own: what leaves, what is refused, what is said afterwards."""

from __future__ import annotations

import datetime as dt
import json
import time
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest

from afluente.delivery import services
from afluente.delivery.models import Message, Sender, Suppression
from afluente.delivery.services import segments
from afluente.delivery.services.providers.twilio import signature
from afluente.kernel import clock
from afluente.timeline.models import Event
from tests import make
from tests.delivery.texting import NUMBER, gateway, other, send, text, twilio

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _here(settings):
    settings.OUTBOUND_ALLOW = ("127.0.0.1",)


def told(client: Any, callback: dict[str, Any], **more: Any) -> int:
    """What the provider says afterwards; the status it is answered."""
    path = callback["url"].partition("/arrive/")[2]
    return client.post(
        f"/arrive/{path}",
        urlencode(callback["form"]),
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": callback["signature"], **more},
    ).status_code


def test_twilio_takes_a_message_and_its_signed_receipt_is_kept(ana, tmp_path, client, monkeypatch):
    contact = make.contact(name="Ana", phones=[NUMBER])
    with gateway(tmp_path) as desk:
        twilio(ana, desk)
        message = text(contact_id=contact.pk, text="Olá, João & Cia: 50% ✓")
        assert send(ana.workspace_id) == 1
        (got,) = desk.got
    form = {name: one[0] for name, one in parse_qs(got["body"]).items()}
    assert (form["To"], form["From"], form["Body"]) == (NUMBER, "+15550001111", "Olá, João & Cia: 50% ✓")
    message.refresh_from_db()
    assert (message.state, message.provider_id) == ("sent", got["callback"]["form"]["MessageSid"])
    assert Event.objects.get(kind="message.sent").contact_id == contact.pk

    forged = {**got["callback"], "form": {**got["callback"]["form"], "MessageStatus": "undelivered"}}
    assert told(client, forged) == 403
    assert told(client, {**got["callback"], "signature": ""}) == 403
    much_later = time.time() + 90_000
    monkeypatch.setattr(time, "time", lambda: much_later)
    assert told(client, got["callback"]) == 204
    message.refresh_from_db()
    assert (message.arrival, message.state) == ("there", "sent")
    assert told(client, got["lost"]) == 204  # late: what arrived has arrived
    message.refresh_from_db()
    assert message.arrival == "there"
    assert not Suppression.objects.exists()


def test_a_receipt_that_nobody_is_there_is_told_and_the_number_passed_over(ana, tmp_path, client):
    contact = make.contact(name="Ana", phones=[NUMBER])
    with gateway(tmp_path) as desk:
        twilio(ana, desk)
        message = text(contact_id=contact.pk)
        send(ana.workspace_id)
        (got,) = desk.got
        assert told(client, got["lost"]) == 204
        assert told(client, got["lost"]) == 204
        message.refresh_from_db()
        assert (message.arrival, message.arrival_detail) == ("returned", "undelivered 30005")
        assert Suppression.objects.get().reason == "bounced"
        assert Event.objects.filter(kind="message.returned").count() == 1
        text(key="next", is_marketing=False)
        assert send(ana.workspace_id) == 1
        assert len(desk.got) == 1
    assert Message.objects.get(key="next").reason == "no_recipient"


def test_what_twilio_refuses_is_final_told_and_remembered_for_what_it_is(ana, tmp_path):
    with gateway(tmp_path) as desk:
        twilio(ana, desk)
        gone, left, busy = (text(f"+551198412{number}") for number in ("0001", "0002", "0003"))
        assert send(ana.workspace_id) == 3
    for one in (gone, left, busy):
        one.refresh_from_db()
    assert (gone.state, gone.detail[:5]) == ("failed", "21211")
    assert left.state == "failed"
    assert dict(Suppression.objects.values_list("address", "reason")) == {
        gone.address: "bounced",
        left.address: "unsubscribed",
    }
    assert (busy.state, busy.attempts) == ("queued", 1)


def test_silence_after_the_question_is_unknown_and_a_receipt_settles_it(ana, tmp_path, client):
    with gateway(tmp_path) as desk:
        twilio(ana, desk)
        message = text("+5511984120004")
        send(ana.workspace_id)
        message.refresh_from_db()
        assert (message.state, message.reason) == ("unknown", "no_answer")
        assert send(ana.workspace_id) == 0
        (got,) = desk.got
    assert told(client, got["callback"]) == 204
    message.refresh_from_db()
    assert (message.state, message.reason, message.arrival) == ("sent", "receipt", "there")


def test_nobody_listening_is_tried_again_and_an_inner_network_is_not_asked(ana, tmp_path, settings):
    with gateway(tmp_path) as desk:
        twilio(ana, desk)
    message = text()
    send(ana.workspace_id)
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("queued", 1)
    settings.OUTBOUND_ALLOW = ()
    Message.objects.update(due_at=clock.now() - dt.timedelta(seconds=1))
    send(ana.workspace_id)
    message.refresh_from_db()
    assert (message.state, message.reason) == ("failed", "forbidden_place")


def test_a_wrong_token_fails_and_says_so(ana, tmp_path):
    with gateway(tmp_path) as desk:
        twilio(ana, desk, secret="wrong")
        message = text()
        send(ana.workspace_id)
    message.refresh_from_db()
    assert (message.state, message.detail) == ("failed", "20003 Authenticate")


def test_a_provider_of_ones_own_is_asked_in_json_and_no_text_leaves_its_quotes(ana, tmp_path, client):
    with gateway(tmp_path) as desk:
        other(ana, desk)
        message = text(text='"}, {"to": "1" \\ {{ secret }}\nfim')
        send(ana.workspace_id)
        (got,) = desk.got
    assert json.loads(got["body"]) == {"to": "5511984123307", "from": "Mare", "text": message.text}
    assert got["headers"]["Authorization"] == "Bearer segredo"
    message.refresh_from_db()
    assert (message.state, message.provider_id) == ("sent", "4711")
    path = services.callback_url(message.pk).partition("/arrive/")[2]
    assert client.get(f"/arrive/{path}?status=accepted").status_code == 204
    answer = client.post(f"/arrive/{path}", {"status": "failed"}, content_type="application/json")
    assert answer.status_code == 204
    message.refresh_from_db()
    assert (message.arrival, message.arrival_detail) == ("returned", "failed")
    assert client.get("/arrive/forged/?status=failed").status_code == 404


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_names_and_values_go_into_the_body_or_the_address(ana, tmp_path, method):
    with gateway(tmp_path) as desk:
        body = "key={{ secret }}\nto={{ to }}\nmsg={{ text }}"
        other(ana, desk, "/plain", method=method, format="form", headers="", body=body, id_path="id")
        message = text(text="a&b=c ç")
        send(ana.workspace_id)
        (got,) = desk.got
    said = parse_qs(got["query"] if method == "GET" else got["body"])
    assert said == {"key": ["segredo"], "to": [NUMBER], "msg": ["a&b=c ç"]}
    message.refresh_from_db()
    assert (message.state, message.provider_id) == ("sent", "abc-1")


def test_an_answer_without_the_word_for_success_is_a_refusal_and_a_broken_one_unknown(ana, tmp_path):
    with gateway(tmp_path) as desk:
        other(ana, desk, headers="")
        refused = text()
        send(ana.workspace_id)
        other(ana, desk, "/down")
        broken = text()
        send(ana.workspace_id)
    refused.refresh_from_db()
    broken.refresh_from_db()
    assert (refused.state, refused.detail) == ("failed", "200 status=error&why=key")
    assert (broken.state, broken.detail) == ("unknown", "502 bad gateway")


def test_quiet_hours_and_the_minute_of_sms_are_its_own(ana, tmp_path, monkeypatch):
    ana.workspace.timezone = "America/Sao_Paulo"
    ana.workspace.save()
    night = dt.datetime(2026, 11, 24, 2, 30, tzinfo=dt.UTC)  # 23:30 there
    with gateway(tmp_path) as desk:
        twilio(ana, desk, per_minute=1, quiet_from=22 * 60, quiet_until=8 * 60)
        text()
        text()
        monkeypatch.setattr(clock, "now", lambda: night)
        assert send(ana.workspace_id) == 0
        monkeypatch.setattr(clock, "now", lambda: night + dt.timedelta(hours=9))
        assert send(ana.workspace_id) == 1
        assert send(ana.workspace_id) == 0


def test_the_signature_is_the_one_twilio_documents():
    values = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert signature(url, list(values.items()), "12345") == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


@pytest.mark.parametrize(
    ("said", "comes_to"),
    [
        ("", (0, 1, True, 160)),
        ("a" * 160, (160, 1, True, 160)),
        ("a" * 161, (161, 2, True, 306)),
        ("€" * 80, (160, 1, True, 160)),
        ("a" * 152 + "€" + "b" * 152, (306, 3, True, 459)),  # the sign of two places is not cut
        ("ã" * 70, (70, 1, False, 70)),
        ("ã" * 71, (71, 2, False, 134)),
        ("😀" * 35, (70, 1, False, 70)),
        ("😀" * 67, (134, 3, False, 201)),
    ],
)
def test_segments_are_counted_as_networks_count(said, comes_to):
    found = segments.count(said)
    assert (found.characters, found.segments, found.is_plain, found.most) == comes_to
    assert "".join(segments.split(said)) == said


SAID = {
    "provider": "twilio",
    "from_address": "+15550001111",
    "secret": "segredo",
    "account_sid": "AC" + "a1" * 16,
    "per_minute": "30",
}
HTTP = {
    **SAID,
    "provider": "http",
    "url": "https://sms.example/send",
    "body": '{"to": "{{ to }}", "text": "{{ text }}"}',
}


def test_settings_are_kept_with_the_secret_sealed_and_tried(dora, client_as, tmp_path):
    browser = client_as(dora)
    assert browser.post("/settings/sms/", SAID).status_code == 303
    kept = Sender.objects.get(channel="sms")
    assert kept.options == {"account_sid": SAID["account_sid"], "api": "https://api.twilio.com"}
    assert "segredo" not in kept.secret_box
    page = browser.get("/settings/sms/").content.decode()
    assert "segredo" not in page
    assert browser.post("/settings/sms/", {**SAID, "secret": "", "per_minute": "31"}).status_code == 303
    assert Sender.objects.get(channel="sms").secret_box == kept.secret_box
    answer = browser.post("/settings/sms/", {**SAID, "secret": "", "account_sid": "AC" + "b2" * 16})
    assert answer.status_code == 422  # a token of one account is not shown to another

    with gateway(tmp_path) as desk:
        twilio(dora, desk)
        assert browser.post("/settings/sms/test/", {"to": "(11) 98412-3307"}).status_code == 303
        send(dora.workspace_id)
        assert NUMBER in desk.got[0]["body"].replace("%2B", "+")
    assert f"took the test to {NUMBER}" in browser.get("/settings/sms/?test").content.decode()
    browser.post("/settings/sms/test/", {"to": "nobody"})
    assert "no phone number" in browser.get("/settings/sms/").content.decode()
    browser.post("/settings/sms/removal/")
    assert not Sender.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"url": "http://127.0.0.1/x"}, "not public"),
        ({"url": "ftp://x"}, "Write an address such as"),
        ({"body": '{"to": {{ to }}}'}, "It is no JSON"),
        ({"body": "{{ who }}"}, "There is no variable who"),
        ({"headers": "X-A: {{ nobody }}"}, "There is no variable nobody"),
        ({"from_address": "Estúdio Maré Fotografia"}, "up to 11 letters"),
        ({"quiet_from": "22:00"}, "Say both, or neither"),
    ],
)
def test_what_cannot_be_asked_is_refused_and_stays_typed(dora, client_as, settings, wrong, why):
    settings.OUTBOUND_ALLOW = ()
    answer = client_as(dora).post("/settings/sms/", {**HTTP, **wrong})
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert not Sender.objects.exists()


def test_a_provider_of_ones_own_is_set_up_on_the_screen_by_who_may(dora, bruno, client_as):
    assert client_as(bruno).get("/settings/sms/").status_code == 403
    assert client_as(dora).post("/settings/sms/", HTTP).status_code == 303
    assert Sender.objects.get().options["url"] == HTTP["url"]


def test_numbers_are_passed_over_as_a_list(dora, client_as):
    browser = client_as(dora)
    path = "/settings/suppressions/?channel=sms"
    assert browser.post(path, {"addresses": "(11) 98412-3307, since 2024\n+14155552671"}).status_code == 303
    kept = Suppression.objects.filter(channel="sms")
    assert set(kept.values_list("address", flat=True)) == {NUMBER, "+14155552671"}
    assert NUMBER in browser.get(path + "&address=11984123307").content.decode()
    assert "holds no phone number: nobody" in browser.post(path, {"addresses": "nobody"}).content.decode()
    browser.post(f"/settings/suppressions/{kept[0].pk}/removal/")
    assert kept.count() == 1


def test_a_template_of_an_sms_has_no_subject_and_shows_what_it_comes_to(dora, client_as):
    browser = client_as(dora)
    pipeline = make.pipeline()
    contact = make.contact(name="Ana Lima")
    make.deal(stage=make.stage(pipeline=pipeline), contacts=[contact])
    said = {"name": "Hello", "body": "Olá {{ contact.first_name }}, são 70"}
    shown = browser.post("/settings/templates/preview/?channel=sms", said).content.decode()
    assert "of 70 characters" in shown
    assert browser.post("/settings/templates/new/?channel=sms", said).status_code == 303
    page = browser.get("/settings/templates/").content.decode()
    assert "SMS" in page
    assert (
        browser.post("/settings/templates/new/?channel=sms", {**said, "body": "x" * 1001}).status_code == 422
    )
