"""A field of one's own made while a contact is added (SP-096 to SP-099)."""

import pytest

from afluente.contacts.models import Contact, Field

pytestmark = pytest.mark.django_db
PART = {"HX-Request": "true"}
TYPED = {"first_name": "Lia", "email": "lia@example.com", "more": "made-field"}
MADE = {"new-field-name": "Canal", "new-field-kind": "select", "new-field-options": "Chat\nPhone"}


def test_the_form_of_a_contact_offers_the_box_of_a_new_field(people, client_as):
    browser = client_as(people.ana)

    assert 'value="field"' in browser.get("/contacts/new/").content.decode()
    box = browser.post("/contacts/new/", {"more": "field"}, headers=PART).content.decode()
    page = browser.post("/contacts/new/", {"first_name": "Lia", "more": "field"}).content.decode()

    assert 'name="new-field-name"' in box
    assert "<form" not in box
    assert 'name="new-field-name"' in page
    assert 'value="Lia"' in page


def test_a_field_is_made_on_the_way_and_what_was_typed_stays(people, client_as):
    answer = client_as(people.ana).post("/contacts/new/", TYPED | MADE, headers=PART)

    field, page = Field.objects.get(), answer.content.decode()
    assert (field.name, field.kind, answer.status_code) == ("Canal", "select", 200)
    assert f'name="field-{field.pk}"' in page
    assert 'value="lia@example.com"' in page
    assert '<details class="more-fields" open>' in page
    assert page.count("autofocus") == 1
    assert page.index("autofocus") > page.index(f'name="field-{field.pk}"')
    assert not Contact.objects.exists()


def test_a_field_that_cannot_be_says_why_beside_what_was_typed(people, client_as):
    answer = client_as(people.ana).post("/contacts/new/", TYPED | MADE | {"new-field-name": ""}, headers=PART)

    page = answer.content.decode()
    assert 'aria-invalid="true"' in page
    assert "Phone</textarea>" in page
    assert 'value="Lia"' in page
    assert not Field.objects.exists()


def test_who_may_not_configure_makes_no_field(people, client_as):
    browser = client_as(people.bruno)

    assert 'value="field"' not in browser.get("/contacts/new/").content.decode()
    assert browser.post("/contacts/new/", TYPED | MADE).status_code == 403
    assert not Field.objects.exists()


def test_more_fields_stay_open_while_something_stands_there(people, client_as):
    typed = {"email": "no address", "address": "Rua A, 10"}

    page = client_as(people.ana).post("/contacts/new/", typed, headers=PART).content.decode()

    assert '<details class="more-fields" open>' in page
