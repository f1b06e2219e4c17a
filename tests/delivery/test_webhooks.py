"""Outgoing webhooks at a receiver that nobody here wrote, checked with the public library (R-9)."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from afluente.accounts.models import AuditEntry
from afluente.delivery import services, statements
from afluente.delivery.models import Attempt, Call, Endpoint
from afluente.delivery.services import webhooks_settling, webhooks_signing
from afluente.delivery.services.webhooks_settling import PAUSES
from afluente.kernel import box, clock
from afluente.timeline.events import SYSTEM, NewEvent
from afluente.timeline.models import Notification
from afluente.timeline.services import record
from tests import make
from tests.delivery.hooking import call, endpoint, over, receiver

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _here(settings):
    settings.OUTBOUND_ALLOW = ("127.0.0.1",)


def happens(kind: str = "contact.created", **more) -> int:
    return record([NewEvent(kind, SYSTEM, **more)])[0]


def test_the_vector_of_the_specification():
    said = webhooks_signing.signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        webhook_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1614265330,
        body=b'{"test": 2432232314}',
    )
    assert said == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_an_event_arrives_signed_and_says_what_happened(ana, tmp_path):
    with receiver(tmp_path) as there:
        one, secret = endpoint(ana, there.url())
        number = happens(contact_id=5, data={"name": "José «Zé»"})
        happens("tag.created", data={"tag": 1})  # nobody asked for it
        assert call(one) == 1

    (got,) = there.got
    said = got.is_signed_with(secret)
    assert said["type"] == "contact.created"
    assert (said["data"]["id"], said["data"]["contact_id"]) == (number, 5)
    assert said["data"]["details"] == {"name": "José «Zé»"}
    assert (got.method, got.headers["content-type"]) == ("POST", "application/json")
    assert got.headers["webhook-id"] == f"evt_{ana.workspace_id}_{number}"
    with pytest.raises(WebhookVerificationError):
        got.is_signed_with(webhooks_signing.new_secret())
    kept = Call.objects.get()
    assert (kept.state, kept.attempts, kept.body.encode()) == ("sent", 1, got.body)
    tried = Attempt.objects.get()
    assert (tried.status, tried.said) == (200, "thanks")


def test_case_70_a_call_that_may_have_arrived_is_made_again_with_the_same_id_and_body(ana, tmp_path):
    with receiver(tmp_path) as there:
        one, secret = endpoint(ana, there.url("/busy-once"))
        happens()
        assert call(one) == 1
        kept = Call.objects.get()
        assert (kept.state, kept.attempts) == ("queued", 1)
        assert (
            35 < (kept.due_at - clock.now()).total_seconds() <= 40
        )  # Retry-After, longer than our five seconds
        happens()
        assert call(one) == 0  # and nobody else asks it before

        over()
        assert call(one) == 2
    first, again, other = there.got
    assert (first.body, first.headers["webhook-id"]) == (again.body, again.headers["webhook-id"])
    assert other.headers["webhook-id"] != first.headers["webhook-id"]
    assert again.is_signed_with(secret)
    assert set(Call.objects.values_list("state", flat=True)) == {"sent"}
    one.refresh_from_db()
    assert (one.failing_since, one.wait_until) == (None, None)


def test_a_call_whose_sender_died_is_made_by_another(ana, tmp_path):
    with receiver(tmp_path) as there:
        one, _ = endpoint(ana, there.url())
        happens()
        assert statements.take_call(one.pk, lease=60)  # and then it dies
        assert call(one) == 0  # somebody may still be at it
        Call.objects.update(due_at=clock.now() - dt.timedelta(seconds=1))  # until the lease is over
        assert call(one) == 1
    assert len(there.got) == 1
    assert Call.objects.get().state == "sent"


def test_events_arrive_in_their_order_and_one_event_once(ana, tmp_path):
    with receiver(tmp_path) as there:
        one, _ = endpoint(ana, there.url())
        numbers = [happens() for _ in range(5)]
        services.announce(numbers[:2], [NewEvent("contact.created", SYSTEM)] * 2)
        assert call(one) == 5
    assert [got.said["data"]["id"] for got in there.got] == numbers


def test_ten_attempts_are_made_over_75_hours_and_then_it_has_failed(ana, tmp_path):
    assert sum(PAUSES) == (75 * 60 + 35) * 60 + 5
    with receiver(tmp_path) as there:
        one, _ = endpoint(ana, there.url("/status/500"))
        happens()
        for attempt in range(1, 11):
            assert call(one) == 1
            kept = Call.objects.get()
            assert kept.attempts == attempt
            if attempt < 10:
                pause = (kept.due_at - clock.now()).total_seconds()
                assert 0.9 * PAUSES[attempt - 1] - 1 < pause < 1.1 * PAUSES[attempt - 1]
            over()
        assert call(one) == 0
    assert (kept.state, kept.reason) == ("failed", "tries_used_up")
    assert kept.detail == "500 no"
    assert len({got.headers["webhook-id"] for got in there.got}) == 1


def test_410_switches_off_at_once_and_people_are_told(ana, bruno, tmp_path):
    with receiver(tmp_path) as there:
        one, _ = endpoint(ana, there.url("/status/410"))
        happens()
        happens()
        call(one)
    one.refresh_from_db()
    assert (one.is_on, one.off_reason) == (False, "gone")
    assert len(there.got) == 1
    assert sorted(Call.objects.values_list("state", "reason")) == [
        ("failed", "endpoint_off"),
        ("failed", "gone"),
    ]
    told = Notification.objects.filter(kind="endpoint.off")
    assert ana.pk in set(told.values_list("member_id", flat=True))
    assert bruno.pk not in set(told.values_list("member_id", flat=True))
    happens()
    assert Call.objects.count() == 2


def test_who_fails_for_three_days_is_switched_off(ana, tmp_path):
    with receiver(tmp_path) as there:
        one, _ = endpoint(ana, there.url("/status/404"))
        happens()
        call(one)
        one.refresh_from_db()
        assert one.is_on
        Endpoint.objects.update(failing_since=clock.now() - dt.timedelta(days=3))
        over()
        call(one)
    one.refresh_from_db()
    assert (one.is_on, one.off_reason) == (False, "failing")
    assert AuditEntry.objects.filter(kind="endpoint.off").exists()


def test_what_failed_and_what_was_missed_is_made_up_for_once(ana, tmp_path):
    since = clock.now() - dt.timedelta(hours=1)
    with receiver(tmp_path) as there:
        one, _ = endpoint(ana, there.url("/status/410"))
        lost = [happens() for _ in range(2)]
        call(one)
        lost.append(happens())  # while it is off
        one.refresh_from_db()
        services.save_endpoint(
            endpoint=one, url=there.url(), events=one.events, description="", headers=None, by=ana
        )
        services.switch_endpoint(endpoint=one, is_on=True, by=ana)
        assert services.replay_since(endpoint_id=one.pk, since=since) == 3
        assert services.replay_since(endpoint_id=one.pk, since=since) == 0  # pressed twice
        assert call(one) == 3
    assert sorted(got.said["data"]["id"] for got in there.got if got.path == "/ok") == lost


def test_a_secret_is_rotated_with_an_overlap(ana, tmp_path):
    with receiver(tmp_path) as there:
        one, old = endpoint(ana, there.url())
        new = services.rotate_secret(endpoint=one, by=ana)
        happens()
        call(one)
        Endpoint.objects.update(old_secret_until=clock.now() - dt.timedelta(seconds=1))
        happens()
        call(one)
    both, alone = there.got
    assert both.is_signed_with(old) == both.is_signed_with(new)
    assert alone.is_signed_with(new)
    with pytest.raises(WebhookVerificationError):
        alone.is_signed_with(old)
    assert old not in str(list(Endpoint.objects.values()))
    assert Webhook(new)


def test_headers_of_an_endpoint_are_sealed_and_not_carried_to_another_host(ana, tmp_path):
    with receiver(tmp_path) as there:
        one, _ = endpoint(ana, there.url(), headers={"Authorization": "Bearer segredo"})
        happens()
        call(one)
        assert there.got[0].headers["authorization"] == "Bearer segredo"
        assert "segredo" not in str(list(Endpoint.objects.values()))
        one, _ = services.save_endpoint(
            endpoint=one,
            url="https://other.example/",
            events=one.events,
            description="",
            headers=None,
            by=ana,
        )
    assert one.headers_box == ""


@pytest.mark.parametrize(
    "headers", [{"Host": "x"}, {"webhook-signature": "v1,x"}, {"A b": "x"}, {"A": "x\r\nB: y"}]
)
def test_headers_that_would_lie_are_refused(ana, headers):
    with pytest.raises(services.BadValuesError) as bad:
        endpoint(ana, "https://example.com/", headers=headers)
    assert set(bad.value.problems) == {"headers"}
    assert not Endpoint.objects.exists()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/hook", "http://[::1]/", "http://localhost/", "http://169.254.169.254/latest/",
        "http://10.0.0.8/", "ftp://example.com/", "http://me:pw@example.com/", "nonsense",
        "https://example.com/" + "x" * 2_000,
    ],
)  # fmt: skip
def test_case_98_an_address_inside_the_network_is_not_kept(ana, settings, url):
    settings.OUTBOUND_ALLOW = ()
    with pytest.raises(services.BadValuesError) as bad:
        endpoint(ana, url)
    assert set(bad.value.problems) == {"url"}
    assert not Endpoint.objects.exists()


def test_case_98_a_name_that_leads_inside_is_asked_nothing(ana, settings, tmp_path, monkeypatch):
    with receiver(tmp_path) as there:
        settings.OUTBOUND_ALLOW = ()
        rows = [(2, 1, 6, "", ("127.0.0.1", there.port))]
        monkeypatch.setattr("socket.getaddrinfo", lambda *_given, **_more: rows)
        one, _ = endpoint(ana, f"http://inside.example:{there.port}/ok")
        happens()
        call(one)
    assert there.got == []
    kept = Call.objects.get()
    assert (kept.state, kept.reason) == ("failed", "forbidden_place")
    assert "not public" in kept.detail


def test_case_98_a_redirection_is_a_failure_and_not_followed(ana, tmp_path):
    with receiver(tmp_path) as there:
        one, _ = endpoint(ana, there.url("/redirect"))
        happens()
        call(one)
    assert [got.path for got in there.got] == ["/redirect"]
    assert (Call.objects.get().state, Attempt.objects.get().status) == ("queued", 302)


def test_of_an_answer_of_two_gigabytes_the_beginning_is_read(ana, tmp_path):
    with receiver(tmp_path) as there:
        one, _ = endpoint(ana, there.url("/huge"))
        happens()
        call(one)
    assert Call.objects.get().state == "sent"
    assert Attempt.objects.get().said == "x" * 1_000


def test_who_answers_drop_by_drop_is_cut_off(ana, tmp_path, monkeypatch):
    with receiver(tmp_path) as there:
        one, _ = endpoint(ana, there.url("/drip"))
        happens()
        monkeypatch.setattr("afluente.delivery.services.webhooks_sending.PATIENCE", 1.0)
        call(one)
    kept = Call.objects.get()
    assert (kept.state, kept.detail) == ("queued", "No answer within 1 seconds.")
    one.refresh_from_db()
    assert one.wait_until is not None


def test_what_a_call_says_is_no_more_than_receivers_take(ana, tmp_path):
    with receiver(tmp_path) as there:
        one, secret = endpoint(ana, there.url())
        happens(data={"text": "ç" * 30_000})
        call(one)
    said = there.got[0].is_signed_with(secret)
    assert (said["data"]["is_cut"], said["data"]["details"]) == (True, {})
    assert len(there.got[0].body) < 20_000


def test_a_test_event_is_made_for_one_endpoint(ana, tmp_path):
    with receiver(tmp_path) as there:
        one, secret = endpoint(ana, there.url())
        services.send_test_event(endpoint=one)
        call(one)
    assert there.got[0].is_signed_with(secret)["type"] == "webhook.test"


def test_a_secret_of_another_key_fails_and_says_so(ana, settings, tmp_path):
    one, _ = endpoint(ana, "http://127.0.0.1:1/")
    happens()
    settings.SECRET_KEY = "another" * 8
    box._fernet.cache_clear()
    try:
        call(one)
    finally:
        box._fernet.cache_clear()
    assert Call.objects.get().reason == "unreadable_secret"


def test_an_erased_person_is_in_no_call_any_more(ana, tmp_path):
    from afluente.delivery.services.personal import HOLDING
    from afluente.kernel.personal import Subject

    contact = make.contact(name="Camila Reis")
    one, _ = endpoint(ana, "http://127.0.0.1:1/")
    happens(contact_id=contact.pk, data={"name": "Camila Reis"})
    subject = Subject((contact.pk,), ("Camila Reis",))
    assert "Camila Reis" in json.dumps(HOLDING.collect(subject), default=str)
    HOLDING.erase(subject)
    assert "Camila" not in Call.objects.get().body
    assert call(one) == 0


def test_retry_after_is_read_as_seconds_or_as_a_date():
    read = webhooks_settling._asked_to_wait
    assert read("120") == 120
    assert read("99999999999999") == 86_400
    until = clock.now() + dt.timedelta(minutes=5)
    assert 290 < read(until.strftime("%a, %d %b %Y %H:%M:%S GMT")) <= 300
    for odd in ("", "soon", "-5", "Wed, 99 Foo", "²"):
        assert read(odd) == 0
