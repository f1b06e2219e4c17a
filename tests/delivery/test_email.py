"""E-mail through a real SMTP server: what arrives, what is refused, what nobody knows (S-TX, S-FAIL)."""

from __future__ import annotations

import datetime as dt
from email import message_from_string, policy
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from afluente.delivery import services, statements
from afluente.delivery.models import Message, Sender, Suppression
from afluente.delivery.services.sending import quiet_until
from afluente.kernel import clock
from afluente.timeline.models import Event
from tests.delivery.posting import letters, person, post_office, send, sender, write

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _here(settings):
    settings.OUTBOUND_ALLOW = ("127.0.0.1",)


def again(message: Message) -> None:
    """As if the pause after a failed attempt were over."""
    Message.objects.filter(pk=message.pk).update(due_at=clock.now() - dt.timedelta(seconds=1))


def test_a_letter_arrives_whole(ana, tmp_path):
    with post_office(tmp_path) as port:
        sender(ana, port, reply_to="resposta@mare.example")
        contact = person()
        message = write(
            contact_id=contact.pk, subject="Orçamento nº 7 de José", text="Olá\n.\nponto", html="<p>Olá</p>"
        )
        assert send(ana.workspace_id) == 1

    (raw,) = letters(tmp_path)
    letter = message_from_string(raw, policy=policy.default)
    assert (letter["X-To"], letter["X-From"]) == ("ana@cliente.example", "ola@mare.example")
    assert str(letter["From"]) == "Estúdio Maré <ola@mare.example>"
    assert (letter["Subject"], letter["Reply-To"]) == ("Orçamento nº 7 de José", "resposta@mare.example")
    message.refresh_from_db()
    assert letter["Message-ID"] == message.message_id
    assert message.message_id.endswith("@mare.example>")
    plain, html = letter.iter_parts()
    assert plain.get_content().replace("\r\n", "\n").startswith("Olá\n.\nponto\n")
    assert "<p>Olá</p>" in html.get_content()
    assert raw.isascii()  # nobody on the way has to rewrite it, so a signature holds
    assert (message.state, message.attempts) == ("sent", 1)
    assert Event.objects.get(kind="message.sent").contact_id == contact.pk


def test_a_letter_says_how_to_be_rid_of_it_unless_it_was_asked_for(ana, tmp_path, client):
    with post_office(tmp_path) as port:
        sender(ana, port)
        write(html="<p>Oi</p>")
        write(is_marketing=False)
        send(ana.workspace_id)

    first, second = (message_from_string(one, policy=policy.default) for one in letters(tmp_path))
    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = first["List-Unsubscribe"].strip("<>")
    assert url.startswith("http")
    assert f"List-Unsubscribe: <{url}>" in letters(tmp_path)[0]  # in one piece, as mail programs read it
    assert url in first.get_body(("plain",)).get_content()
    assert second["List-Unsubscribe"] is None


def test_a_refused_receiver_is_final_and_passed_over_from_then_on(ana, tmp_path):
    with post_office(tmp_path, "refuse") as port:
        sender(ana, port)
        message = write()
        send(ana.workspace_id)
        message.refresh_from_db()
        assert (message.state, message.reason) == ("failed", "refused")
        assert message.detail.startswith("550 5.1.1")
        assert Suppression.objects.get().reason == "bounced"

        later = write()
        send(ana.workspace_id)
        later.refresh_from_db()
        assert (later.state, later.reason, later.attempts) == ("skipped", "no_recipient", 1)


def test_a_busy_server_is_asked_again_after_a_minute(ana, tmp_path):
    with post_office(tmp_path, "busy-once") as port:
        sender(ana, port)
        message = write()
        send(ana.workspace_id)
        message.refresh_from_db()
        assert message.state == "queued"
        assert message.detail.startswith("421")
        assert 50 < (message.due_at - timezone.now()).total_seconds() < 70
        assert send(ana.workspace_id) == 0

        again(message)
        send(ana.workspace_id)
        message.refresh_from_db()
        assert (message.state, message.attempts) == ("sent", 2)
    assert len(letters(tmp_path)) == 1


def test_what_is_never_taken_ends_after_three_days(ana, tmp_path):
    with post_office(tmp_path, "busy") as port:
        sender(ana, port)
        message = write()
        Message.objects.filter(pk=message.pk).update(until=clock.now() + dt.timedelta(seconds=30))
        send(ana.workspace_id)
    message.refresh_from_db()
    assert (message.state, message.reason) == ("failed", "tries_used_up")


def test_nobody_listening_is_tried_again(ana):
    sender(ana, 1)
    message = write()
    send(ana.workspace_id)
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("queued", 1)
    assert "Unreachable" in message.detail


