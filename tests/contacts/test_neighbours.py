"""Previous and next inside the filtered list, and the way back to it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afluente.contacts import selectors, services
from afluente.contacts.models import Contact
from afluente.contacts.selectors import around as module
from afluente.contacts.statements import search
from afluente.timeline.events import Actor
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd(people):
    """Seven with names in another order than their numbers, some tagged, all findable."""
    names = ["Lia D", "Lia B", "Ana C", "Lia A", "Lia F", "Eva E", "Lia B"]
    found = [make.contact(name=name, source="form" if n % 2 else "api") for n, name in enumerate(names)]
    tag = services.create_tag(name="VIP", by=Actor("system")).pk
    ids = [one.pk for one in found]
    services.attach_tags(contact_ids=ids[1:6], tag_ids=[tag], by=Actor("system"))
    search.index_contacts(ids)
    return ids, tag


@pytest.mark.parametrize(
    "query",
    [
        "",
        "sort=name",
        "sort=-name",
        "sort=oldest",
        "q=lia",
        "where=source.is%3Aform",
        "where=tag.is%3A{tag}",
        "where=tag.is%3A{tag}&sort=name",
        "q=lia&where=tag.is%3A{tag}",
    ],
)
@pytest.mark.parametrize("few", [5_000, 1])
def test_a_walk_from_the_first_to_the_last_is_the_list(people, crowd, monkeypatch, query, few):
    monkeypatch.setattr(module, "PAGE", 2)
    if "q=" not in query and "sort" in query:
        monkeypatch.setattr(module, "SORTED_TO", few)
    said = query.format(tag=crowd[1])
    listed = [
        row.id
        for row in selectors.contact_page(
            member=people.ana, wanted=module.Filter.read(module.QueryDict(said))
        ).rows
    ]

    around = [
        selectors.neighbours(member=people.ana, query=said, contact=Contact.objects.get(pk=pk))
        for pk in listed
    ]

    assert [one.following for one in around] == [*listed[1:], None]
    assert [one.previous for one in around] == [None, *listed[:-1]]
    assert [one.position for one in around] == list(range(1, len(listed) + 1))
    last = module.Filter.read(module.QueryDict(around[-1].list_query.lstrip("?")))
    assert selectors.contact_page(member=people.ana, wanted=last).rows[0].id == listed[-1]


def test_the_page_leads_on_and_back(people, client_as, crowd):
    ids, _ = crowd
    browser = client_as(people.ana)

    page = browser.get(f"/contacts/{ids[3]}/?in=sort%3Dname").content.decode()

    assert 'rel="next" href="/contacts/' in page
    assert "?in=sort%3Dname" in page
    assert f'href="/contacts/?sort=name#contact-{ids[3]}"' in page
    assert "?in=sort%3Dname" in browser.get("/contacts/?sort=name").content.decode()


def test_somebody_outside_the_list_has_no_neighbours_there(people, client_as, crowd):
    ids, _ = crowd
    contact = Contact.objects.get(pk=ids[2])

    assert selectors.neighbours(member=people.ana, query="q=lia", contact=contact) is None
    assert selectors.neighbours(member=people.ana, query="where=field-9.is%3Ax", contact=contact) is None
    assert client_as(people.ana).get(f"/contacts/{ids[2]}/?in=q%3Dlia").status_code == 200


def test_it_costs_the_same_wherever_somebody_stands(people, crowd):
    costs = []
    for pk in crowd[0]:
        contact = Contact.objects.get(pk=pk)
        with CaptureQueriesContext(connection) as captured:
            selectors.neighbours(member=people.ana, query="sort=name", contact=contact)
        costs.append(len(captured))

    assert set(costs) == {3}


def test_the_tabs_of_a_contact_keep_the_list_it_was_opened_from(people, client_as, crowd):
    inside = "in=sort%3Dname%26q%3Dlia"
    ids = crowd[0]

    for query in (inside, f"tab=deals&{inside}"):
        page = client_as(people.ana).get(f"/contacts/{ids[0]}/?{query}").content.decode()
        assert f'href="/contacts/{ids[0]}/?{inside}"' in page
        assert f'href="/contacts/{ids[0]}/?tab=deals&amp;{inside}"' in page
        assert 'rel="prev"' in page
    page = client_as(people.ana).get(f"/contacts/{ids[0]}/").content.decode()
    assert f'href="/contacts/{ids[0]}/?tab=deals"' in page


def test_only_a_contact_opened_from_a_list_has_neighbours(people, client_as, crowd):
    browser, pk = client_as(people.ana), crowd[0][1]

    assert f'href="/contacts/{pk}/?in="' in browser.get("/contacts/").content.decode()
    assert 'rel="next"' in browser.get(f"/contacts/{pk}/?in=").content.decode()
    assert 'rel="next"' not in browser.get(f"/contacts/{pk}/").content.decode()
