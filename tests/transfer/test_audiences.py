"""Audiences of ad networks: hashed as each documents, of people who agreed, and of nobody else (issue 5)."""

from __future__ import annotations

import csv
import io
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from afluente.accounts.models import AuditEntry
from afluente.contacts.selectors.selection import Selection
from afluente.delivery import services as outbox
from afluente.delivery.services import audiences
from afluente.timeline.events import SYSTEM
from afluente.transfer import services
from afluente.transfer.models import Export
from tests import make
from tests.deals.test_api import Program
from tests.transfer.test_exporting import content

if TYPE_CHECKING:
    from afluente.contacts.models import Contact

KEYS = ("email", "phone")


def agree(contact: Contact, is_given: bool = True, channel: str = "ads", source: str = "hand") -> None:
    outbox.say_consent(contact_id=contact.pk, channel=channel, is_given=is_given, source=source, by=SYSTEM)


def made(member: Any, about: str = "audience-meta", keys: Any = KEYS, selection: Any = None) -> Export:
    begun = services.begin_export(
        about=about, selection=selection or Selection(query=""), columns=keys, format="csv", member=member
    )
    services.make_export(workspace_id=begun.workspace_id, export_id=begun.pk)
    begun.refresh_from_db()
    return begun


def cells(found: Export) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content(found).decode("ascii"))))


def known(text: str) -> str:
    return sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("say", "given", "digest"),
    [
        # developers.facebook.com: customer information parameters; spec/protocols.md, 8
        (
            "meta_email",
            " John_Smith@gmail.com ",
            "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f",
        ),
        (
            "meta_email",
            "maria@example.com",
            "10ef04a5a1acd81d18a0c61fdd354a063da07223720a1d8760aa5c2afa5e8ee0",
        ),
        ("meta_phone", "+16505551212", "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176"),
        ("meta_phone", "+5511999990000", "fdf907652d0eba55c4f9fba1638451dba1c13080e0b5aa89d1f661cd0752a4ab"),
        (
            "google_phone",
            "+5511999990000",
            "c8d4dcc417635203e4636d3df2e2062bf7d46cf2cb43bd8e77bf55d90b8beee1",
        ),
        # developers.google.com/data-manager/api/devguides/concepts/formatting
        ("google_email", "cloudy.sanfrancisco+shopping@gmail.com", known("cloudysanfrancisco@gmail.com")),
        ("google_email", "Cloudy.SanFrancisco@GoogleMail.com", known("cloudysanfrancisco@googlemail.com")),
        ("google_email", " user.name+NYC@Example.com ", known("user.name+nyc@example.com")),
        ("google_phone", "+18005550100", known("+18005550100")),
    ],
)
def test_addresses_are_hashed_as_the_networks_document(say: str, given: str, digest: str):
    assert audiences.hashed(getattr(audiences, say)(given)) == digest


def test_the_file_holds_hashes_in_the_columns_of_its_network_and_is_written_down(ana: Any):
    lia = make.contact(name="=Lia", emails=("L.ia+x@Gmail.com", "two@x.example"), phones=("11 98412-3307",))
    agree(lia)

    meta, google = made(ana), made(ana, "audience-google")

    assert cells(meta) == [["email", "phone"], [known("l.ia+x@gmail.com"), known("5511984123307")]]
    assert cells(google) == [["Email", "Phone"], [known("lia@gmail.com"), known("+5511984123307")]]
    assert content(meta).startswith(b"email,phone\r\n")
    assert b"Lia" not in content(meta)
    entry = AuditEntry.objects.filter(kind="export.made").order_by("number").first()
    assert entry is not None
    assert (entry.actor_id, entry.after["audience-meta"], entry.after["columns"]) == (ana.pk, 1, list(KEYS))


def test_only_who_agreed_to_audiences_and_stands_by_it_is_in_the_file(ana: Any):
    people = {
        name: make.contact(name=name, emails=(f"{name}@x.example",))
        for name in ("yes", "unsaid", "no", "changed", "back", "mail")
    }
    agree(people["yes"])
    agree(people["no"], False)
    agree(people["changed"])
    agree(people["changed"], False)
    agree(people["back"], False)
    agree(people["back"])
    agree(people["mail"], channel="email")

    found = made(ana, keys=("email",))

    assert cells(found)[1:] == [[known("back@x.example")], [known("yes@x.example")]]
    assert found.total == 2


