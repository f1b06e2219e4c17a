"""Adding a contact by hand with everything that is known of them (SP-090..099)."""

import pytest

from afluente.contacts import selectors, services
from afluente.contacts.models import Contact
from afluente.timeline.events import Actor
from afluente.timeline.models import Event

pytestmark = pytest.mark.django_db
BY = Actor("system")
PART = {"HX-Request": "true"}


@pytest.fixture
def browser(people, client_as):
    return client_as(people.ana)


def create(name, kind="text", **more):
    return services.create_field(name=name, kind=kind, by=BY, **more).pk


def test_place_and_fields_are_filled_while_adding(browser):
    segment = create("Segmento", "multiselect", options=["Um", "Dois"])
    since, vip = create("Desde", "moment"), create("VIP", "checkbox")
    options = selectors.fields_of("contact")[0].options
    values = {
        "first_name": "Lia",
        "location": "Sé",
        "address": "Rua A, 10",
        f"field-{segment}": [f"#{options[1].id}", f"#{options[0].id}"],
        f"field-{since}": "2026-11-21",
        f"field-{vip}": "on",
    }

    assert browser.post("/contacts/new/", values).status_code == 302

    contact = Contact.objects.get()
    shown = selectors.values_of([contact.pk], [segment, since, vip])[contact.pk]
    assert (contact.location, contact.address) == ("Sé", "Rua A, 10")
    assert shown == {segment: "Um, Dois", since: "21 Nov", vip: "Yes"}
    assert [event.kind for event in Event.objects.filter(contact_id=contact.pk)] == ["contact.created"]


def test_what_must_be_filled_is_asked_for(browser):
    number = create("CPF", format="cpf", is_required=True)

    form = browser.get("/contacts/new/").content.decode()
    assert form.index("CPF") < form.index("More fields")

    missing = browser.post("/contacts/new/", {"first_name": "Lia"}, headers=PART)
    wrong = browser.post(
        "/contacts/new/", {"first_name": "Lia", f"field-{number}": "529.982.247-26"}, headers=PART
    )
    assert (missing.status_code, wrong.status_code, Contact.objects.count()) == (422, 422, 0)
    assert "last two digits do not fit" in wrong.content.decode()

    browser.post("/contacts/new/", {"first_name": "Lia", f"field-{number}": "529.982.247-25"})
    contact = Contact.objects.get()
    assert selectors.values_of([contact.pk], [number])[contact.pk][number] == "529.982.247-25"


def test_hidden_and_archived_fields_are_not_asked(browser):
    for state in ("hidden", "archived"):
        services.set_field_state(field_id=create(state.title(), is_required=True), state=state, by=BY)

    assert "Hidden" not in browser.get("/contacts/new/").content.decode()
    assert browser.post("/contacts/new/", {"first_name": "Lia"}).status_code == 302
