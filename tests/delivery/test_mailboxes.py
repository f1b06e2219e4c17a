"""A mailbox is read for letters that come back: Postfix returns them, Dovecot keeps them (ADR 0207)."""

from __future__ import annotations

import datetime as dt
import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from afluente.delivery import services, statements
from afluente.delivery.models import Mailbox, Message, Suppression
from afluente.delivery.services import imap, mailboxes
from afluente.kernel import clock, job_runner, job_statements
from afluente.timeline.models import Event, Notification
from tests import cast
from tests.delivery.posting import person, send, sender, write
from tests.mail_peers import PASSWORD
from tests.post_office import notification

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.mail_peers import Peers

pytestmark = pytest.mark.django_db
RETURNS = "voltas@mare.example"


@pytest.fixture(autouse=True)
def _here(settings):
    settings.OUTBOUND_ALLOW = ("127.0.0.1", "localhost")


@pytest.fixture
def post(mail_servers: Peers) -> Peers:
    """Postfix and Dovecot with an empty mailbox, whose numbers begin anew."""
    mail_servers.remake(RETURNS)
    return mail_servers


def kept(by: Any, port: int, **more: Any) -> Mailbox:
    place = {"host": "127.0.0.1", "port": port, "security": "none", "username": RETURNS, "folder": "INBOX"}
    return services.save_mailbox(by=by, **{"secret": PASSWORD, **place, **more})


def read(box: Mailbox) -> int:
    """Let the worker look into it, whenever that was to be."""
    Mailbox.objects.update(wait_until=clock.now())
    with cast.outside():
        seen = services.read_mailbox(box.workspace_id)
    box.refresh_from_db()
    return seen


def told(message: Message, status: str = "5.1.1") -> bytes:
    letter = f"Message-ID: {message.message_id}\r\nSubject: Hi\r\n\r\nHi\r\n".encode()
    return notification(letter, to=message.address, back=RETURNS, status=status).encode()


def test_a_letter_to_nobody_comes_back_by_real_servers_and_is_told_on_the_record(ana, post):
    sender(
        ana,
        post.smtp,
        options={"host": "127.0.0.1", "port": post.smtp, "security": "none", "return_to": RETURNS},
    )
    box = kept(ana, post.imap)
    contact = person("Bia", "bia.nenhuma@cliente.example")
    message = write("bia.nenhuma@cliente.example", contact_id=contact.pk)
    arrived = write("ana@cliente.example")
    send(ana.workspace_id)
    message.refresh_from_db()
    assert (message.state, message.arrival) == ("sent", "")  # the server took it: it is known only later
    post.wait_for(RETURNS, 1)

    assert read(box) == 1

    message.refresh_from_db()
    arrived.refresh_from_db()
    assert (message.arrival, arrived.arrival) == ("returned", "")
    assert message.arrival_detail.startswith(
        "5.1.1 550 5.1.1 <bia.nenhuma@cliente.example> User doesn't exist"
    )
    assert Suppression.objects.get().reason == "bounced"
    assert Event.objects.get(kind="message.returned").contact_id == contact.pk
    assert (box.detail, box.seen_count, box.known_count) == ("", 1, 1)
    assert post.unseen(RETURNS) == 1  # nothing was marked
    (letter,) = post.wait_for("ana@cliente.example", 1)
    assert b"Return-Path: <voltas@mare.example>" in letter
    assert b"\r\nFrom: =?utf-8?" in letter


@pytest.mark.parametrize("security", ["tls", "starttls", "none"])
def test_it_is_read_in_each_way_that_servers_offer(ana, post, security, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(post.certificate))
    message = write()
    post.put(RETURNS, [told(message)])
    port = post.imaps if security == "tls" else post.imap
    box = kept(ana, port, host="localhost", security=security)
    assert read(box) == 1, box.detail
    message.refresh_from_db()
    assert message.arrival == "returned"


def test_a_server_that_nobody_vouches_for_is_told_no_password(ana, post):
    box = kept(ana, post.imaps, host="localhost", security="tls")
    assert read(box) == 0
    assert "certificate" in box.detail.lower()


def test_only_what_is_new_is_looked_at_and_what_is_no_report_is_left_alone(ana, post):
    one, two = write("a@cliente.example"), write("b@cliente.example")
    post.put(RETURNS, [b"Subject: Oi\r\n\r\nTudo bem?\r\n", told(one)])
    box = kept(ana, post.imap)
    assert (read(box), box.known_count) == (2, 1)
    assert read(box) == 0
    post.put(RETURNS, [told(two)])
    assert (read(box), box.seen_count, box.known_count) == (1, 3, 2)
    assert post.unseen(RETURNS) == 3


