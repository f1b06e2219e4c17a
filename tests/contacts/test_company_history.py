"""The history of a company: its fields, who came, who left, as far as the reader sees them."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afluente.contacts import services
from afluente.contacts.selectors import company_history
from afluente.contacts.services.belonging import change_position
from afluente.timeline.events import Actor
from afluente.timeline.models import Event
from afluente.timeline.selectors import history
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(people):
    return Actor("member", people.ana.pk, people.ana.user.name)


@pytest.fixture
def firm(people, by):
    return services.create_company(name="Padaria Sol", by=by, assignee_id=people.ana.pk)


def lines(browser, firm, query="tab=history", **headers):
    """What the page says, line by line, the newest first."""
    page = browser.get(f"/companies/{firm.pk}/?{query}", headers=headers).content.decode()
    found = re.findall(r'<li id="event-\d+">.*?</li>', page, re.DOTALL)
    return [
        " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"<time.*?</time>", "", one, flags=re.DOTALL)).split())
        for one in found
    ]


def test_it_tells_fields_and_people(people, client_as, firm, by):
    ana = make.contact(name="Ana Costa")
    size = services.create_field(name="Size", entity="company", by=by)
    services.change_company(company_id=firm.pk, changes={"domain": "sol.example"}, by=by)
    services.change_company(company_id=firm.pk, changes={"assignee_id": people.bruno.pk}, by=by)
    services.change_company_value(company_id=firm.pk, field_id=size.pk, value="Small", by=by)
    services.link_contacts(company_id=firm.pk, contact_ids=[ana.pk], by=by)
    change_position(company_id=firm.pk, contact_id=ana.pk, position="Owner", by=by)
    services.unlink_contacts(company_id=firm.pk, contact_ids=[ana.pk], by=by)
    services.link_contacts(company_id=firm.pk, contact_ids=[ana.pk], by=by, is_told=False)
    other = services.create_company(name="Other", by=by)
    services.link_contacts(company_id=other.pk, contact_ids=[ana.pk], by=by)

    assert lines(client_as(people.ana), firm) == [
        "Ana Costa was put into this company Ana Souza",
        "Ana Costa was taken out of this company Ana Souza",
        "Ana Costa is Owner now Ana Souza",
        "Ana Costa was put into this company Ana Souza",
        "Domain set to sol.example Ana Souza +2 changes Assignee Ana Souza Bruno Lima Size Small",
        "Company added Ana Souza",
    ]
    # What is said on the page of the contact stays what it was, and once.
    assert Event.objects.filter(contact_id=ana.pk, company_id=firm.pk).count() == 3


def test_somebody_whom_the_reader_does_not_see_has_no_name_here(people, client_as, firm, by):
    hers = make.contact(name="Ana Costa", assignee=people.carla)
    services.link_contacts(company_id=firm.pk, contact_ids=[hers.pk], by=by)

    assert lines(client_as(people.bruno), firm)[0] == "A contact was put into this company Ana Souza"
    assert "Ana Costa" in lines(client_as(people.carla), firm)[0]


def test_it_is_read_on_with_script_and_without(people, client_as, firm, by, monkeypatch):
    monkeypatch.setattr(history, "PAGE", 2)
    for name in ("A", "B", "C"):
        services.link_contacts(company_id=firm.pk, contact_ids=[make.contact(name=name).pk], by=by)
    browser = client_as(people.ana)
    page = browser.get(f"/companies/{firm.pk}/?tab=history").content.decode()
    more = re.search(r'id="history-older" href="([^"]+)"', page)[1].replace("&amp;", "&")
    query = more.partition("?")[2]

    assert [one.split()[0] for one in lines(browser, firm)] == ["C", "B"]
    assert [one.split()[0] for one in lines(browser, firm, query)] == ["A", "Company"]
    part = browser.get(more, headers={"HX-Request": "true", "HX-Target": "a#history-older"}).content.decode()
    assert part.count('id="event-') == 2
    assert "<html" not in part


def test_it_costs_the_same_for_one_and_for_many(people, firm, by):
    def cost():
        with CaptureQueriesContext(connection) as captured:
            company_history.history_of(member=people.ana, company_id=firm.pk, query={})
        return len(captured)

    services.link_contacts(company_id=firm.pk, contact_ids=[make.contact(name="One").pk], by=by)
    one = cost()
    for number in range(4):
        services.link_contacts(company_id=firm.pk, contact_ids=[make.contact(name=f"N{number}").pk], by=by)
    assert cost() == one == 3
