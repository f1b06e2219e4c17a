"""Adding a contact by hand with everything that is known of them (SP-090..099)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from afluente.contacts import selectors, services
from afluente.contacts.models import Contact
from afluente.files import selectors as file_selectors
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

    assert browser.post("/contacts/new/", values).status_code == 303

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
    assert browser.post("/contacts/new/", {"first_name": "Lia"}).status_code == 303


def test_several_addresses_of_each_kind_one_of_them_the_main_one(browser):  # SP-090, SP-152, SP-153, SP-155
    typed = {
        "email": ["lia@example.com", "", "work@example.com", "LIA@example.com"],
        "main_email": "2",
        "phone": ["11 98412-3307", "+55 11 8412-3307", "no number"],
        "messenger": ["lia.s", "+48 601 234 567"],
        "messenger_kind": ["telegram", "whatsapp"],
    }

    assert browser.post("/contacts/new/", typed).status_code == 303

    contact = Contact.objects.get()
    emails = list(contact.emails.order_by("pk").values_list("email", "is_primary"))
    assert emails == [("work@example.com", True), ("lia@example.com", False)]
    phones = list(contact.phones.order_by("pk").values_list("e164", "raw", "is_primary"))
    assert phones == [("+5511984123307", "11 98412-3307", True), ("", "no number", False)]
    messengers = set(contact.messengers.values_list("kind", "value"))
    assert messengers == {("telegram", "lia.s"), ("whatsapp", "+48 601 234 567")}


def test_one_more_row_is_asked_for_with_and_without_script(browser):
    typed = {"first_name": "Lia", "email": "lia@example.com", "more": "email", "tags": []}

    page = browser.post("/contacts/new/", typed).content.decode()
    part = browser.post("/contacts/new/", typed, headers=PART).content.decode()

    assert page.count('name="email"') == part.count('name="email"') == 2
    assert 'value="Lia"' in page
    assert part.startswith("\n") or part.lstrip().startswith("<fieldset")
    assert "autofocus" in part
    assert not Contact.objects.exists()


def test_an_e_mail_that_cannot_be_is_said_at_its_row(browser):
    answer = browser.post("/contacts/new/", {"email": ["lia@example.com", "lia@"]}, headers=PART)

    assert (answer.status_code, Contact.objects.count()) == (422, 0)
    assert 'aria-describedby="way-email-2-error"' in answer.content.decode()


def test_company_tags_and_responsible_are_chosen_while_adding(people, browser):  # SP-093, SP-094
    known = services.ensure_tags(names=["VIP"], by=BY)[0]
    typed = {
        "first_name": "Lia",
        "company": "Estúdio Maré",
        "position": "Owner",
        "assignee": people.bruno.pk,
        "tags": [known.pk],
        "new_tags": "Feira 2026, vip",
    }

    assert browser.post("/contacts/new/", typed).status_code == 303

    contact = Contact.objects.get()
    assert contact.assignee == people.bruno
    assert {tag.name for tag in selectors.tags_of([contact.pk])[contact.pk]} == {"VIP", "Feira 2026"}
    belongs = selectors.companies_of([contact.pk], member=people.ana)[contact.pk]
    assert [(one.company.name, one.position) for one in belongs] == [("Estúdio Maré", "Owner")]
    kinds = list(Event.objects.filter(contact_id=contact.pk).values_list("kind", flat=True))
    assert kinds == ["contact.created"]


def test_a_company_is_offered_while_it_is_typed(browser):
    services.create_company(name="Água Viva", by=BY)

    offered = browser.get("/contacts/new/?known=1&company=agua").content.decode()

    assert '<option value="Água Viva">' in offered


def test_a_phone_that_somebody_has_is_said_once_then_accepted(browser):  # Q2
    browser.post("/contacts/new/", {"first_name": "Lia", "phone": "11 98412-3307"})

    warned = browser.post("/contacts/new/", {"first_name": "Léa", "phone": "(11) 8412-3307"})
    accepted = browser.post(
        "/contacts/new/", {"first_name": "Léa", "phone": "(11) 8412-3307", "even_so": "(11) 8412-3307"}
    )

    assert (warned.status_code, accepted.status_code) == (422, 303)
    assert "Another contact can be reached there already: Lia." in warned.content.decode()


def test_a_file_comes_with_the_contact_and_one_that_cannot_stay_is_said(browser):  # SP-100, SP-101
    good = SimpleUploadedFile("offer.txt", b"hello")
    bad = SimpleUploadedFile("offer.txt.exe", b"MZ" + b"0" * 200)

    page = browser.post("/contacts/new/", {"first_name": "Lia", "files": [good, bad]}, follow=True)

    contact = Contact.objects.get()
    kept = file_selectors.attached_files(
        member=page.wsgi_request.member, kind="contact", entity_id=contact.pk
    )
    assert [row.name for row in kept.files] == ["offer.txt"]
    assert "offer.txt.exe was not kept" in page.content.decode()
