"""The list and the page of a contact."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afluente.contacts.models import Contact, ContactEmail
from afluente.contacts.statements import search
from afluente.contacts.statements.search import index_contacts
from afluente.timeline.models import Comment
from tests import make

pytestmark = pytest.mark.django_db


def asked(client, url, **headers):
    return client.get(url, headers=headers)


def htmx(target):
    return {"HX-Request": "true", "HX-Target": target}


def queries(client, url):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_the_list_costs_the_same_for_one_and_for_many(people, client_as):
    browser = client_as(people.ana)
    make.contact(emails=("a@example.com",), phones=("11 98412-3307",), assignee=people.bruno)
    queries(browser, "/contacts/")  # the first request also meets cold caches
    one = queries(browser, "/contacts/")
    for number in range(4):
        make.contact(name=f"Lia {number}", emails=(f"{number}@example.com",), assignee=people.ana)

    assert queries(browser, "/contacts/") == one


def test_the_page_costs_the_same_for_little_and_for_much(people, client_as):
    browser = client_as(people.ana)
    contact = make.contact(emails=("a@example.com",))
    queries(browser, f"/contacts/{contact.pk}/")
    few = queries(browser, f"/contacts/{contact.pk}/")
    for number in range(4):
        browser.post(
            f"/contacts/{contact.pk}/addresses/", {"kind": "email", "typed": f"{number}@example.com"}
        )

    assert queries(browser, f"/contacts/{contact.pk}/") == few


def test_the_list_is_read_page_by_page(people, client_as):
    for number in range(60):
        make.contact(name=f"Lia {number:02}")
    browser = client_as(people.ana)

    for order in ("", "&sort=name"):
        first = browser.get(f"/contacts/?{order}").context["page"]
        second = browser.get(f"/contacts/?after={first.next_after}{order}").context["page"]
        assert (len(first.rows), len(second.rows)) == (50, 10)
        assert {row.id for row in first.rows}.isdisjoint(row.id for row in second.rows)
        titles = [row.title for row in (*first.rows, *second.rows)]
        assert titles == sorted(titles, reverse=not order)


@pytest.mark.parametrize(
    "query", ["?after=x", "?assignee=abc", "?source=%00", "?sort=5", "?q=%25", "?after=99999999999999999999"]
)
def test_nonsense_in_the_address_is_no_error(people, client_as, query):
    assert client_as(people.ana).get(f"/contacts/{query}").status_code == 200


def test_a_search_answers_with_the_list_alone(people, client_as):
    contact = make.contact(name="Lia Prado")
    search.index_contacts([contact.pk])

    answer = asked(client_as(people.ana), "/contacts/?q=lia", **htmx("div#people"))

    assert "Lia Prado" in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_nothing_yet_and_nothing_matches_differ(people, client_as):
    browser = client_as(people.ana)

    assert "No contacts yet" in browser.get("/contacts/").content.decode()
    assert "Nothing matches" in browser.get("/contacts/?q=lia").content.decode()


def test_a_new_contact_needs_a_name_or_an_address(people, client_as):
    answer = client_as(people.ana).post("/contacts/new/", {"first_name": " "})

    assert answer.status_code == 422
    assert "Add a name, an e-mail or a phone." in answer.content.decode()
    assert not Contact.objects.exists()


def test_a_new_contact_belongs_to_who_added_it(people, client_as):
    answer = client_as(people.bruno).post(
        "/contacts/new/", {"first_name": "Lia", "email": "Lia@Example.com", "phone": "11 98412-3307"}
    )

    contact = Contact.objects.get()
    assert answer.status_code == 303
    assert answer.url == f"/contacts/{contact.pk}/"
    assert (contact.assignee_id, contact.source) == (people.bruno.pk, "manual")


def test_a_known_email_is_said_once_then_accepted(people, client_as):  # crm.md Q2
    make.contact(name="Camila Albuquerque", emails=("a@example.com",))
    browser = client_as(people.ana)
    form = {"first_name": "Lia", "email": "A@example.com"}

    warned = browser.post("/contacts/new/", form)
    accepted = browser.post("/contacts/new/", {**form, "even_so": "A@example.com"})

    assert (warned.status_code, accepted.status_code) == (422, 303)
    assert "Another contact can be reached there already: Camila Albuquerque." in warned.content.decode()
    assert Contact.objects.count() == 2


def test_somebody_elses_contact_is_not_named_in_the_warning(people, client_as):
    make.contact(name="Camila Albuquerque", emails=("a@example.com",), assignee=people.ana)

    warned = client_as(people.bruno).post("/contacts/new/", {"email": "a@example.com"})

    assert "A contact of another team can be reached there already." in warned.content.decode()
    assert "Camila" not in warned.content.decode()


def test_names_are_changed_in_place(people, client_as):
    contact = make.contact(name="Lia Prado")
    browser = client_as(people.ana)
    seen = {"seen_first": "Lia", "seen_last": "Prado"}

    saved = browser.post(f"/contacts/{contact.pk}/name/", {"first_name": "Bia", "last_name": "Prado", **seen})
    late = browser.post(f"/contacts/{contact.pk}/name/", {"first_name": "Mia", "last_name": "Prado", **seen})

    contact.refresh_from_db()
    assert (saved.status_code, late.status_code) == (302, 422)
    assert contact.first_name == "Bia"
    assert "Somebody else changed this to Bia Prado meanwhile." in late.content.decode()


def test_an_address_is_added_changed_and_removed_with_a_way_back(people, client_as):
    contact = make.contact(name="Lia Prado")
    browser = client_as(people.ana)
    base = f"/contacts/{contact.pk}/addresses/"

    browser.post(base, {"kind": "email", "typed": "a@example.com"})
    row = ContactEmail.objects.get()
    browser.post(f"{base}email/{row.pk}/", {"typed": "b@example.com", "seen": "a@example.com"})
    gone = browser.post(f"{base}email/{row.pk}/deletion/", headers=htmx("aside#about"))
    assert not ContactEmail.objects.exists()
    undo = __import__("json").loads(gone["HX-Trigger"])["af:toast"]["undo"]
    browser.post(undo)

    assert list(ContactEmail.objects.values_list("email", "is_primary")) == [("b@example.com", True)]


def test_an_impossible_e_mail_is_refused_in_place_and_what_was_typed_stays(people, client_as):
    contact = make.contact(name="Lia Prado", emails=("a@example.com",))
    row = ContactEmail.objects.get()
    base, browser = f"/contacts/{contact.pk}/addresses/", client_as(people.ana)

    for path, data in ((base, {"kind": "email"}), (f"{base}email/{row.pk}/", {"seen": "a@example.com"})):
        answer = browser.post(path, {**data, "typed": "not-an-email"}, headers=htmx("dd#email-1"))
        page = answer.content.decode()

        assert answer.status_code == 422
        assert 'role="alert">Check this address, something is missing.' in page
        assert 'value="not-an-email"' in page
        assert 'aria-invalid="true"' in page
    assert list(ContactEmail.objects.values_list("email", flat=True)) == ["a@example.com"]


def test_an_e_mail_that_came_in_flagged_stays_until_it_is_changed_and_comes_back(people, client_as):
    contact = make.contact(name="Lia Prado")
    row = ContactEmail.objects.create(contact=contact, email="lia at home", key="", is_primary=True)
    path, browser = f"/contacts/{contact.pk}/addresses/email/{row.pk}/", client_as(people.ana)

    same = browser.post(path, {"typed": "lia at home", "seen": "lia at home"}, headers=htmx("dd#email-1"))
    gone = browser.post(f"{path}deletion/", headers=htmx("aside#about"))
    browser.post(__import__("json").loads(gone["HX-Trigger"])["af:toast"]["undo"])

    assert same.status_code == 200
    assert list(ContactEmail.objects.values_list("email", "key")) == [("lia at home", "")]


@pytest.mark.parametrize("path", ["addresses/fax/1/", "addresses/email/999/", "addresses/?kind=fax"])
def test_an_unknown_address_is_not_found(people, client_as, path):
    contact = make.contact()

    assert client_as(people.ana).get(f"/contacts/{contact.pk}/{path}").status_code == 404


def test_a_contact_given_out_of_reach_leaves_the_page(people, client_as):
    contact = make.contact(assignee=people.bruno)

    answer = client_as(people.bruno).post(
        f"/contacts/{contact.pk}/assignee/", {"assignee": people.carla.pk}, headers=htmx("aside#about")
    )

    assert answer["HX-Redirect"] == "/contacts/"


def test_a_comment_is_written_with_and_without_script(people, client_as):
    contact = make.contact()
    browser = client_as(people.ana)
    url = f"/contacts/{contact.pk}/comments/"

    plain = browser.post(url, {"text": "Ligo amanhã."})
    swapped = browser.post(url, {"text": "<b>Às 9h</b>"}, headers=htmx("af-draft#composer"))

    assert (plain.status_code, plain.url) == (302, f"/contacts/{contact.pk}/")
    assert "&lt;b&gt;Às 9h&lt;/b&gt;" in swapped.content.decode()
    assert Comment.objects.count() == 2


def test_a_refused_comment_keeps_its_words(people, client_as):
    contact = make.contact()

    answer = client_as(people.ana).post(f"/contacts/{contact.pk}/comments/", {"text": "x" * 5003})

    assert answer.status_code == 422
    assert "Take out 3 characters." in answer.content.decode()
    assert "x" * 5003 in answer.content.decode()
    assert not Comment.objects.exists()


def test_reading_changes_nothing(people, client_as):
    contact = make.contact(emails=("a@example.com",))
    browser = client_as(people.ana)
    row = ContactEmail.objects.get()

    for path in ("name/", f"addresses/email/{row.pk}/", "addresses/?kind=phone"):
        assert browser.get(f"/contacts/{contact.pk}/{path}").status_code == 200
    for path in (
        "assignee/",
        "comments/",
        f"addresses/email/{row.pk}/deletion/",
        f"addresses/email/{row.pk}/main/",
    ):
        assert browser.get(f"/contacts/{contact.pk}/{path}").status_code == 405


def test_a_new_name_comes_with_the_record_it_names(people, client_as):
    browser, lia = client_as(people.ana), make.contact(name="Lia Prado")
    page = browser.get(f"/contacts/{lia.pk}/").content.decode()
    answer = browser.post(
        f"/contacts/{lia.pk}/name/",
        {"first_name": "Lia", "last_name": "Reis", "seen_first": "Lia", "seen_last": "Prado"},
        headers=htmx("aside#about"),
    ).content.decode()

    assert f'data-named="contact-{lia.pk}" data-titles>Lia Prado<' in page
    assert f'data-names="contact-{lia.pk}" data-name="Lia Reis"' in answer


def test_a_list_longer_than_its_page_is_counted_when_the_page_is_there(client_as, people):
    index_contacts([make.contact(name=f"Zoe {number}", source="form").pk for number in range(52)])
    browser = client_as(people.ana)
    asked = '<span hx-get="/contacts/count/?where=source.is%3Aform" hx-trigger="load"'

    for headers in ({}, {"HX-Request": "true"}):
        page = browser.get("/contacts/?where=source.is:form", headers=headers).content.decode()
        assert (asked in page, ">50+</span>" in page) == (True, True)
    counted = browser.get("/contacts/count/?where=source.is:form", headers={"HX-Request": "true"})
    assert counted.content.decode().strip() == "52"
    for where, number in (
        ("q=zoe", "52"),
        ("q=zoe&where=last_name.is_not:7", "51"),
        ("where=email.not_contains:zoe&where=source.is:form", "52"),
    ):
        counted = browser.get(f"/contacts/count/?{where}", headers={"HX-Request": "true"})
        assert counted.content.decode().strip() == number
    assert browser.get("/contacts/count/?where=source.is:form")["Location"].startswith("/contacts/?where=")
    assert "/contacts/count/" not in browser.get("/contacts/?where=source.is:manual").content.decode()
