"""A lead becomes a contact, a company and a deal, and that is taken back (ADR 0162)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from afluente.contacts import selectors as contact_selectors
from afluente.contacts import services as contacts
from afluente.contacts.models import Company, Contact
from afluente.deals import services
from afluente.deals.models import Conversion, Deal, DealContact
from afluente.timeline.events import SYSTEM, Actor
from afluente.timeline.models import Event
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(ana):
    return Actor("member", ana.pk, "Ana Souza")


@pytest.fixture
def sales(workspace):
    return make.pipeline()


@pytest.fixture
def leads(sales):
    return services.create_pipeline(name="Leads", currency="USD", kind="lead", by=SYSTEM)


def lead_in(leads, **more):
    return make.deal(stage=make.stage_of(leads, "Contacted"), name="Ask about oak", amount=90, **more)


def test_one_step_makes_contact_company_and_deal(leads, sales, by):
    lead = lead_in(leads)
    wish = services.Wish(
        visitor=services.Visitor(name="Rita Reis", email="rita@example.com"),
        company_name="Reis Ltda",
        stage=make.stage_of(sales),
        country="BR",
    )

    made = services.convert_lead(lead_id=lead.pk, wish=wish, by=by)

    deal = Deal.objects.get(pk=made.deal_id)
    assert (deal.name, deal.amount, deal.currency, deal.company.name) == (
        "Ask about oak",
        Decimal(90),
        "BRL",
        "Reis Ltda",
    )
    assert made.is_new_contact
    assert made.contact.company_links.get().company == made.company
    assert set(DealContact.objects.values_list("deal_id", "contact_id")) == {
        (lead.pk, made.contact_id),
        (deal.pk, made.contact_id),
    }
    lead.refresh_from_db()
    assert lead.stage.kind == "won"
    assert Event.objects.get(kind="deal.converted").deal_id == lead.pk
    assert Event.objects.get(kind="deal.from_lead").deal_id == deal.pk


def test_taking_it_back_leaves_nothing_that_was_made_for_it(leads, sales, by):
    lead = lead_in(leads)
    wish = services.Wish(
        visitor=services.Visitor(name="Rita Reis"), company_name="Reis Ltda", stage=make.stage_of(sales)
    )
    made = services.convert_lead(lead_id=lead.pk, wish=wish, by=by)

    services.undo_conversion(lead_id=lead.pk, by=by)

    lead.refresh_from_db()
    assert (lead.stage.name, lead.closed_at, lead.company_id) == ("Contacted", None, None)
    assert not Deal.objects.present().filter(pk=made.deal_id).exists()
    assert not Contact.objects.present().exists()
    assert not Company.objects.present().exists()
    assert not DealContact.objects.filter(deal=lead).exists()
    with pytest.raises(services.NotConvertedError):
        services.undo_conversion(lead_id=lead.pk, by=by)
    assert services.convert_lead(lead_id=lead.pk, wish=services.Wish(), by=by)
    assert Conversion.objects.count() == 2


def test_somebody_who_is_known_stays_when_it_is_taken_back(leads, sales, by):
    known = make.contact(name="Rita Reis", emails=("rita@example.com",))
    company = contacts.create_company(name="Reis Ltda", by=by)
    lead = lead_in(leads)
    visitor = services.Visitor(name="R. Reis", email="Rita@example.com")
    wish = services.Wish(visitor=visitor, company_name="reis ltda", stage=make.stage_of(sales))

    made = services.convert_lead(lead_id=lead.pk, wish=wish, by=by)
    services.undo_conversion(lead_id=lead.pk, by=by)

    assert (made.contact_id, made.is_new_contact, made.company_id) == (known.pk, False, company.pk)
    assert Contact.objects.present().get() == known
    assert Company.objects.present().get() == company


def test_common_fields_go_along_and_those_of_the_leads_stay(leads, sales, by):
    budget = contacts.create_field(entity="deal", name="Budget", kind="number", by=SYSTEM)
    heat = contacts.create_field(entity="deal", scope_id=leads.pk, name="Heat", by=SYSTEM)
    lead = lead_in(leads)
    services.fill_values(given={lead.pk: {budget.pk: Decimal(5), heat.pk: "hot"}}, by=SYSTEM)

    made = services.convert_lead(lead_id=lead.pk, wish=services.Wish(stage=make.stage_of(sales)), by=by)

    assert contact_selectors.held_values("deal", [made.deal_id]) == {made.deal_id: {budget.pk: Decimal(5)}}


def test_what_cannot_be_converted_is_refused(leads, sales, by):
    deal, lead = make.deal(stage=make.stage_of(sales)), lead_in(leads)

    with pytest.raises(services.NotALeadError):
        services.convert_lead(lead_id=deal.pk, wish=services.Wish(), by=by)
    with pytest.raises(services.BadTargetError):
        services.convert_lead(lead_id=lead.pk, wish=services.Wish(stage=make.stage_of(sales, "Won")), by=by)
    with pytest.raises(services.BadTargetError):
        services.convert_lead(lead_id=lead.pk, wish=services.Wish(stage=make.stage_of(leads)), by=by)
    services.convert_lead(lead_id=lead.pk, wish=services.Wish(), by=by)
    with pytest.raises(services.NotALeadError):
        services.convert_lead(lead_id=lead.pk, wish=services.Wish(), by=by)

    assert Conversion.objects.count() == 1


def test_a_copy_says_the_same_and_stands_in_an_open_stage(sales, by):
    person = make.contact()
    field = contacts.create_field(entity="deal", name="Note", by=SYSTEM)
    deal = make.deal(stage=make.stage_of(sales, "Won"), name="Kitchen", amount=7, contacts=(person,))
    services.fill_values(given={deal.pk: {field.pk: "oak"}}, by=SYSTEM)

    copy = Deal.objects.get(pk=services.copy_deal(deal_id=deal.pk, by=by))

    assert (copy.name, copy.amount, copy.stage.name) == ("Kitchen (copy)", Decimal(7), "New")
    assert copy.people.get().contact == person
    assert contact_selectors.held_values("deal", [copy.pk]) == {copy.pk: {field.pk: "oak"}}
