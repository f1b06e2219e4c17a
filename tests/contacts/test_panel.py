"""A contact beside the list: seen and changed without leaving it (SP-144 to SP-148, SP-151 to SP-156, SP-207)."""

from __future__ import annotations

import json

import pytest

from afluente.contacts import services
from afluente.contacts.models import ContactEmail, ContactMessenger
from afluente.timeline.events import Actor
from tests import make

pytestmark = pytest.mark.django_db
PANEL = {"HX-Request": "true", "HX-Target": "div#peek", "HX-Current-URL": "http://testserver/contacts/"}


@pytest.fixture
def camila(people):
    return make.contact(
        name="Camila Albuquerque",
        emails=("camila@bemviver.example", "camila@casa.example"),
        phones=("11 98412-3307",),
        messengers=(("telegram", "camila_a"),),
        source="form",
        assignee=people.ana,
    )


def test_a_click_opens_the_contact_beside_the_list_with_source_date_and_details(client_as, people, camila):
    ana = client_as(people.ana)

    listed = ana.get("/contacts/").content.decode()
    page = ana.get(f"/contacts/{camila.pk}/", headers=PANEL).content.decode()

    assert f'href="/contacts/{camila.pk}/?in=" data-peek' in listed
    assert "<html" not in page
    name, origin, reach = (
        page.index(words) for words in ("Camila Albuquerque", "Site form, added", "98412-3307")
    )
    assert name < origin < reach
    assert "camila@bemviver.example" in page


def test_an_icon_leads_to_the_whole_page_with_the_tabs_there_are(client_as, people, camila):
    ana = client_as(people.ana)

    panel = ana.get(f"/contacts/{camila.pk}/", headers=PANEL).content.decode()
    page = ana.get(f"/contacts/{camila.pk}/").content.decode()

    assert f'href="/contacts/{camila.pk}/" aria-label="Open the whole page"' in panel
    tabs = page[page.index('<nav class="tabs"') :].partition("</nav>")[0]
    for tab in ("History", "Deals", "Tasks"):
        assert tab in tabs
    for later in ("Payments", "Calls", "E-mail", "Courses"):  # come with what fills them
        assert later not in tabs


def test_a_messenger_and_the_main_e_mail_are_changed(client_as, people, camila):
    ana = client_as(people.ana)
    messenger = ContactMessenger.objects.get(contact=camila)
    second = ContactEmail.objects.get(contact=camila, email="camila@casa.example")

    ana.post(
        f"/contacts/{camila.pk}/addresses/messenger/{messenger.pk}/",
        {"messenger": "whatsapp", "typed": "+55 11 98412-3307", "seen": "camila_a"},
    )
    ana.post(f"/contacts/{camila.pk}/addresses/email/{second.pk}/main/")

    messenger.refresh_from_db()
    assert messenger.value == "+55 11 98412-3307"
    assert ContactEmail.objects.get(contact=camila, is_primary=True) == second


def test_the_responsible_member_is_changed_with_a_way_back(client_as, people, camila):
    answer = client_as(people.ana).post(
        f"/contacts/{camila.pk}/assignee/", {"assignee": people.bruno.pk}, headers={"HX-Request": "true"}
    )

    camila.refresh_from_db()
    assert camila.assignee == people.bruno
    assert f"assignee={people.ana.pk}" in answer["HX-Trigger"]


def test_the_whole_page_stays_in_the_list_that_the_panel_was_opened_from(client_as, people, camila):
    panel = client_as(people.ana).get(f"/contacts/{camila.pk}/?in=sort%3Dname", headers=PANEL)

    assert f'href="/contacts/{camila.pk}/?in=sort%3Dname" aria-label="Open the whole page"' in (
        panel.content.decode()
    )


def test_a_new_name_has_a_way_back(client_as, people, camila):
    ana = client_as(people.ana)
    seen = {"seen_first": camila.first_name, "seen_last": camila.last_name}

    answer = ana.post(
        f"/contacts/{camila.pk}/name/",
        {"first_name": "Mila", "last_name": "Sá & Filhos", **seen},
        headers={"HX-Request": "true", "HX-Target": "div#name"},
    )
    toast = json.loads(answer["HX-Trigger"])["af:toast"]
    ana.post(toast["undo"])

    assert toast["text"] == "Name changed"
    camila.refresh_from_db()
    assert camila.name == "Camila Albuquerque"


def test_a_way_back_leaves_alone_what_somebody_changed_since(client_as, people, camila):
    ana, path = client_as(people.ana), f"/contacts/{camila.pk}/"
    seen = {"seen_first": camila.first_name, "seen_last": camila.last_name}
    part = {"HX-Request": "true", "HX-Target": "div#name"}
    named = ana.post(f"{path}name/", {"first_name": "Mila", "last_name": "Sá", **seen}, headers=part)
    given = ana.post(f"{path}assignee/", {"assignee": people.bruno.pk}, headers={"HX-Request": "true"})
    of_dora = Actor("member", people.dora.pk, "Dora")
    services.rename_contact(contact_id=camila.pk, first_name="Lia", last_name="Sá", by=of_dora)
    services.assign_contact(contact_id=camila.pk, to=people.dora, by=of_dora)

    late = [ana.post(json.loads(one["HX-Trigger"])["af:toast"]["undo"]) for one in (named, given)]

    camila.refresh_from_db()
    assert [one.status_code for one in late] == [409, 409]
    assert (camila.name, camila.assignee) == ("Lia Sá", people.dora)
