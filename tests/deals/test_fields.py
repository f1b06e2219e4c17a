"""Fields of deals: of one pipeline, or of all of them (crm.md 2.3, SP-181)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.http import QueryDict

from afluente.contacts import selectors as contacts
from afluente.contacts import services as fields
from afluente.contacts.models import EVERY
from afluente.deals.models import DealValue
from afluente.deals.selectors import BoardFilter
from afluente.timeline.events import SYSTEM
from tests import make
from tests.deals.test_api import Program

pytestmark = pytest.mark.django_db
LIST = "/settings/contacts/fields/"


@pytest.fixture
def browser(people, client_as):
    return client_as(people.dora)


def test_a_pipeline_has_fields_of_its_own_beside_the_common_ones(browser):
    sales, rental = make.pipeline(name="Sales"), make.pipeline(name="Rental")

    browser.post(f"{LIST}?of=deal", {"name": "Budget", "kind": "number"})
    browser.post(f"{LIST}?of=deal&in={rental.pk}", {"name": "Months", "kind": "number"})

    assert [one.name for one in contacts.fields_for("deal", sales.pk)] == ["Budget"]
    assert [one.name for one in contacts.fields_for("deal", rental.pk)] == ["Budget", "Months"]
    assert browser.get(f"{LIST}?of=deal&in=999999").status_code == 404
    page = browser.get(f"{LIST}?of=deal&in={rental.pk}").content.decode()
    assert "Months" in page
    assert ">Budget<" not in page


def test_a_field_goes_with_what_deals_have_in_it(browser):
    made = fields.create_field(entity="deal", name="Budget", kind="number", by=SYSTEM)
    deal = make.deal()
    fields.replace_values("deal", {deal.pk: {made.pk: Decimal(7)}})

    assert "1 value goes with it" in browser.get(f"{LIST}{made.pk}/deletion/").content.decode()
    assert browser.post(f"{LIST}{made.pk}/deletion/").headers["Location"] == f"{LIST}?of=deal"
    assert not DealValue.objects.exists()
    assert contacts.fields_of("deal", EVERY) == []


def test_deals_are_filtered_by_their_fields(people):
    pipeline = make.pipeline(name="Rental")
    made = fields.create_field(entity="deal", scope_id=pipeline.pk, name="Months", kind="number", by=SYSTEM)
    long, short = make.deal(name="Long"), make.deal(name="Short")
    given = {long.pk: {made.pk: Decimal(24)}, short.pk: {made.pk: Decimal(3)}}
    fields.replace_values("deal", given, scope_id=EVERY)

    asked = BoardFilter.read(QueryDict(f"where=field-{made.pk}.gte:12"))

    assert list(asked.apply(type(long).objects.all(), member=people.dora)) == [long]
    assert next(chip.words for chip in asked.chips(people.dora, "/", "")).startswith("Months (Rental)")


def test_programs_make_fields_of_pipelines(people):
    pipeline = make.pipeline(name="Rental")
    api = Program(people.dora, "contacts:read", "contacts:write")
    asked = {"entity": "deal", "scope_id": pipeline.pk, "name": "Months"}

    made = api.send("post", "fields", asked)
    lost = api.send("post", "fields", asked | {"scope_id": 999999})
    found = api.get("fields", entity="deal", scope_id=pipeline.pk)

    assert (made.status_code, lost.status_code) == (201, 422)
    assert [one["name"] for one in found.json()["items"]] == ["Months"]
