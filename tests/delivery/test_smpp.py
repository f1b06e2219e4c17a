"""Short messages by SMPP, to a message centre of another make: parts, receipts, throttling, lost sessions."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import smpp34

from afluente.delivery import services, statements
from afluente.delivery.models import Message, Sender, Suppression
from afluente.delivery.services.providers import smpp, smpp_pdus
from afluente.kernel import clock
from tests import cast
from tests.delivery.texting import NUMBER, send, text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from afluente.accounts.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _here(settings):
    settings.OUTBOUND_ALLOW = ("127.0.0.1",)


@contextmanager
def centre(folder: Path, port: int = 0) -> Iterator[int]:
    command = [sys.executable, "-m", "tests.message_centre", str(port), str(folder / "smpp.jsonl")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.kill()
            process.wait(5)


def got(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "smpp.jsonl").read_text().splitlines()]


def sender(by: Membership, port: int, **more: Any) -> Sender:
    options = {
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "system_id": "mare",
        "system_type": "",
    }
    usual: dict[str, Any] = {"provider": "smpp", "options": options, "from_address": "Mare"}
    return services.save_sender(
        channel="sms", secret="segredo", by=by, **{"per_minute": 600, **usual, **more}
    )


def test_a_message_is_taken_and_its_receipt_kept_in_the_same_session(ana, tmp_path):
    with centre(tmp_path) as port:
        sender(ana, port)
        message = text(text="Olá {x} €5 à Zoë_@")
        assert send(ana.workspace_id) == 1
    (said,) = got(tmp_path)
    assert (said["source_addr"], said["source_addr_ton"]) == ("Mare", 5)
    assert (said["destination_addr"], said["dest_addr_ton"]) == (NUMBER[1:], 1)
    assert said["data_coding"] == 8  # «á» and «ë» are not in the alphabet of phones
    assert bytes.fromhex(said["text"]).decode("utf-16-be") == message.text
    message.refresh_from_db()
    assert (message.state, message.provider_id, message.arrival) == ("sent", "a1", "there")


def test_the_alphabet_of_seven_bits_is_written_as_the_standard_says(ana, tmp_path):
    with centre(tmp_path) as port:
        sender(ana, port, from_address="+5511999990000")
        text(text="@£à{}€ \nZ")
        send(ana.workspace_id)
    (said,) = got(tmp_path)
    assert (said["data_coding"], said["source_addr"], said["source_addr_ton"]) == (0, "5511999990000", 1)
    assert said["text"] == "00017f1b281b291b65200a5a"


@pytest.mark.parametrize(("sign", "coding", "sizes"), [("a", 0, [153, 153, 14]), ("ã", 8, [67] * 4 + [52])])
def test_a_long_text_leaves_in_parts_that_are_joined_again(ana, tmp_path, sign, coding, sizes):
    with centre(tmp_path) as port:
        sender(ana, port)
        message = text(text=sign * 320)
        send(ana.workspace_id)
    said = got(tmp_path)
    raw = [bytes.fromhex(one["text"]) for one in said]
    assert {one["esm_class"] for one in said} == {0x40}
    assert {one["data_coding"] for one in said} == {coding}
    assert {one[:3] for one in raw} == {bytes((5, 0, 3))}
    assert len({one[3] for one in raw}) == 1
    assert [(one[4], one[5]) for one in raw] == [(len(sizes), n + 1) for n in range(len(sizes))]
    assert [len(one[6:]) // (2 if coding else 1) for one in raw] == sizes
    assert [one["registered_delivery"] for one in said] == [0] * (len(sizes) - 1) + [1]
    message.refresh_from_db()
    assert (message.state, message.arrival) == ("sent", "there")


def test_throttled_is_tried_again_later_and_nobody_there_is_final(ana, tmp_path):
    with centre(tmp_path) as port:
        sender(ana, port)
        busy, gone, lost = (text(f"+551198412000{number}") for number in (2, 1, 3))
        assert send(ana.workspace_id) == 3
        for one in (busy, gone, lost):
            one.refresh_from_db()
        assert (busy.state, busy.detail) == ("queued", "command_status 0x00000058")
        assert (gone.state, gone.detail) == ("failed", "command_status 0x0000000B")
        assert (lost.state, lost.arrival, lost.arrival_detail) == ("sent", "returned", "UNDELIV 011")
        assert Suppression.objects.get().address == gone.address
        Message.objects.filter(pk=busy.pk).update(due_at=clock.now() - dt.timedelta(seconds=1))
        send(ana.workspace_id)
        busy.refresh_from_db()
        assert (busy.state, busy.arrival) == ("sent", "there")


def test_a_message_of_which_a_part_is_out_is_never_begun_anew(ana, tmp_path, monkeypatch):
    monkeypatch.setattr(smpp, "PAUSE", 0.01)
    with centre(tmp_path) as port:
        sender(ana, port)
        message = text("+5511984120005", text="a" * 200)
        send(ana.workspace_id)
        assert send(ana.workspace_id) == 0
    message.refresh_from_db()
    assert (message.state, message.reason) == ("unknown", "no_answer")
    assert [one["text"][10:12] for one in got(tmp_path)] == ["01", "02", "02", "02"]


def test_silence_is_unknown_and_a_centre_that_is_away_is_asked_again(ana, tmp_path, monkeypatch):
    monkeypatch.setattr(smpp, "PATIENCE", 1.0)
    with centre(tmp_path) as port:
        sender(ana, port)
        silent = text("+5511984120004")
        after = text(key="after")
        assert send(ana.workspace_id) == 2  # in a session made anew
        silent.refresh_from_db()
        after.refresh_from_db()
        assert (silent.state, silent.reason) == ("unknown", "no_answer")
        assert after.state == "sent"
    away = text(key="away")
    send(ana.workspace_id)
    away.refresh_from_db()
    assert (away.state, away.attempts) == ("queued", 1)
    Message.objects.filter(pk=away.pk).update(due_at=clock.now() - dt.timedelta(seconds=1))
    with centre(tmp_path, port):
        send(ana.workspace_id)
    away.refresh_from_db()
    assert (away.state, away.attempts) == ("sent", 2)


def test_who_waits_for_receipts_is_known_and_may_sign_in_to_hear(ana, tmp_path):
    since = clock.now() - dt.timedelta(days=3)
    with centre(tmp_path) as port:
        sender(ana, port)
        message = text()
        assert statements.waiting_for_receipts(since) == []
        send(ana.workspace_id)
        Message.objects.filter(pk=message.pk).update(arrival="")
        with cast.outside():
            assert statements.waiting_for_receipts(since) == [ana.workspace_id]
            assert services.hear("sms", workspace_id=ana.workspace_id) == 0  # all was said already


def test_a_server_inside_the_network_is_not_asked(ana, settings):
    settings.OUTBOUND_ALLOW = ()
    sender(ana, 2775)
    message = text()
    send(ana.workspace_id)
    message.refresh_from_db()
    assert (message.state, message.reason) == ("failed", "forbidden_place")


@pytest.mark.parametrize("coded", [True, False])
def test_receipts_are_read_from_the_optional_part_and_from_the_text(coded):
    more = [smpp34.Tlv(0x001E, b"abc\0"), smpp34.Tlv(0x0427, bytes((5,)))] if coded else []
    raw = smpp34.DeliverSm(
        "5511984123307",
        "Mare",
        b"" if coded else b"id:abc sub:001 stat:UNDELIV err:000",
        esm_class=4,
        tlvs=more,
        sequence_number=7,
    ).encode()
    found = smpp_pdus.delivery(smpp_pdus.Pdu(5, 0, 7, raw[16:]))
    assert (found.is_receipt, found.message_id, found.state) == (True, "abc", "UNDELIV")


@pytest.mark.parametrize("cut", range(0, 60, 3))
def test_a_broken_word_is_refused_and_nothing_else(cut):
    raw = smpp34.DeliverSm("1", "2", b"id:a stat:DELIVRD", esm_class=4, sequence_number=7).encode()[16:]
    try:
        smpp_pdus.delivery(smpp_pdus.Pdu(5, 0, 7, raw[: min(cut, len(raw) - 1)]))
    except smpp_pdus.BadPduError:
        return
    assert cut > 15  # what is left is a whole head


SAID = {
    "provider": "smpp",
    "from_address": "Mare",
    "secret": "segredo",
    "host": "smsc.example",
    "port": "2775",
    "security": "none",
    "system_id": "mare",
    "per_minute": "30",
}


def test_a_centre_is_set_up_on_the_screen(dora, client_as):
    browser = client_as(dora)
    assert browser.post("/settings/sms/", SAID).status_code == 303
    assert Sender.objects.get().options["host"] == "smsc.example"
    for wrong, why in (
        ({"secret": "123456789"}, "at most 8 signs"),
        ({"host": "smpp://x"}, "only the name of the server"),
        ({"host": ""}, "required"),
        ({"system_id": "maré"}, "without accents"),
    ):
        answer = browser.post("/settings/sms/", {**SAID, **wrong})
        assert answer.status_code == 422
        assert why in answer.content.decode()
