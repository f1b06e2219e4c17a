"""The general settings of contacts: who gets what arrives by itself (SP-222, SP-223, Q20)."""

import pytest

from afluente.contacts import selectors, services
from afluente.contacts.models import Contact, ContactSettings
from afluente.deals.models import Deal, Pipeline
from afluente.intake import services as intake
from afluente.intake.models import DealRule, Source
from afluente.timeline.events import Actor
from afluente.timeline.models import Event
from tests import make
from tests.intake.test_applying import arrive

pytestmark = pytest.mark.django_db
BY = Actor("member", 1, "Ana")


def test_the_default_is_chosen_changed_and_taken_back(people, client_as):
    browser = client_as(people.ana)
    page = "/settings/contacts/"

    assert browser.post(page, {"default_assignee": people.bruno.pk}).status_code == 303
    assert selectors.default_assignee_id() == people.bruno.pk
    assert f'value="{people.bruno.pk}" selected' in browser.get(page).content.decode()
    browser.post(page, {"default_assignee": ""})
    assert selectors.default_assignee_id() is None
    assert browser.post(page, {"default_assignee": "999999"}).status_code == 404
    assert ContactSettings.objects.count() == 1
    assert [
        event.data for event in Event.objects.filter(kind="settings.contacts_changed").order_by("pk")
    ] == [
        {"default_assignee": ["", "Bruno Lima"]},
        {"default_assignee": ["Bruno Lima", ""]},
    ]


def test_a_plain_member_decides_nothing(people, client_as):
    assert client_as(people.bruno).get("/settings/contacts/").status_code == 403
    assert client_as(people.bruno).post("/settings/contacts/", {"default_assignee": ""}).status_code == 403


def people_named(name):
    return Contact.objects.get(first_name=name).assignee, Deal.objects.order_by("-pk")[0].assignee


def test_what_nobody_is_named_for_goes_to_the_default(people):
    make.pipeline()
    source = intake.create_source(kind=Source.Kind.WEBHOOK, name="Site")
    arrive(source, {"nome": "Um", "email": "um@example.com"})
    services.set_default_assignee(to=people.bruno, by=BY)
    arrive(source, {"nome": "Dois", "email": "dois@example.com"})
    Pipeline.objects.update(default_assignee=people.carla)
    arrive(source, {"nome": "Quatro", "email": "quatro@example.com"})

    assert people_named("Um")[0] is None
    assert Contact.objects.get(first_name="Dois").assignee == people.bruno
    assert people_named("Quatro") == (people.carla, people.carla)


@pytest.mark.parametrize(("assign", "gets_it"), [("nobody", False), ("pipeline", True), ("fixed", True)])
def test_only_a_rule_that_says_nobody_keeps_it_from_the_default(people, assign, gets_it):
    make.pipeline()
    rule = intake.save_rule(rule=None, name="Rule")
    DealRule.objects.filter(pk=rule.pk).update(assign=assign)
    source = intake.create_source(kind=Source.Kind.WEBHOOK, name="Site", rule=rule)
    services.set_default_assignee(to=people.bruno, by=BY)

    arrive(source, {"nome": "Lia", "email": "lia@example.com"})

    expected = people.bruno if gets_it else None
    assert people_named("Lia") == (expected, expected)


def test_somebody_who_has_left_gets_nothing(people):
    make.pipeline()
    source = intake.create_source(kind=Source.Kind.WEBHOOK, name="Site")
    services.set_default_assignee(to=people.bruno, by=BY)
    people.bruno.is_active = False
    people.bruno.save()

    arrive(source, {"nome": "Lia", "email": "lia@example.com"})

    assert people_named("Lia") == (None, None)
