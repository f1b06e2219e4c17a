"""The product's promise: a lead comes in through any door and everybody sees it. Over HTTP, once each."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from afluente.accounts import services as accounts
from afluente.capture import services as capture
from afluente.intake import jobs
from afluente.intake import services as intake
from afluente.intake.models import RawEvent, Source
from afluente.timeline.models import Event
from tests import cast, make

pytestmark = [pytest.mark.django_db, pytest.mark.smoke]


@pytest.fixture
def sales(workspace):
    return make.pipeline(name="Sales")


def seen_by(member, *, text):
    """What `member` finds: the card on the board, and the one contact's page."""
    board = cast.browser(member).get(reverse("deals:board"))
    assert text in board.content.decode()
    contact_id = RawEvent.objects.latest("id").contact_id
    page = cast.browser(member).get(reverse("contacts:contact", args=[contact_id]))
    return page.content.decode()


def test_a_program_sends_a_lead_and_a_colleague_sees_it(sales, people):
    intake.create_source(kind=Source.Kind.API, name="API")
    _, token = accounts.create_token(name="Shop", scopes=["leads:write"], by=people.ana)
    body = {"contact": {"name": "Helena Prado", "email": "helena@example.com"}, "utm": {"source": "google"}}

    with cast.outside():
        answer = Client().post(
            "/api/v1/leads",
            json.dumps(body),
            "application/json",
            headers={"Authorization": f"Bearer {token}"},
        )
        jobs.drain()

    assert answer.status_code == 202
    page = seen_by(people.dora, text="Helena Prado")
    assert "google" in page


def test_a_webhook_brings_any_body_and_a_colleague_sees_it(sales, people):
    source = intake.create_source(kind=Source.Kind.WEBHOOK, name="Shop")
    intake.set_mapping(
        source=source,
        mapping=[{"path": "buyer.who", "to": "contact.name"}, {"path": "buyer.mail", "to": "contact.email"}],
    )
    secret = urlsplit(intake.hook_url(source)).path.rsplit("/", 1)[1]
    body = {"buyer": {"who": "Otávio Rezende", "mail": "otavio@example.com"}, "cart": ["oak"]}

    (receipt,) = intake.accept_many(
        [
            intake.Arrival(
                workspace_id=source.workspace_id,
                body=json.dumps(body).encode(),
                public_id=source.public_id,
                secret=secret,
            )
        ]
    )
    with cast.outside():
        jobs.drain()

    assert receipt.status == 202
    assert "Shop" in seen_by(people.dora, text="Otávio Rezende")
    assert Event.objects.get(kind="lead.received").data["fields"] == {"cart[0]": "oak"}


def test_a_visitor_fills_in_a_form_and_a_colleague_sees_it(sales, people):
    form = capture.create_form(name="Orçamento", language="pt-br")
    address = f"/f/{form.source.public_id}"

    with cast.outside():
        visitor = Client(enforce_csrf_checks=True)
        page = visitor.get(f"{address}?utm_source=instagram").content.decode()
        hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page))
        answers = {"name": "Renata Prisma", "email": "renata@example.com", "message": "Preciso de um site"}
        sent = visitor.post(address, {**hidden, **answers})
        again = visitor.post(address, {**hidden, **answers})
        jobs.drain()

    assert (sent.status_code, again.status_code) == (303, 303)
    assert RawEvent.objects.count() == 1
    page = seen_by(people.dora, text="Renata Prisma")
    assert "Preciso de um site" in page
    assert "instagram" in page
