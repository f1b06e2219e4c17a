"""Adding a deal with everything that is known, from a contact's page or from anywhere."""

from __future__ import annotations

from decimal import Decimal

import pytest

from afluente.contacts import services as fields
from afluente.contacts.models import Contact
from afluente.contacts.selectors import held_values
from afluente.contacts.statements.search import index_contacts
from afluente.deals import services
from afluente.deals.models import Deal, DealType
from afluente.timeline.events import SYSTEM
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(people):
    services.make_types(language="pt-br")
    make.pipeline(name="Vendas")
    other = make.pipeline(name="Cursos", currency="EUR")
    return {"stage": make.stage_of(other, "In progress"), "type": DealType.objects.get(name="Revenda")}


# SP-175 to SP-180
def test_a_deal_is_added_on_a_contact_with_name_value_member_stage_and_type(client_as, people, world):
    camila = make.contact(name="Camila Albuquerque")
    ana = client_as(people.ana)
    page = ana.get(f"/contacts/{camila.pk}/?tab=deals").content.decode()
    assert f"/deals/add/?contact={camila.pk}" in page

    answer = ana.post(
        "/deals/add/",
        {
            "name": "Site novo",
            "amount": "4.800,50",
            "assignee": people.bruno.pk,
            "stage": world["stage"].pk,
            "type": world["type"].pk,
            "contact": camila.pk,
            "from_contact": "1",
        },
    )

    assert (answer.status_code, answer["Location"]) == (303, f"/contacts/{camila.pk}/?tab=deals")
    deal = Deal.objects.get()
    assert (deal.name, deal.amount, deal.currency) == ("Site novo", Decimal("4800.50"), "EUR")
    assert (deal.assignee, deal.stage, deal.type) == (people.bruno, world["stage"], world["type"])
    assert list(deal.contacts.all()) == [camila]
    shown = ana.get(f"/contacts/{camila.pk}/?tab=deals").content.decode()
    for words in ("Site novo", "Cursos", "Revenda", "In progress", "Bruno Lima"):
        assert words in shown


# SP-107
def test_a_contact_is_chosen_while_the_name_is_typed(client_as, people, world):
    camila = make.contact(name="Camila Albuquerque")
    index_contacts([camila.pk])
    ana = client_as(people.ana)

    assert f'value="{camila.pk}"' in ana.get("/deals/add/people/?person=camila alb").content.decode()
    ana.post("/deals/add/", {"person": "Camila", "contact": camila.pk, "stage": world["stage"].pk})

    assert list(Deal.objects.get().contacts.all()) == [camila]
    assert Contact.objects.count() == 1


# SP-107
def test_a_contact_is_chosen_on_the_board_while_the_name_is_typed(client_as, people, world):
    camila = make.contact(name="Camila Albuquerque")
    ana = client_as(people.ana)

    draft = ana.get(f"/deals/new/?stage={world['stage'].pk}").content.decode()
    ana.post("/deals/new/", {"person": "Camila", "contact": camila.pk, "stage": world["stage"].pk})

    assert 'hx-get="/deals/add/people/"' in draft
    assert list(Deal.objects.get().contacts.all()) == [camila]
    assert Contact.objects.count() == 1


# SP-108
def test_a_new_person_becomes_a_contact(client_as, people, world):
    data = {
        "name": "Site",
        "person": "Tiago Brandão",
        "reach": "tiago@serra.example",
        "stage": world["stage"].pk,
    }

    client_as(people.ana).post("/deals/add/", data)

    assert [one.name for one in Deal.objects.get().contacts.all()] == ["Tiago Brandão"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Name the deal or the person."),
        ({"name": "x", "stage": "0"}, "Choose a stage."),
        ({"name": "x", "amount": "much"}, "Write the amount as a number"),
    ],
)
def test_what_is_wrong_is_said(client_as, people, world, data, words):
    answer = client_as(people.ana).post("/deals/add/", {"stage": world["stage"].pk, **data})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Deal.objects.exists()


def test_the_type_is_changed_on_the_deal_with_one_event(client_as, people, world):
    from afluente.timeline.models import Event

    deal = make.deal()
    ana = client_as(people.ana)

    for _ in range(2):
        ana.post(f"/deals/{deal.pk}/type/", {"value": world["type"].pk}, headers={"HX-Request": "true"})

    deal.refresh_from_db()
    assert deal.type == world["type"]
    assert [event.data for event in Event.objects.filter(kind="deal.changed")] == [{"type": ["", "Revenda"]}]


def test_a_new_workspace_has_the_usual_types_and_they_are_made_once(people):
    services.make_types(language="en")
    services.make_types(language="en")

    assert list(DealType.objects.order_by("position").values_list("name", flat=True)) == [
        "Sale",
        "Product sale",
        "Service sale",
        "Resale",
        "Service maintenance",
        "Other",
    ]


def test_fields_are_filled_with_the_deal_and_new_ones_are_at_hand(people, client_as):
    pipeline, other = make.pipeline(), make.pipeline(name="Rental")
    months = fields.create_field(
        entity="deal", scope_id=pipeline.pk, name="Months", kind="number", is_required=True, by=SYSTEM
    )
    foreign = fields.create_field(entity="deal", scope_id=other.pk, name="Car", by=SYSTEM)
    browser = client_as(people.dora)
    sent = {"name": "Kitchen", "stage": make.stage_of(pipeline).pk, f"field-{foreign.pk}-typed": "x"}

    page = browser.get("/deals/add/").content.decode()
    assert "Months" in page
    assert "/settings/contacts/fields/?of=deal" in page
    assert browser.post("/deals/add/", sent).status_code == 422
    assert browser.post("/deals/add/", sent | {f"field-{months.pk}-typed": "x"}).status_code == 422
    assert browser.post("/deals/add/", sent | {f"field-{months.pk}-typed": "12"}).status_code == 303

    deal = Deal.objects.get()
    assert held_values("deal", [deal.pk]) == {deal.pk: {months.pk: 12}}
