"""P-3 from end to end: who took their word back gets nothing that advertises, by no channel and no rule."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from afluente.automation.services.actions import outside
from afluente.delivery import services as outbox
from afluente.timeline.events import SYSTEM
from tests import cast, make
from tests.automation.arranging import IN_A_DAY, later, lines, open_in, publish, rule, work
from tests.delivery.posting import letters, post_office, send, sender
from tests.delivery.texting import gateway, twilio

pytestmark = pytest.mark.django_db
PURPOSES = ("email", "sms", "ads")
STAYS, LEAVES = ("stays@cliente.example", "+5511984123301"), ("leaves@cliente.example", "+5511984123302")


@pytest.fixture(autouse=True)
def _here(settings):
    settings.OUTBOUND_ALLOW = ("127.0.0.1",)


def willing(name: str, email: str, phone: str) -> Any:
    """Somebody who agreed to everything."""
    found = make.contact(name=name, emails=(email,), phones=(phone,))
    for purpose in PURPOSES:
        outbox.say_consent(contact_id=found.pk, channel=purpose, is_given=True, source="form", by=SYSTEM)
    return found


def take_back(contact: Any, how: str) -> None:
    for purpose in PURPOSES:
        if how == "hand" or purpose == "ads":
            outbox.say_consent(
                contact_id=contact.pk, channel=purpose, is_given=False, source="hand", by=SYSTEM
            )
        else:
            address = LEAVES[0] if purpose == "email" else LEAVES[1]
            url = outbox.leaving_url(channel=purpose, address=address, contact_id=contact.pk)
            said = outbox.read_leaving(url.rstrip("/").rpartition("/")[2])
            assert said is not None
            outbox.leave(said)


def leave_now(ana: Any) -> None:
    """What waits in the outbox leaves, by both channels."""
    send(ana.workspace_id)
    with cast.outside():
        outbox.send_due("sms", workspace_id=ana.workspace_id)


def test_every_way_to_a_client_is_known_here():
    """A new one wants its place below. Webhooks reach programs, not clients."""
    assert outside() == {"email", "sms", "webhook"}


@pytest.mark.parametrize("how", ["hand", "link"])
@pytest.mark.parametrize("moment", ["before the stage", "while it waits to leave", "while a rule waits"])
def test_who_took_their_word_back_gets_nothing_by_any_channel_and_rule(ana, tmp_path, how, moment):
    stage = make.stage(pipeline=make.pipeline(), name="S0")
    publish(
        stage,
        rule("mail", "email", params={"subject": "Now", "body": "News"}),
        rule("sms", "sms", params={"body": "Now"}),
        rule("mail2", "email", params={"subject": "Next day", "body": "News"}, when=IN_A_DAY),
        rule("sms2", "sms", params={"body": "Next day"}, when=IN_A_DAY),
    )
    stays, leaves = willing("Stays", *STAYS), willing("Leaves", *LEAVES)
    mails, texts = tmp_path / "mails", tmp_path / "texts"
    mails.mkdir()
    texts.mkdir()
    with post_office(mails) as port, gateway(texts) as desk:
        sender(ana, port, asks_consent=True)
        twilio(ana, desk, asks_consent=True)
        if moment == "before the stage":
            take_back(leaves, how)
        kept, gone = (open_in(stage, contact_ids=[one.pk]) for one in (stays, leaves))
        work()
        if moment == "while it waits to leave":
            take_back(leaves, how)
        leave_now(ana)
        if moment == "while a rule waits":
            take_back(leaves, how)
        work(later(dt.timedelta(days=1, minutes=1)))
        leave_now(ana)
        arrived = [LEAVES[0] in letter for letter in letters(mails)]
        texted = [LEAVES[1] in str(one) for one in desk.got]

    first = 1 if moment == "while a rule waits" else 0
    assert (sum(arrived), sum(texted)) == (first, first)
    assert (len(arrived) - first, len(texted) - first) == (2, 2)  # who stands by their word gets both
    assert {line.partition(" ")[2] for line in lines(kept)} == {"applied"}
    assert [line for line in lines(gone) if line.endswith("2 skipped no_consent")] != []
    assert outbox.agreed_to_audiences([stays.pk, leaves.pk]) == {stays.pk}