def test_a_mailbox_made_anew_is_read_anew_and_twice_is_once(ana, post):
    message = write()
    contact_events = Event.objects.filter(kind="message.returned")
    post.put(RETURNS, [told(message)])
    box = kept(ana, post.imap)
    read(box)
    before = (box.uid_validity, contact_events.count())
    time.sleep(1.1)  # the server counts its folders by seconds
    post.remake(RETURNS)
    post.put(RETURNS, [told(message)])
    assert read(box) == 1
    assert box.uid_validity != before[0]
    assert contact_events.count() == before[1]


def test_letters_that_make_no_sense_hold_up_no_other(ana, post):
    message = write()
    head = b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
    post.put(
        RETURNS,
        [
            head,
            head
            + b"--b\r\nContent-Type: message/delivery-status\r\n\r\nAction: \xff\xfe failed\r\n\r\n--b--\r\n",
            head.replace(b"=b", b"=" + b"x" * 60_000) + b"nothing\r\n",
            told(message).replace(b"550", b"550 \xe9\x01\x02"),
            b"Content-Type: multipart/report;" + b" a=b;" * 20_000 + b"\r\n\r\n",
            told(message).replace(b"Subject: Hi", b"X: " + b"y" * 1_500_000),
        ],
    )
    box = kept(ana, post.imap)
    assert (read(box), box.detail) == (6, "")
    message.refresh_from_db()
    assert message.arrival == "returned"


def test_many_letters_are_read_in_parts_and_one_visit_has_an_end(ana, post, monkeypatch):
    monkeypatch.setattr(mailboxes, "PART", 3)
    monkeypatch.setattr(mailboxes, "MOST", 5)
    messages = [write(f"a{number}@cliente.example") for number in range(7)]
    post.put(RETURNS, [told(one) for one in messages])
    box = kept(ana, post.imap)
    assert read(box) == 5
    assert box.wait_until <= clock.now()  # the rest at once
    assert read(box) == 2
    assert Message.objects.filter(arrival="returned").count() == 7


def test_a_wrong_password_is_told_once_and_tried_again_after_an_hour(ana, dora, post):
    box = kept(ana, post.imap, secret="errada")
    for _ in range(2):
        assert read(box) == 0
    assert "AUTHENTICATIONFAILED" in box.detail
    assert box.wait_until - clock.now() > dt.timedelta(minutes=59)
    notices = Notification.objects.filter(kind=mailboxes.FAILING)
    assert sorted(one.member_id for one in notices) == sorted([ana.pk, dora.pk])
    kept(dora, post.imap)
    box.refresh_from_db()
    assert (read(box), box.detail, box.failing_since) == (0, "", None)


def test_a_folder_that_is_not_there_is_said(ana, post):
    box = kept(ana, post.imap, folder='Nada "disso"')
    read(box)
    assert "exist" in box.detail


def test_nobody_listening_is_tried_again_more_and_more_seldom_and_told_after_a_day(ana, dora):
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    box = kept(ana, port)
    waits = []
    for _ in range(5):
        read(box)
        waits.append(round((box.wait_until - clock.now()).total_seconds()))
    assert waits == [60, 300, 900, 3_600, 3_600]
    assert not Notification.objects.filter(kind=mailboxes.FAILING).exists()
    Mailbox.objects.update(failing_since=clock.now() - dt.timedelta(days=1))
    box.refresh_from_db()
    read(box)
    told_to = Notification.objects.filter(kind=mailboxes.FAILING).values_list("member_id", flat=True)
    assert set(told_to) == {ana.pk, dora.pk}


def test_a_server_inside_the_network_is_not_asked(ana, settings):
    settings.OUTBOUND_ALLOW = ()
    box = kept(ana, 993)
    read(box)
    assert "127.0.0.1" in box.detail
    assert "not public" in box.detail


@contextmanager
def saying(*parts: bytes, pause: float = 0.0, goes_on: bytes = b"") -> Iterator[int]:
    """A server that says what it likes, to one visitor."""
    with socket.create_server(("127.0.0.1", 0)) as held:

        def talk() -> None:
            try:
                line, _ = held.accept()
            except OSError:
                return
            with line:
                try:
                    for part in parts:
                        line.sendall(part)
                    while goes_on:
                        line.sendall(goes_on)
                        time.sleep(pause)
                except OSError:
                    return

        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        yield held.getsockname()[1]
    thread.join(5)


