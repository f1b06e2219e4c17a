"""Letters that come back by SMTP from a real server: matched, told, and what follows for the address."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from afluente.delivery import services
from afluente.delivery.models import Message, Suppression
from afluente.delivery.services.bounces import read_bounce
from afluente.kernel.workspace import scope
from afluente.timeline.models import Event
from tests import cast
from tests.deals.test_api import Program
from tests.delivery.posting import letters, person, post_office, send, sender, write
from tests.post_office import notification

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _here(settings):
    settings.OUTBOUND_ALLOW = ("127.0.0.1",)


@contextmanager
def returning(folder: Path, status: str) -> Iterator[tuple[int, Path]]:
    """A server that sends everything back, and where it lands."""
    (folder / "out").mkdir()
    (folder / "back").mkdir()
    with (
        post_office(folder / "back") as back,
        post_office(folder / "out", f"bounce-{back}-{status}") as port,
    ):
        yield port, folder / "back"


def came_back(folder: Path) -> str:
    """The letter as a pipe gives it, without what the test's server noted above it."""
    (raw,) = letters(folder)
    return raw.partition("From: ")[1] + raw.partition("From: ")[2]


def test_a_letter_comes_back_is_told_and_its_address_passed_over(ana, tmp_path):
    program = Program(ana, "messages:read", "messages:write")
    with returning(tmp_path, "5.1.1") as (port, back):
        sender(ana, port)
        contact = person()
        message = write(contact_id=contact.pk)
        send(ana.workspace_id)
        raw = came_back(back)
    message.refresh_from_db()
    assert (message.state, message.arrival) == ("sent", "")
    for _ in range(2):
        answer = program.send("post", "messages/bounces", {"mail": raw})
        assert (answer.status_code, answer.json()["message_id"]) == (200, message.pk)
    message.refresh_from_db()
    assert (message.arrival, message.arrival_detail) == ("returned", "5.1.1 550 5.1.1 Not here")
    assert Suppression.objects.get().reason == "bounced"
    assert Event.objects.get(kind="message.returned").contact_id == contact.pk


def test_a_full_mailbox_is_told_and_the_address_given_up_after_the_fifth(ana):
    for number in range(5):
        message = write(key=f"k{number}")
        raw = _about(message, "5.2.2")
        assert not Suppression.objects.exists()
        services.take_bounce(raw.encode())
        services.take_bounce(raw.encode())
    assert Message.objects.filter(arrival="returned").count() == 5
    assert Suppression.objects.get().reason == "bounced"


def test_a_delay_says_nothing_yet(ana):
    message = write()
    found = services.take_bounce(_about(message, "4.4.1").encode())
    assert found is not None
    assert (found.pk, found.arrival) == (message.pk, "")
    assert not Suppression.objects.exists()


def test_a_letter_that_comes_back_does_not_cover_that_its_reader_unsubscribed(ana):
    services.suppress(channel="email", address="ana@cliente.example", reason="unsubscribed")
    services.take_bounce(_about(write(), "5.1.1").encode())
    assert Suppression.objects.get().reason == "unsubscribed"


def test_what_is_not_ours_changes_nothing_and_what_is_no_notification_says_so(ana, bruno):
    message = write()
    program = Program(ana, "messages:write")
    other = _about(message, "5.1.1").replace(message.message_id, "<somebody@else.example>")
    assert program.send("post", "messages/bounces", {"mail": other}).json()["message_id"] is None
    for odd in (
        "hello",
        "From: a@b.example\n\nI am away",
        _about(message, "5.1.1").replace("Message-ID", "X-No"),
    ):
        answer = program.send("post", "messages/bounces", {"mail": odd})
        assert (answer.status_code, answer.json()["error"]["field"]) == (422, "mail")
    refused = Program(bruno, "messages:write").send(
        "post", "messages/bounces", {"mail": _about(message, "5.1.1")}
    )
    assert refused.status_code == 403
    message.refresh_from_db()
    assert message.arrival == ""


def _about(message: Message, status: str) -> str:
    content = f"From: ola@mare.example\r\nMessage-ID: {message.message_id}\r\n\r\nOi"
    return notification(content.encode(), to=message.address, back="ola@mare.example", status=status)


REPORT = (
    'Content-Type: multipart/report; boundary="b"\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n'
    "Reporting-MTA: dns; x\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b\r\n{head}\r\n\r\n"
    "Message-ID: {id}\r\n\r\n--b--\r\n"
)


def report(head: str = "Content-Type: message/rfc822", number: str = "<a@b>") -> bytes:
    return REPORT.format(head=head, id=number).encode()


def nested(depth: int, kind: str) -> bytes:
    if kind == "message/rfc822":
        return b"Content-Type: message/rfc822\r\n\r\n" * depth
    heads = (f'Content-Type: multipart/mixed; boundary="{n}"\r\n\r\n--{n}\r\n' for n in range(depth))
    return "".join(heads).encode()


@pytest.mark.parametrize(
    "raw",
    [
        b"Content-Type: text/plain" + b"; a=1" * 190_000 + b"\r\n\r\n",
        b"Content-Type: text/plain" + b";\r\n a=1" * 100_000 + b"\r\n\r\n",
        nested(2_000, "multipart/mixed"),
        nested(2_000, "message/rfc822"),
        report(number="<<<>"),
        report(number=""),
        b"",
        b"\x00\xff" * 1_000,
    ],
    ids=["long header", "folded header", "multiparts", "letters", "odd id", "no id", "nothing", "noise"],
)
def test_what_strangers_write_is_refused_at_once(raw):
    began = time.process_time()
    with pytest.raises(services.NoBounceError):
        read_bounce(raw)
    assert time.process_time() - began < 2


def test_a_head_in_an_unknown_alphabet_is_read_as_it_stands():
    found = read_bounce(report(head="Content-Type: text/rfc822-headers; charset=klingon"))
    assert (found.message_id, found.action, found.status) == ("<a@b>", "failed", "5.1.1")


def test_nobody_brings_back_a_letter_of_another_workspace(ana, tmp_path):
    with returning(tmp_path, "5.1.1") as (port, back):
        sender(ana, port)
        message = write(contact_id=person().pk)
        send(ana.workspace_id)
        raw = came_back(back)
    with cast.outside():
        estela = cast.stranger()
    with cast.outside(), scope(estela.workspace_id):
        assert services.take_bounce(raw.encode()) is None
    message.refresh_from_db()
    assert message.arrival == ""
    assert not Suppression.objects.exists()