def test_a_connection_lost_after_the_last_dot_is_unknown_and_never_sent_twice(ana, tmp_path):
    with post_office(tmp_path, "lost") as port:
        sender(ana, port)
        message = write()
        send(ana.workspace_id)
        message.refresh_from_db()
        assert (message.state, message.reason) == ("unknown", "no_answer")
        assert send(ana.workspace_id) == 0
    assert len(letters(tmp_path)) == 1


def test_case_69_a_sender_that_dies_leaves_an_unknown_that_is_not_sent_again(ana, tmp_path):
    with post_office(tmp_path) as port:
        sender(ana, port)
        message = write()
        assert statements.take_message("email", lease=120, is_quiet=False) == message.pk  # and then it dies
        assert send(ana.workspace_id) == 0
        message.refresh_from_db()
        assert message.state == "sending"  # somebody may still be at it

        Message.objects.filter(pk=message.pk).update(lease_until=clock.now() - dt.timedelta(seconds=1))
        assert send(ana.workspace_id) == 0
        message.refresh_from_db()
    assert (message.state, message.reason) == ("unknown", "sender_died")
    assert letters(tmp_path) == []


def test_one_step_sends_once(ana, tmp_path):
    with post_office(tmp_path) as port:
        sender(ana, port)
        for _ in range(3):
            write(key="1:2:3:a:")
        send(ana.workspace_id)
        write(key="1:2:3:a:")
        send(ana.workspace_id)
    assert len(letters(tmp_path)) == 1


def test_a_person_decides_about_an_unknown_one_once(ana, tmp_path):
    message = write()
    Message.objects.filter(pk=message.pk).update(state="unknown")
    services.decide(message.pk, was_sent=True)
    message.refresh_from_db()
    assert (message.state, message.reason) == ("sent", "decided")
    with pytest.raises(services.DecidedError):
        services.decide(message.pk, was_sent=False)


def test_a_minute_holds_as_many_as_the_server_takes(ana, tmp_path):
    with post_office(tmp_path) as port:
        sender(ana, port, per_minute=2)
        for _ in range(5):
            write()
        assert send(ana.workspace_id) == 2
        assert send(ana.workspace_id) == 0
    assert Message.objects.filter(state="queued").count() == 3


def test_quiet_hours_hold_messages_in_the_zone_of_the_workspace(ana, tmp_path, monkeypatch):
    night = dt.datetime(2026, 11, 24, 2, 30, tzinfo=dt.UTC)  # 23:30 in São Paulo
    ana.workspace.timezone = "America/Sao_Paulo"
    ana.workspace.save()
    with post_office(tmp_path) as port:
        sender(ana, port, quiet_from=22 * 60, quiet_until=8 * 60)
        write()
        services.send_test(channel="email", address="eu@mare.example", is_to=ana)
        monkeypatch.setattr(clock, "now", lambda: night)
        assert send(ana.workspace_id) == 1  # the test of one's own settings waits for nobody
        monkeypatch.setattr(clock, "now", lambda: night + dt.timedelta(hours=9))
        assert send(ana.workspace_id) == 1


def test_a_server_inside_the_network_is_not_asked(ana, settings):
    settings.OUTBOUND_ALLOW = ()
    sender(ana, 25)
    message = write()
    send(ana.workspace_id)
    message.refresh_from_db()
    assert (message.state, message.reason) == ("failed", "forbidden_place")


def test_without_a_sender_a_message_says_so(ana):
    message = write()
    send(ana.workspace_id)
    message.refresh_from_db()
    assert (message.state, message.reason) == ("failed", "no_sender")


def test_a_password_is_sealed_and_not_carried_to_another_server(ana):
    kept = sender(ana, 25)
    kept = services.save_sender(
        channel="email",
        secret="segredo",
        by=ana,
        provider="smtp",
        options=kept.options,
        from_address="a@b.example",
    )
    assert "segredo" not in kept.secret_box
    other = {**kept.options, "host": "other.example"}
    kept = services.save_sender(
        channel="email", secret=None, by=ana, provider="smtp", options=other, from_address="a@b.example"
    )
    assert kept.secret_box == ""


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        ("2026-10-24T22:00+00:00", "2026-10-25T00:30+00:00"),  # midnight: the first 02:30 of the night
        ("2026-10-25T01:10+00:00", "2026-10-25T01:30+00:00"),  # 02:10 for the second time
        ("2026-10-25T00:40+00:00", None),  # 02:40 for the first time
        ("2026-03-28T23:30+00:00", "2026-03-29T01:30+00:00"),  # there is no 02:30 in this night
        ("2026-03-29T01:10+00:00", None),  # 03:10
    ],
)
def test_quiet_hours_end_in_the_future_in_nights_in_which_clocks_change(now, ends):
    sleeper = Sender(quiet_from=22 * 60, quiet_until=2 * 60 + 30)
    found = quiet_until(sleeper, dt.datetime.fromisoformat(now), ZoneInfo("Europe/Warsaw"))
    assert (found.isoformat(timespec="minutes") if found else None) == ends