def test_who_says_one_sign_after_the_other_is_cut_off(ana, monkeypatch):
    monkeypatch.setattr(imap, "WHOLE", 0.5)
    begin = time.monotonic()
    with saying(b"* OK", pause=0.02, goes_on=b"x") as port:
        box = kept(ana, port)
        read(box)
    assert time.monotonic() - begin < 5
    assert "given to one visit" in box.detail


@pytest.mark.parametrize(
    "parts",
    [
        (b"* OK {999999999}\r\n",),
        (b"* OK hi\r\n", b"* CAPABILITY IMAP4rev1 {900000000}\r\n"),
        (b"\xff\xfe\x00\r\n" * 10,),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n",),
        (b"* BYE nobody is here\r\n",),
        (b"* PREAUTH hi\r\n",),
        (),
    ],
)
def test_a_server_that_makes_no_sense_is_a_failure_in_words(ana, parts, monkeypatch):
    monkeypatch.setattr(imap, "PATIENCE", 1.0)
    monkeypatch.setattr(imap, "WHOLE", 3.0)
    with saying(*parts) as port:
        box = kept(ana, port)
        assert read(box) == 0
    assert box.detail


def test_a_server_that_never_ends_is_left(ana, monkeypatch):
    monkeypatch.setattr(imap, "VISIT", 100_000)
    with saying(b"* OK hi\r\n", goes_on=b"* OK more\r\n" * 100) as port:
        box = kept(ana, port)
        assert read(box) == 0
    assert "more than 100000 bytes" in box.detail


def test_it_is_looked_into_when_its_time_has_come(ana):
    box = kept(ana, 993)
    Mailbox.objects.update(wait_until=clock.now() - dt.timedelta(minutes=2))
    with cast.outside():
        assert statements.mailboxes_due_anywhere() == [box.workspace_id]
    Mailbox.objects.update(wait_until=clock.now() + dt.timedelta(minutes=2))
    with cast.outside():
        assert statements.mailboxes_due_anywhere() == []
        assert services.read_mailbox(box.workspace_id) == 0


def test_whoever_sets_it_up_has_it_looked_into_by_a_worker(ana, post):
    post.put(RETURNS, [told(write())])
    box = kept(ana, post.imap)
    with cast.outside():
        for claimed in job_statements.claim([mailboxes.READ], limit=10, lease=60):
            job_runner.run(claimed)
    box.refresh_from_db()
    assert (box.seen_count, box.known_count) == (1, 1)


SAID = {
    "host": "imap.mare.example",
    "port": "993",
    "security": "tls",
    "username": RETURNS,
    "secret": PASSWORD,
    "folder": "INBOX",
}
PAGE = "/settings/sending/returns/"


def test_a_mailbox_is_set_up_on_the_screen_and_its_password_not_carried_away(dora, client_as):
    browser = client_as(dora)
    assert browser.post(PAGE, SAID).status_code == 303
    row = Mailbox.objects.get()
    assert PASSWORD not in row.secret_box
    page = browser.get(PAGE).content.decode()
    assert "It is being looked into" in page
    assert PASSWORD not in page
    assert browser.post(PAGE, {**SAID, "secret": "", "folder": "Voltas"}).status_code == 303
    row.refresh_from_db()
    assert row.secret_box
    for wrong, why in (
        ({"secret": "", "host": "imap.other.example"}, "Write the password"),
        ({"host": "imap://x"}, "only the name of the server"),
        ({"host": ""}, "required"),
        ({"port": "70000"}, "65535"),
        ({"security": "magic"}, "magic"),
        ({"folder": "Devoluções"}, "without accents"),
        ({"username": "a\r\nb"}, ""),
    ):
        answer = browser.post(PAGE, {**SAID, **wrong})
        assert answer.status_code in ({422} if why else {303}), wrong
        assert why in answer.content.decode()
    assert browser.post(f"{PAGE}look/").status_code == 303
    assert browser.post(f"{PAGE}removal/").status_code == 303
    assert not Mailbox.objects.exists()


def test_only_who_sets_up_sending_sees_it(bruno, client_as):
    browser = client_as(bruno)
    assert browser.get(PAGE).status_code in {403, 404}
    for part in ("", "look/", "removal/"):
        assert browser.post(PAGE + part, SAID).status_code in {403, 404}
    assert not Mailbox.objects.exists()
