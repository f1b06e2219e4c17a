"""The pages of delivery: the outbox, templates with their preview, how a workspace sends, and the way out."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afluente.delivery import services
from afluente.delivery.models import Consent, Message, Sender, Suppression, Template
from tests import cast, make
from tests.delivery.posting import letters, person, post_office, send, sender, write

pytestmark = pytest.mark.django_db

SAID = {
    "host": "smtp.mare.example",
    "port": "587",
    "security": "starttls",
    "username": "ola",
    "secret": "segredo",
    "from_name": "Estúdio Maré",
    "from_address": "ola@mare.example",
    "per_minute": "60",
    "quiet_from": "22:00",
    "quiet_until": "07:30",
}
WRITTEN = {
    "name": "First word",
    "subject": "Olá {{ contact.first_name }}",
    "body": "Sobre **{{ deal.name }}**",
}


def test_a_sender_is_set_and_its_password_never_shown(dora, client_as):
    browser = client_as(dora)
    assert browser.post("/settings/sending/", SAID).status_code == 303

    kept = Sender.objects.get()
    assert (kept.quiet_from, kept.quiet_until, kept.options["host"]) == (1320, 450, "smtp.mare.example")
    page = browser.get("/settings/sending/").content.decode()
    assert "segredo" not in page
    assert 'value="22:00"' in page
    assert browser.post("/settings/sending/", {**SAID, "quiet_until": ""}).status_code == 422


def test_a_test_says_on_screen_what_became_of_it(dora, client_as, tmp_path, settings):
    settings.OUTBOUND_ALLOW = ("127.0.0.1",)
    browser = client_as(dora)
    with post_office(tmp_path) as port:
        sender(dora, port)
        assert browser.post("/settings/sending/test/").status_code == 303
        assert "on its way" in browser.get("/settings/sending/?test").content.decode()
        send(dora.workspace_id)
    assert (
        f"The server took the test to {dora.user.email}"
        in browser.get("/settings/sending/?test").content.decode()
    )


def test_a_salesperson_writes_a_template_and_sees_it_with_a_real_deal(bruno, client_as):
    contact = make.contact(name="Camila Reis", emails=("camila@example.com",), assignee=bruno)
    deal = make.deal(name="Cozinha <b>", contacts=(contact,), assignee=bruno)
    browser = client_as(bruno)

    page = browser.post("/settings/templates/preview/", {**WRITTEN, "deal": deal.pk}).content.decode()
    assert "Olá Camila" in page
    assert "<strong>Cozinha &lt;b&gt;</strong>" in page
    assert browser.post("/settings/templates/new/", {**WRITTEN, "preview": "1"}).status_code == 200
    assert not Template.objects.exists()
    assert browser.post("/settings/templates/new/", WRITTEN).status_code == 303
    kept = Template.objects.get()
    assert "First word" in browser.get("/settings/templates/").content.decode()
    assert "Olá Camila" in browser.get(f"/settings/templates/{kept.pk}/").content.decode()

    wrong = browser.post(f"/settings/templates/{kept.pk}/", {**WRITTEN, "body": "{{ contact.__class__ }}"})
    assert wrong.status_code == 422
    assert "There is no variable contact.__class__" in wrong.content.decode()
    browser.post(f"/settings/templates/{kept.pk}/archiving/")
    assert Template.objects.get().archived_at is not None


def test_a_preview_shows_no_deal_of_others(bruno, carla, client_as):
    deal = make.deal(name="Hidden", assignee=carla)
    page = (
        client_as(bruno).post("/settings/templates/preview/", {**WRITTEN, "deal": deal.pk}).content.decode()
    )
    assert "Hidden" not in page


def test_what_nobody_knows_is_decided_on_screen_once(bruno, client_as):
    deal = make.deal(assignee=bruno)
    message = write(deal_id=deal.pk, rule_name="First mail")
    Message.objects.filter(pk=message.pk).update(state="unknown", reason="no_answer")
    browser = client_as(bruno)

    assert "Of 1 message nobody knows" in browser.get("/settings/messages/").content.decode()
    assert "It was sent" in browser.get(f"/settings/messages/{message.pk}/").content.decode()
    for _ in range(2):
        answer = browser.post(f"/settings/messages/{message.pk}/deciding/", {"deed": "was_sent"})
        assert answer.status_code == 303
    assert Message.objects.get().state == "sent"
    assert "Somebody decided already" in browser.get("/settings/messages/").content.decode()


def test_messages_about_deals_of_others_are_not_seen(bruno, carla, dora, client_as):
    message = write(deal_id=make.deal(assignee=carla).pk, subject="Secret word")
    assert "Secret word" not in client_as(bruno).get("/settings/messages/").content.decode()
    assert client_as(bruno).get(f"/settings/messages/{message.pk}/").status_code == 403
    assert "Secret word" in client_as(dora).get("/settings/messages/").content.decode()


def test_the_outbox_asks_as_much_for_many_as_for_one(dora, client_as):
    browser = client_as(dora)
    contact = person()

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            browser.get("/settings/messages/")
        return len(found)

    write(contact_id=contact.pk, deal_id=make.deal().pk)
    browser.get("/settings/messages/")
    one = asked()
    for _ in range(3):
        write(contact_id=contact.pk, deal_id=make.deal().pk)
    assert asked() == one


def test_a_client_unsubscribes_by_the_letter_and_comes_back(ana, client, tmp_path, settings):
    settings.OUTBOUND_ALLOW = ("127.0.0.1",)
    contact = person()
    with post_office(tmp_path) as port:
        sender(ana, port)
        write(contact_id=contact.pk)
        send(ana.workspace_id)
    (letter,) = letters(tmp_path)
    token = re.search(r"/leave/([^/]+)/", letter.replace("=\n", "").replace("=\r\n", ""))
    assert token is not None
    path = f"/leave/{token[1]}/"

    with cast.outside():
        assert "Stop these messages?" in client.get(path).content.decode()
    assert not Suppression.objects.exists()  # programs open every address in a letter
    with cast.outside():
        page = client.post(path, {"List-Unsubscribe": "One-Click"})
    assert page.status_code == 200
    assert Consent.objects.get().is_given is False
    refused = services.refusal(
        channel="email", address="ANA@cliente.example", contact_id=contact.pk, is_marketing=True
    )
    assert refused == "no_consent"
    with cast.outside():
        client.post(path, {"again": "1"})
    assert not Suppression.objects.exists()
    assert [one.is_given for one in Consent.objects.order_by("pk")] == [False, True]


def test_a_changed_address_leads_nowhere(workspace, client):
    with cast.outside():
        assert client.get("/leave/nonsense:more:x/").status_code == 404


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{% include 'x' %}", "This cannot be read: include"),
        ("{% render 'x' %}", "This cannot be read: render"),
        ("{{ contact.first_name", "}} is missing after {{ contact.first_name"),
        ("{% if contact.name %}x", "An end is missing: {% endif %}"),
        ("{{ deal.name | shout }}", "There is no filter shout."),
        ("{{ deal.name | truncate: 'x' }}", "The filter truncate is given what it cannot use."),
        ("{% for i in (1..1000000) %}xxxxx{% endfor %}", "It would become too long, or never end."),
        ("{{ }}", "A variable or a condition is empty, or not finished."),
        ("{{ contact.nothing }}", "There is no variable contact.nothing."),
    ],
)
def test_what_is_wrong_with_a_text_is_said_in_words_and_where_it_is_written(dora, client_as, body, said):
    make.pipeline()
    make.deal(name="Telhado")
    browser = client_as(dora)
    values = {"name": "A", "subject": "B", "body": body}
    answer = browser.post("/settings/templates/new/", values)
    assert answer.status_code == 422
    assert said in unescape(answer.content.decode())
    assert said in unescape(browser.post("/settings/templates/preview/", values).content.decode())
    assert not Template.objects.filter(name="A").exists()
