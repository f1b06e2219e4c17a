"""The form that chooses columns (SP-117), and the list drawn by it (SP-109, SP-111 to SP-115)."""

import pytest
from django.urls import reverse

from afluente.contacts import selectors, services
from afluente.contacts.models import SavedFilter
from afluente.kernel import clock
from afluente.timeline.events import Actor
from tests import make
from tests.contacts.test_values import fields, sample

__all__ = ["fields"]  # a fixture
pytestmark = pytest.mark.django_db
URL = "/contacts/columns/"
BY = Actor("member", 1, "Ana Souza")


@pytest.fixture
def browser(people, client_as):
    return client_as(people.ana)


def shown(member, view=None):
    return [one.said for one in selectors.chosen_columns(member=member, view=view)]


def test_ticked_columns_are_shown_in_the_order_of_the_form(people, browser):
    answer = browser.post(
        URL, {"order": ["tags", "phone", "email"], "column": ["email", "tags"], "query": "sort=name"}
    )

    assert (answer.status_code, answer.url) == (302, "/contacts/?sort=name")
    assert shown(people.ana) == ["name", "tags", "email"]
    assert shown(people.bruno) != shown(people.ana)


def test_a_column_is_moved_without_script(people, browser):
    form = {"order": ["tags", "phone", "email"], "column": ["email", "tags"], "query": ""}

    answer = browser.post(URL, form | {"do": "up:email"})
    page = browser.get(answer.url)

    assert shown(people.ana) == ["name", "tags", "email"]
    assert page.status_code == 200
    browser.post(URL, form | {"do": "down:tags"})
    browser.post(URL, form | {"order": ["phone", "tags", "email"], "do": "down:tags"})
    assert shown(people.ana) == ["name", "email", "tags"]


def test_a_width_is_kept_and_drawn_and_taken_back(people, browser):
    make.contact()

    answer = browser.post(URL, {"do": "width", "column": "email", "width": "22", "query": ""})

    assert answer.status_code == 204
    assert browser.get("/contacts/").content.decode().count('class="em w-22') == 2
    browser.post(URL, {"do": "width", "column": "email", "width": "9999", "query": ""})
    assert "email:80" in shown(people.ana)
    browser.post(URL, {"do": "width", "column": "email", "width": "0", "query": ""})
    browser.post(URL, {"do": "width", "column": "email", "width": "x", "query": ""})
    assert "email" in shown(people.ana)


def test_a_kept_filter_has_columns_of_its_own_and_delivered_ones_come_back(people, browser):
    view = SavedFilter.objects.create(
        owner=people.ana, name="API", query="where=source.is%3Aapi", created_at=clock.now()
    )
    before = shown(people.ana)

    browser.post(URL, {"order": ["tags"], "column": ["tags"], "query": view.query})

    assert (shown(people.ana, view), shown(people.ana)) == (["name", "tags"], before)
    assert "API" in browser.get(f"{URL}?query={view.query.replace('%', '%25')}").content.decode()
    browser.post(URL, {"do": "reset", "query": view.query})
    assert shown(people.ana, view) == before


def test_with_script_the_list_is_told(browser):
    answer = browser.post(URL, {"order": ["tags"], "column": ["tags"]}, headers={"HX-Request": "true"})

    assert (answer.status_code, "af:columns" in answer["HX-Trigger"]) == (204, True)


def test_every_kind_of_column_is_drawn(people, browser, fields):
    contact = make.contact(
        emails=("a@example.com", "b@example.com"),
        phones=("11 98412-3307",),
        messengers=(("telegram", "@lia"),),
    )
    services.set_values(contact_ids=[contact.pk], values=sample(fields), by=BY)
    tags = [services.create_tag(name=name, by=BY).pk for name in ("Um", "Dois", "VIP")]
    services.attach_tags(contact_ids=[contact.pk], tag_ids=tags, by=BY)
    keys = list(selectors.all_columns())
    browser.post(URL, {"order": keys, "column": keys})

    page = browser.get("/contacts/").content.decode()

    for words in (
        "a@example.com",
        "+1<",
        "Telegram: @lia",
        "1.234,5",
        'href="https://e.com"',
        "Um,",
        "Dois",
        ">Yes<",
    ):
        assert words in page


def test_whoever_sees_no_contacts_chooses_no_columns(people, client_as):
    from afluente.accounts.models import Reach

    blind = make.member(name="Eva", reach=Reach.NONE)

    assert client_as(blind).get(reverse("contacts:columns")).status_code == 403


def test_heads_sort_and_say_how(browser):
    make.contact(name="Lia Prado")

    page = browser.get("/contacts/?sort=name").content.decode()

    assert 'aria-sort="ascending"' in page
    assert 'href="/contacts/?sort=-name"' in page
    assert 'href="/contacts/"' in page or 'href="/contacts/?"' in page
