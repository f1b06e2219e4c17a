"""Fields on the card of a contact, changed in place (SP-157..159)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afluente.contacts import selectors, services
from afluente.contacts.models import Contact, Field
from afluente.timeline.events import Actor
from afluente.timeline.models import Event
from tests import make

pytestmark = pytest.mark.django_db
BY = Actor("system")
PART = {"HX-Request": "true"}


@pytest.fixture
def browser(people, client_as):
    return client_as(people.ana)


def create(name="Unidades", kind="number", **more):
    made = services.create_field(name=name, kind=kind, by=BY, **more)
    return selectors.find_field(selectors.fields_of("contact"), made.pk)


def of(contact):
    return selectors.held_values("contact", [contact.pk]).get(contact.pk, {})


def page(browser, contact):
    return browser.get(f"/contacts/{contact.pk}/").content.decode()


def save(browser, contact, field, typed, seen=None, **more):
    address = f"/contacts/{contact.pk}/values/{field.id}/"
    return browser.post(address, {"typed": typed, "seen": seen or "null", **more}, headers=PART)


def test_the_card_shows_place_and_fields_under_their_headings(browser):
    contact = make.contact(location="Pinheiros, São Paulo")
    tab = services.save_tab(tab_id=None, name="Contrato", by=BY)
    field = create()
    create("Site", "link", tab_id=tab.pk)
    create("Interno", is_on_card=False)
    services.set_values(contact_ids=[contact.pk], values={field.id: 4}, by=BY)

    shown = page(browser, contact)

    for word in ("Pinheiros, São Paulo", "Unidades", ">4</a>", "Contrato", "Site", "Add field"):
        assert word in shown
    assert "Interno" not in shown


def test_renaming_a_field_renames_it_on_every_card(browser):
    contact, field = make.contact(), create()

    services.change_field(field_id=field.id, changes={"name": "Filiais"}, by=BY)

    assert "Filiais" in page(browser, contact)
    assert "Unidades" not in page(browser, contact)


@pytest.mark.parametrize("kind", Field.Kind.values)
def test_every_kind_has_an_editor(browser, kind):
    contact, field = make.contact(), create(kind=kind, options=["Um", "Dois"])

    editor = browser.get(f"/contacts/{contact.pk}/values/{field.id}/", headers=PART)

    assert (editor.status_code, 'name="typed"' in editor.content.decode()) == (200, True)


@pytest.mark.parametrize(
    ("kind", "typed", "more", "shown"),
    [
        ("number", "1.234,5", {}, "1.234,5"),
        ("moment", "2026-11-21", {"time": "14:30"}, "21 Nov, 14:30"),
        ("moment", "2025-11-21", {"time": ""}, "21 Nov 2025"),
        ("text", "duas\nlinhas", {}, "duas<br>linhas"),
        ("checkbox", "1", {}, "checked"),
        ("link", "https://example.com", {}, 'href="https://example.com"'),
    ],
)
def test_a_value_is_saved_in_place(browser, kind, typed, more, shown):
    contact, field = make.contact(), create(kind=kind)

    answer = save(browser, contact, field, typed, **more)

    assert answer.status_code == 200
    assert shown in answer.content.decode()
    assert "undo" in answer.headers["HX-Trigger"]


def test_choices_are_saved_in_place(browser):
    contact, field = make.contact(), create("Áreas", "multiselect", options=["Um", "Dois", "Três"])

    answer = save(browser, contact, field, [f"#{field.options[2].id}", f"#{field.options[0].id}"])

    assert "Um, Três" in answer.content.decode()


def test_a_value_that_cannot_be_is_refused_with_the_box_open(browser):
    contact, field = make.contact(), create()

    answer = save(browser, contact, field, "quatro")

    body = answer.content.decode()
    assert (answer.status_code, of(contact)) == (422, {})
    assert 'value="quatro"' in body
    assert "Write a number, such as 1.234,56." in body


def test_nobody_overwrites_what_somebody_else_has_put_meanwhile(browser):
    contact, field = make.contact(), create()
    services.set_values(contact_ids=[contact.pk], values={field.id: 5}, by=BY)

    answer = save(browser, contact, field, "4")

    assert (answer.status_code, of(contact)) == (422, {field.id: 5})
    assert "Somebody else changed this to 5 meanwhile." in answer.content.decode()


def test_undo_brings_the_former_value_back(browser):
    contact, field = make.contact(location="Sé"), create()
    save(browser, contact, field, "4")
    browser.post(f"/contacts/{contact.pk}/details/location/", {"typed": "Moema", "seen": "Sé"}, headers=PART)

    for event in Event.objects.filter(contact_id=contact.pk):
        assert browser.post(f"/contacts/{contact.pk}/changes/{event.pk}/undo/").status_code == 204

    contact.refresh_from_db()
    assert (of(contact), contact.location) == ({}, "Sé")


def test_undo_says_that_somebody_has_changed_the_same_since(browser):
    contact, field = make.contact(location="Sé"), create()
    save(browser, contact, field, "4")
    browser.post(f"/contacts/{contact.pk}/details/location/", {"typed": "Moema", "seen": "Sé"}, headers=PART)
    events = list(Event.objects.filter(contact_id=contact.pk))
    services.set_values(contact_ids=[contact.pk], values={field.id: 5}, by=BY)
    services.change_place(contact_id=contact.pk, part="location", value="Brás", by=BY)

    answers = [browser.post(f"/contacts/{contact.pk}/changes/{event.pk}/undo/") for event in events]

    contact.refresh_from_db()
    assert [answer.status_code for answer in answers] == [409, 409]
    assert all("Somebody changed this again meanwhile." in answer["HX-Trigger"] for answer in answers)
    assert (of(contact), contact.location) == ({field.id: 5}, "Brás")


def test_a_change_of_somebody_else_is_not_taken_back(browser):
    contact, other, field = make.contact(), make.contact(), create()
    (event,) = services.set_values(contact_ids=[other.pk], values={field.id: 4}, by=BY)

    assert browser.post(f"/contacts/{contact.pk}/changes/{event}/undo/").status_code == 404
    assert of(other) == {field.id: 4}


def test_the_place_is_changed_in_place(browser):
    contact = make.contact(location="Sé")
    address = f"/contacts/{contact.pk}/details/address/"

    assert "textarea" in browser.get(address, headers=PART).content.decode()
    answer = browser.post(address, {"typed": "Rua A, 10", "seen": ""}, headers=PART)

    assert "Rua A, 10" in answer.content.decode()
    assert Contact.objects.get(pk=contact.pk).address == "Rua A, 10"


def test_what_was_left_is_saved_and_takes_no_focus_back(browser):
    contact, field = make.contact(), create()

    opened = browser.get(f"/contacts/{contact.pk}/values/{field.id}/", headers=PART).content.decode()
    left = save(browser, contact, field, "4", left="1").content.decode()
    entered = save(browser, make.contact(), field, "5").content.decode()

    assert "data-saves" in opened
    assert of(contact) == {field.id: 4}
    assert "autofocus" not in left
    assert "autofocus" in entered


def test_without_script_everything_works_by_pages(browser):
    contact, field = make.contact(), create()
    address = f"/contacts/{contact.pk}/values/{field.id}/"

    assert "<h1>Unidades</h1>" in browser.get(address).content.decode()
    answer = browser.post(address, {"typed": "4", "seen": "null"})

    assert (answer.status_code, answer["Location"], of(contact)) == (
        302,
        f"/contacts/{contact.pk}/",
        {field.id: 4},
    )


def test_a_field_is_made_on_the_card(browser):  # SP-096..099, SP-159
    contact = make.contact()
    address = f"/contacts/{contact.pk}/fields/"
    values = {"name": "Segmento", "kind": "select", "options": "Saúde\nModa\n", "is_required": "on"}

    answer = browser.post(address, values, headers=PART)

    (field,) = selectors.fields_of("contact")
    assert (field.name, field.is_required, len(field.options)) == ("Segmento", True, 2)
    assert "Segmento" in answer.content.decode()

    again = browser.post(address, values, headers=PART)
    assert (again.status_code, len(selectors.fields_of("contact"))) == (422, 1)
    assert "called Segmento already" in again.content.decode()


def test_who_may_not_configure_fills_fields_and_makes_none(people, client_as):
    contact, field = make.contact(assignee=people.bruno), create()
    browser = client_as(people.bruno)

    assert "Add field" not in page(browser, contact)
    assert browser.post(f"/contacts/{contact.pk}/fields/", {"name": "A", "kind": "text"}).status_code == 404
    assert save(browser, contact, field, "4").status_code == 200


def test_who_does_not_see_a_contact_changes_nothing(people, client_as):
    contact, field = make.contact(assignee=people.ana), create()
    browser = client_as(people.bruno)

    for address in (f"values/{field.id}/", "details/location/", "fields/"):
        assert browser.get(f"/contacts/{contact.pk}/{address}").status_code in {403, 404}
    assert save(browser, contact, field, "4").status_code in {403, 404}
    assert of(contact) == {}


def test_a_card_costs_the_same_queries_however_many_fields(browser):
    contact = make.contact()

    def cost():
        page(browser, contact)
        with CaptureQueriesContext(connection) as queries:
            page(browser, contact)
        return len(queries)

    create("Um")
    one = cost()
    for name in ("Dois", "Três", "Quatro"):
        field = create(name)
        services.set_values(contact_ids=[contact.pk], values={field.id: 4}, by=BY)

    assert cost() == one