def test_an_address_that_is_passed_over_is_not_in_it_and_the_next_one_is(ana: Any, dora: Any):
    two = make.contact(name="Two", emails=("gone@x.example", "here@x.example"), phones=("11 98412-3307",))
    one = make.contact(name="One", emails=("left@x.example",))
    agree(two)
    agree(one)
    outbox.suppress(channel="email", address="gone@x.example", reason="bounced")
    outbox.suppress(channel="email", address="left@x.example", reason="unsubscribed")
    outbox.pass_over(channel="sms", addresses=["+5511984123307"], by=dora)

    found = made(ana)

    assert cells(found)[1:] == [[known("here@x.example"), ""]]
    assert found.total == 1


def test_nobody_makes_no_file_and_says_why(ana: Any):
    make.contact(emails=("a@x.example",))
    found = made(ana)
    assert (found.state, found.file_id) == ("failed", None)
    assert "agreed to ad audiences" in found.reason


def test_a_filter_and_the_right_to_export_count(ana: Any, bruno: Any, client_as: Any):
    lia, rui = (make.contact(name=name, emails=(f"{name}@x.example",)) for name in ("lia", "rui"))
    agree(lia)
    agree(rui)

    assert cells(made(ana, keys=("email",), selection=Selection(ids=(rui.pk,))))[1:] == [
        [known("rui@x.example")]
    ]
    assert made(bruno).state == "failed"
    assert client_as(bruno).get(reverse("transfer:export_new"), {"about": "audience-meta"}).status_code == 403


def test_the_page_leads_from_a_filter_of_contacts_to_its_audience(ana: Any, client_as: Any):
    lia = make.contact(name="Lia", emails=("lia@x.example",))
    agree(lia)
    browser = client_as(ana)
    page = browser.get(reverse("transfer:export_new"), {"all": "1", "query": "q=Lia"}).content.decode()
    assert "about=audience-google&amp;all=1&amp;query=q%3DLia" in page
    assert "about=deals" not in page

    page = browser.get(
        reverse("transfer:export_new"), {"about": "audience-google", "all": "1", "query": "q=Lia"}
    ).content.decode()
    assert "Only who agreed to ad audiences" in page
    assert "vCard" not in page

    sent = {"about": "audience-google", "ids": str(lia.pk), "format": "csv", "column": list(KEYS)}
    assert browser.post(reverse("transfer:export_new"), sent).status_code == 303
    given = Export.objects.get()
    assert given.about == "audience-google"
    services.make_export(workspace_id=given.workspace_id, export_id=given.pk)
    given.refresh_from_db()
    listed = browser.get(reverse("transfer:exports")).content.decode()
    assert f"/files/{given.file_id}/" in listed
    file = browser.get(reverse("files:content", args=[given.file_id]))
    assert (
        known("lia@x.example")
        in b"".join(file.streaming_content if file.streaming else [file.content]).decode()
    )


def test_a_program_asks_for_an_audience_of_contacts(ana: Any):
    lia = make.contact(name="Lia", emails=("lia@x.example",))
    agree(lia, source="api")
    program = Program(ana, "contacts:export")
    begun = program.send("post", "exports", {"about": "audience-meta", "contact_ids": [lia.pk]})
    assert program.get(f"exports/{begun.json()['id']}").status_code == 200
    assert (begun.status_code, begun.json()["columns"]) == (201, list(KEYS))
    refused = program.send("post", "exports", {"about": "audience-meta", "format": "xlsx"})
    assert (refused.status_code, refused.json()["error"]["field"]) == (422, "format")
    wrong = program.send("post", "exports", {"about": "audience-meta", "deal_ids": [1]})
    assert wrong.status_code == 422


def test_the_word_is_said_on_the_page_and_read_by_programs(ana: Any, client_as: Any):
    lia = make.contact(name="Lia", emails=("lia@x.example",))
    browser = client_as(ana)
    tab = browser.get(f"/contacts/{lia.pk}/", {"tab": "consent"}).content.decode()
    assert "Is in no audience that is made here." in tab
    sent = {"is_given": "yes", "reason": "At the fair"}
    assert browser.post(f"/contacts/{lia.pk}/consent/ads/", sent).status_code == 303
    tab = browser.get(f"/contacts/{lia.pk}/", {"tab": "consent"}).content.decode()
    assert "May be in audiences of ad networks" in tab
    said = Program(ana, "contacts:read").get(f"contacts/{lia.pk}/consents").json()
    standing = next(one for one in said["standings"] if one["channel"] == "ads")
    assert (standing["state"], standing["is_written_to"]) == ("given", True)
