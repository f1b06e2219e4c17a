"""What a history shows to whom: kinds left out, a day to begin with, changes folded."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afluente.timeline import selectors, services
from afluente.timeline.events import Actor, NewEvent
from afluente.timeline.models import Event
from afluente.timeline.selectors import kinds
from tests import make

pytestmark = pytest.mark.django_db


def feed(member, contact, **query):
    return selectors.contact_feed(
        member=member, contact_id=contact.pk, page_url="/c/", comment_url="/c/comments/", query=query
    )


def entries(found):
    return [entry for day in found.days for entry in day.entries]


def happened(contact, kind, *, by=None, **data):
    (number,) = services.record([NewEvent(kind, by or Actor("system"), contact_id=contact.pk, data=data)])
    return number


def test_kinds_left_out_stay_out_for_this_person_alone(people, client_as):
    contact = make.contact()
    happened(contact, "contact.changed", first_name=["A", "B"])
    lead = happened(contact, "lead.received", source="form")
    services.add_comment(text="Oi", by=people.ana, contact_id=contact.pk)

    answer = client_as(people.ana).post(
        "/history/kinds/", {"group": ["lead"], "next": f"/contacts/{contact.pk}/"}
    )

    assert (answer.status_code, answer["Location"]) == (302, f"/contacts/{contact.pk}/")
    assert [entry.id for entry in entries(feed(people.ana, contact))] == [lead]
    assert len(entries(feed(people.ana, contact, show="comments"))) == 1
    assert len(entries(feed(people.dora, contact))) == 3


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", ""])
def test_coming_back_stays_here(people, client_as, elsewhere):
    assert client_as(people.ana).post("/history/kinds/", {"next": elsewhere})["Location"] == "/"


def test_the_menu_offers_what_can_appear(people):
    offered = kinds.groups()

    assert {"comment", "changes", "deal", "lead", "contact"} <= offered.keys()
    assert all(kinds.group_of(kind) in offered for kind in kinds.known_kinds() if not kind.is_hidden)


def test_a_history_begins_with_a_day_in_the_persons_zone(people):
    contact = make.contact()
    numbers = [happened(contact, "lead.received", source="form") for _ in range(3)]
    for day, number in enumerate(numbers, start=10):
        Event.objects.filter(pk=number).update(at=dt.datetime(2026, 11, day, 23, 30, tzinfo=dt.UTC))

    found = feed(people.ana, contact, date="2026-11-11")

    assert [entry.id for entry in entries(found)] == [numbers[1], numbers[0]]
    assert (found.is_past, found.date) == (True, "2026-11-11")
    assert "date=2026-11-11" in found.refresh_url


@pytest.mark.parametrize("date", ["yesterday", "2026-13-40", "9999-12-31", "0001-01-01"])
def test_an_odd_day_is_no_error(people, date):
    contact = make.contact()
    happened(contact, "lead.received", source="form")

    assert len(entries(feed(people.ana, contact, date=date))) == int(date != "0001-01-01")


def test_further_changes_open_in_place(people, client_as):
    contact = make.contact(name="Lia Prado")
    happened(contact, "contact.changed", first_name=["Bia", "Lia"], last_name=["Paz", "Prado"])

    html = client_as(people.ana).get(f"/contacts/{contact.pk}/").content.decode()

    assert "changed from Paz to <b>Prado</b>" in html
    assert "+1 change</summary>" in html


def test_a_page_of_history_costs_the_same_for_one_entry_and_for_many(people):
    few_of, many_of = make.contact(), make.contact()
    services.add_comment(text="Oi", by=people.ana, contact_id=few_of.pk)
    for number in range(25):
        services.add_comment(text=f"Oi {number}", by=people.ana, contact_id=many_of.pk)

    with CaptureQueriesContext(connection) as few:
        feed(people.ana, few_of)
    with CaptureQueriesContext(connection) as many:
        feed(people.ana, many_of)

    assert len(many) == len(few)
