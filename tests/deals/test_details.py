"""Due date, company, fields, reasons and copies on the pages of deals, and what stages ask for on the way."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afluente.contacts import selectors as fields
from afluente.contacts import services as contacts
from afluente.contacts.models import Company
from afluente.deals import services
from afluente.deals.models import Conversion, Deal, LostReason, Pipeline
from afluente.timeline.events import SYSTEM
from afluente.timeline.models import Event
from tests import make

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def browser(people, client_as):
    return client_as(people.dora)


@pytest.fixture
def pipeline(people):
    return make.pipeline()


def test_a_due_date_is_set_shown_and_taken_off(browser, pipeline):
    deal = make.deal(stage=make.stage_of(pipeline))

    shown = browser.post(f"/deals/{deal.pk}/due/", {"day": "2030-03-01", "remind_before": "60"}, headers=HTMX)
    deal.refresh_from_db()

    assert deal.due_at == dt.datetime(2030, 3, 2, 2, 59, 59, tzinfo=dt.UTC)  # the last second in São Paulo
    assert (deal.is_due_day, deal.remind_before) == (True, 60)
    assert 'value="2030-03-01"' in shown.content.decode()
    assert Event.objects.get(kind="deal.changed").data == {
        "due": ["", "2030-03-01"],
        "remind_before": [None, 60],
    }
    assert browser.post(f"/deals/{deal.pk}/due/", {"day": "30/02"}, headers=HTMX).status_code == 422
    browser.post(f"/deals/{deal.pk}/due/", {"clear": "1"})
    deal.refresh_from_db()
    assert (deal.due_at, deal.remind_before) == (None, None)


def test_a_reminder_that_is_not_offered_is_refused(browser, pipeline):
    deal = make.deal(stage=make.stage_of(pipeline))

    answer = browser.post(
        f"/deals/{deal.pk}/due/", {"day": "2030-03-01", "remind_before": "61"}, headers=HTMX
    )

    assert answer.status_code == 422
    assert not Event.objects.exists()


def test_a_company_is_found_by_its_name_or_made(browser, pipeline):
    known = contacts.create_company(name="Serra Engenharia", by=SYSTEM)
    deal = make.deal(stage=make.stage_of(pipeline))

    browser.post(f"/deals/{deal.pk}/company/", {"value": "serra engenharia"})
    deal.refresh_from_db()
    assert deal.company_id == known.pk
    browser.post(f"/deals/{deal.pk}/company/", {"value": "Nova Obra"})
    deal.refresh_from_db()

    assert deal.company.name == "Nova Obra"
    assert Company.objects.count() == 2
    assert "Nova Obra" in browser.get(f"/deals/{deal.pk}/").content.decode()
    offered = browser.get(f"/deals/{deal.pk}/company/", {"value": "ser"}, headers=HTMX)
    assert "Serra Engenharia" in offered.content.decode()


def test_a_field_is_changed_on_the_page_of_a_deal(browser, pipeline):
    field = contacts.create_field(
        entity="deal", scope_id=pipeline.pk, name="Months", kind="number", by=SYSTEM
    )
    other = make.pipeline(name="Other")
    deal, foreign = make.deal(stage=make.stage_of(pipeline)), make.deal(stage=make.stage_of(other))

    url = f"/deals/{deal.pk}/values/{field.pk}/"
    assert "Months" in browser.get(f"/deals/{deal.pk}/").content.decode()
    assert browser.post(url, {"typed": "12", "seen": "null"}, headers=HTMX).status_code == 200
    assert browser.post(url, {"typed": "x"}, headers=HTMX).status_code == 422
    assert browser.post(url, {"typed": "9", "seen": "null"}, headers=HTMX).status_code == 422
    assert browser.get(f"/deals/{foreign.pk}/values/{field.pk}/").status_code == 404

    assert fields.held_values("deal", [deal.pk])[deal.pk][field.pk] == 12
    assert Event.objects.get(kind="deal.changed").data["field:Months"] == ["", "12"]


def test_the_page_of_a_deal_costs_the_same_with_more_fields(browser, pipeline):
    deal = make.deal(stage=make.stage_of(pipeline))

    def cost():
        fields.forget_fields()
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert browser.get(f"/deals/{deal.pk}/").status_code == 200
        return len(found)

    contacts.create_field(entity="deal", name="A", by=SYSTEM)
    cost()  # remembers what a process asks once
    first = cost()
    for name in "BCD":
        contacts.create_field(entity="deal", name=name, by=SYSTEM)
    assert cost() == first


def test_a_move_that_lacks_something_asks_for_it_and_moves(browser, pipeline):
    stage = services.change_stage(
        stage_id=make.stage_of(pipeline, "In progress").pk,
        changes={"required": ["amount", "company", "due"]},
        by=SYSTEM,
    )
    deal = make.deal(stage=make.stage_of(pipeline))

    refused = browser.post(f"/deals/{deal.pk}/moves/", {"stage": stage.pk}, headers=HTMX)
    url = f"/deals/{deal.pk}/filling/?stage={stage.pk}"
    assert refused.status_code == 422
    assert url in refused.headers["HX-Trigger"]
    assert browser.post(f"/deals/{deal.pk}/moves/", {"stage": stage.pk}).headers["Location"] == url
    page = browser.get(url).content.decode()
    assert "Value" in page
    half = {"stage": stage.pk, "amount": "100", "company": "Obra"}
    assert browser.post(f"/deals/{deal.pk}/filling/", half).status_code == 422
    assert Deal.objects.get(pk=deal.pk).amount == 0  # all or nothing
    done = browser.post(f"/deals/{deal.pk}/filling/", half | {"day": "2031-01-01"})

    assert done.status_code == 303
    deal.refresh_from_db()
    assert (deal.stage, deal.amount, deal.company.name) == (stage, 100, "Obra")


def test_a_field_of_the_other_pipeline_is_filled_on_the_way_there(browser, pipeline):
    other = make.pipeline(name="Rental")
    field = contacts.create_field(
        entity="deal", scope_id=other.pk, name="Kind", kind="select", options=["Car"], by=SYSTEM
    )
    stage = services.change_stage(
        stage_id=make.stage_of(other).pk, changes={"required": [f"field-{field.pk}"]}, by=SYSTEM
    )
    deal = make.deal(stage=make.stage_of(pipeline))
    option = field.options.get()

    sent = {"stage": stage.pk, f"field-{field.pk}-typed": f"#{option.pk}"}
    assert browser.post(f"/deals/{deal.pk}/filling/", sent).status_code == 303

    deal.refresh_from_db()
    assert deal.stage == stage
    assert fields.held_values("deal", [deal.pk])[deal.pk] == {field.pk: (option.pk,)}


def test_reasons_are_arranged_and_deals_follow_a_new_wording(browser, pipeline):
    url = "/settings/lost-reasons/"
    browser.post(url, {"name": "Price"})
    assert browser.post(url, {"name": "price"}).status_code == 422
    lost = make.deal(stage=make.stage_of(pipeline, "Lost"), lost_reason="Price")
    reason = LostReason.objects.get()

    browser.post(f"{url}{reason.pk}/", {"name": "Too expensive"})
    assert Deal.objects.get(pk=lost.pk).lost_reason == "Too expensive"
    deal = make.deal(stage=make.stage_of(pipeline))
    assert '<option value="Too expensive">' in browser.get(f"/deals/{deal.pk}/").content.decode()
    browser.post(f"{url}{reason.pk}/archiving/")
    assert '<option value="Too expensive">' not in browser.get(f"/deals/{deal.pk}/").content.decode()
    browser.post(f"{url}{reason.pk}/deletion/")

    assert not LostReason.objects.exists()
    assert Deal.objects.get(pk=lost.pk).lost_reason == "Too expensive"


def test_a_lead_is_converted_on_its_page_and_taken_back(browser, pipeline):
    leads = services.create_pipeline(name="Leads", currency="BRL", kind="lead", by=SYSTEM)
    lead = make.deal(stage=make.stage_of(leads), name="Oak?")
    stage = make.stage_of(pipeline)
    assert "Convert" in browser.get(f"/deals/{lead.pk}/").content.decode()
    assert browser.get(f"/deals/{make.deal(stage=stage).pk}/conversion/").status_code == 404

    sent = {"person": "Rita Reis", "company": "Reis", "opens": "1", "name": "Oak", "amount": "1.500,00"}
    assert browser.post(f"/deals/{lead.pk}/conversion/", sent).status_code == 422
    done = browser.post(f"/deals/{lead.pk}/conversion/", sent | {"stage": stage.pk})

    made = Conversion.objects.get()
    assert done.headers["Location"] == f"/deals/{made.deal_id}/"
    assert (made.deal.amount, made.company.name) == (1500, "Reis")
    assert "Came from the lead" in browser.get(f"/deals/{made.deal_id}/").content.decode()
    assert "Take back" in browser.get(f"/deals/{lead.pk}/").content.decode()
    assert browser.post(f"/deals/{lead.pk}/conversion/", sent | {"stage": stage.pk}).status_code == 422
    browser.post(f"/deals/{lead.pk}/conversion/undo/")
    lead.refresh_from_db()
    assert lead.closed_at is None
    assert not Deal.objects.present().filter(pk=made.deal_id).exists()


def test_a_deal_is_copied(browser, pipeline):
    deal = make.deal(stage=make.stage_of(pipeline), name="Kitchen")

    there = browser.post(f"/deals/{deal.pk}/copy/").headers["Location"]

    assert "Kitchen (copy)" in browser.get(there).content.decode()


def test_pipelines_are_made_from_templates_and_deleted(browser, pipeline):
    made = browser.post(
        "/settings/pipelines/", {"name": "Houses", "currency": "BRL", "template": "property"}
    ).headers["Location"]
    houses = Pipeline.objects.get(name="Houses")
    assert houses.icon == "house"
    page = browser.get(made).content.decode()
    assert "Viewing arranged" in page
    sent = {"name": "Houses", "currency": "EUR", "icon": "star", "color": "7", "asks_lost_reason": "on"}
    browser.post(made, sent)
    houses.refresh_from_db()
    assert (houses.currency, houses.color, houses.asks_lost_reason) == ("EUR", 7, True)
    foreign = make.stage_of(pipeline)
    pay = f"/settings/pipelines/{houses.pk}/payments/"
    assert browser.post(pay, {"stage_on_paid": foreign.pk}).status_code == 422
    assert browser.post(pay, {"stage_on_paid": houses.stages.get(kind="won").pk}).status_code == 303
    make.deal(stage=houses.stages.order_by("position")[0])
    end = f"/settings/pipelines/{houses.pk}/deletion/"
    assert browser.post(end).status_code == 422
    assert browser.post(end, {"to": foreign.pk}).status_code == 303

    assert Deal.objects.get().stage == foreign


def test_the_rules_of_a_stage_are_set(browser, pipeline):
    stage = make.stage_of(pipeline, "In progress")
    url = f"/settings/stages/{stage.pk}/"
    sent = {"name": "Doing", "probability": "40", "due_hours": "72", "remind_before": "60"}

    assert browser.post(url, sent | {"probability": "140"}).status_code == 422
    assert browser.post(url, sent | {"name": "New"}).status_code == 422
    assert browser.post(url, sent | {"required": ["amount", "person"]}).status_code == 303

    stage.refresh_from_db()
    assert (stage.name, stage.probability, stage.due_hours, stage.remind_before) == ("Doing", 40, 72, 60)
    assert stage.required == ["amount", "person"]
    assert "wants 2 fields" in browser.get(f"/settings/pipelines/{pipeline.pk}/").content.decode()


def test_a_deal_of_somebody_who_left_is_offered_to_others(browser, people, pipeline):
    deal = make.deal(stage=make.stage_of(pipeline), assignee=people.bruno)
    people.bruno.is_active = False
    people.bruno.save(update_fields=["is_active"])

    page = browser.get(f"/deals/{deal.pk}/").content.decode()

    assert "is not in the team any more" in page
    assert browser.post(f"/deals/{deal.pk}/assignee/", {"value": people.bruno.pk}).status_code == 422
    assert browser.post(f"/deals/{deal.pk}/assignee/", {"value": people.ana.pk}).status_code == 303


def test_a_pipeline_wears_its_colour(browser, pipeline):
    Pipeline.objects.filter(pk=pipeline.pk).update(color=7)

    assert 'class="hue sign hue-7"' in browser.get(f"/deals/pipelines/{pipeline.pk}/").content.decode()
