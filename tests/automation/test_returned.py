"""A rule writes to somebody who is not there: from the rule to the word of a real mail server on the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from afluente.delivery import services as outbox
from afluente.delivery.models import Message
from afluente.timeline.models import Event
from tests import cast, make
from tests.automation.arranging import lines, open_in, publish, rule, work
from tests.delivery.posting import send, sender
from tests.mail_peers import PASSWORD

if TYPE_CHECKING:
    from tests.mail_peers import Peers

pytestmark = pytest.mark.django_db
RETURNS = "voltas@mare.example"
MAIL = {"subject": "Olá {{ contact.first_name }}", "body": "Sobre **{{ deal.name }}**."}


def test_a_rule_writes_to_nobody_and_the_record_says_so(ana, client_as, settings, mail_servers: Peers):
    settings.OUTBOUND_ALLOW = ("127.0.0.1",)
    mail_servers.remake(RETURNS)
    server = {"host": "127.0.0.1", "port": mail_servers.smtp, "security": "none", "username": ""}
    sender(ana, mail_servers.smtp, options={**server, "return_to": RETURNS})
    inbox = {"host": "127.0.0.1", "port": mail_servers.imap, "security": "none", "folder": "INBOX"}
    outbox.save_mailbox(by=ana, secret=PASSWORD, username=RETURNS, **inbox)
    stage = make.stage(pipeline=make.pipeline(), name="Inquiry")
    contact = make.contact(name="Bia Lima", emails=("nao.existe@cliente.example",))
    publish(stage, rule("mail", "email", params=MAIL))
    deal = open_in(stage, contact_ids=[contact.pk])
    work()
    send(ana.workspace_id)
    assert lines(deal) == ["mail applied"]
    mail_servers.wait_for(RETURNS, 1)
    with cast.outside():
        assert outbox.read_mailbox(ana.workspace_id) == 1

    message = Message.objects.get()
    assert message.arrival == "returned"
    event = Event.objects.get(kind="message.returned")
    assert (event.contact_id, event.deal_id) == (contact.pk, deal.pk)
    page = client_as(ana).get(f"/deals/{deal.pk}/").content.decode()
    assert "Message did not arrive" in page
    page = client_as(ana).get(f"/settings/messages/{message.pk}/").content.decode()
    assert "User doesn&#x27;t exist" in page

    publish(stage, rule("mail", "email", params=MAIL), rule("again", "email", params=MAIL))
    other = open_in(stage, contact_ids=[contact.pk])
    work()
    send(ana.workspace_id)
    assert {"mail skipped no_recipient", "again skipped no_recipient"} == set(
        lines(other)
    )  # it is passed over now
