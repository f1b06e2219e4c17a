"""Messages, templates, consent and suppressions for other programs."""

from __future__ import annotations

import pytest

from afluente.contacts.models import Contact
from afluente.delivery import services
from afluente.delivery.models import Consent, Message, Suppression, Template
from tests import make
from tests.deals.test_api import Program
from tests.delivery.posting import person, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(dora):
    return Program(dora, "messages:read", "messages:write", "contacts:read", "contacts:write")


def test_messages_are_listed_narrowed_and_read(program):
    contact, deal = person(), make.deal()
    for _ in range(51):
        write(contact_id=contact.pk)
    about = write(deal_id=deal.pk, subject="About the deal")
    Message.objects.filter(pk=about.pk).update(state="sent", arrival="returned")
    first = program.get("messages").json()
    assert len(first["items"]) == 50
    rest = program.get(f"messages?cursor={first['next']}").json()
    assert (len(rest["items"]), rest["next"]) == (2, None)
    for narrowed in ("state=sent", "arrival=returned", f"deal_id={deal.pk}"):
        (found,) = program.get(f"messages?{narrowed}").json()["items"]
        assert found["subject"] == "About the deal"
    assert program.get(f"messages/{about.pk}").json()["id"] == about.pk
    assert program.get(f"messages/{about.pk + 100}").status_code == 404
    assert program.get("messages?state=lost").status_code == 422


def test_templates_are_written_changed_and_archived(program):
    made = program.send("post", "templates", {"name": "Hello", "subject": "Hi", "body": "{{ contact.name }}"})
    assert made.status_code == 201, made.content
    number = made.json()["id"]
    refused = program.send("patch", f"templates/{number}", {"body": "{{ contact.shoe }}"})
    assert (refused.status_code, refused.json()["error"]["field"]) == (422, "body")
    changed = program.send("patch", f"templates/{number}", {"subject": "Hello"}).json()
    assert (changed["subject"], changed["body"]) == ("Hello", "{{ contact.name }}")
    assert program.send("delete", f"templates/{number}", {}).status_code == 204
    assert program.get("templates").json()["items"] == []
    assert program.get("templates?is_archived=true").json()["items"][0]["id"] == number
    assert program.send("patch", f"templates/{number}", {"is_archived": False}).json()["is_archived"] is False
    assert Template.objects.get().archived_at is None


def test_consent_is_read_and_added_with_its_proof(program):
    contact = person()
    path = f"contacts/{contact.pk}/consents"
    said = {
        "channel": "email",
        "is_given": True,
        "source": "form",
        "wording": "I want the news",
        "ip": "203.0.113.7",
        "agent": "Firefox",
    }
    answer = program.send("post", path, said)
    assert answer.status_code == 201, answer.content
    assert program.send("post", path, said).status_code == 201
    word = Consent.objects.get()
    assert (word.source, word.ip, word.actor_kind) == ("form", "203.0.113.7", "token")
    found = program.get(path).json()
    assert [one["state"] for one in found["standings"]] == ["given", "unsaid", "unsaid"]
    assert found["items"][0]["wording"] == "I want the news"
    url = services.leaving_url(channel="email", address="ana@cliente.example", contact_id=contact.pk)
    services.leave(services.read_leaving(url.rstrip("/").rpartition("/")[2]))
    again = program.send("post", path, said)
    assert (again.status_code, again.json()["error"]["code"]) == (422, "unsubscribed")
    found = program.get(path).json()
    assert found["standings"][0]["stopped_addresses"] == ["ana@cliente.example"]


def test_consent_of_somebody_out_of_reach_is_not_there(bruno, dora):
    contact = person()
    Contact.objects.filter(pk=contact.pk).update(assignee=dora)
    program = Program(bruno, "contacts:read", "contacts:write")
    path = f"contacts/{contact.pk}/consents"
    assert program.get(path).status_code == 404
    assert program.send("post", path, {"channel": "email", "is_given": True}).status_code == 404
    assert not Consent.objects.exists()


def test_suppressions_are_added_found_and_lifted(program):
    path = "messages/suppressions"
    added = program.send("post", path, {"addresses": ["Ana@cliente.example", "bia@cliente.example"]})
    assert added.json() == {"new": 2, "known": 0}
    wrong = program.send("post", path, {"addresses": ["nobody"]})
    assert (wrong.status_code, wrong.json()["error"]["field"]) == (422, "addresses")
    (found,) = program.get(f"{path}?address=ana@cliente.example").json()["items"]
    assert found["reason"] == "manual"
    assert program.send("delete", f"{path}/{found['id']}", {}).status_code == 204
    services.suppress(channel="email", address="bia@cliente.example", reason="unsubscribed")
    left = Suppression.objects.get()
    assert program.send("delete", f"{path}/{left.pk}", {}).status_code == 204  # what a colleague entered
    refused = program.send("delete", f"{path}/{left.pk}", {})
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "unsubscribed")
    assert Suppression.objects.get().reason == "unsubscribed"


def test_only_who_sets_up_sending_reaches_suppressions(bruno):
    program = Program(bruno, "messages:read", "messages:write")
    assert program.get("messages/suppressions").status_code == 403
    assert program.get("messages").json()["items"] == []
