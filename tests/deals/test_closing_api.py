"""Closing and reopening by a program, and what more is changed of many at once (issue 4, points 3, 4 and 8)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from afluente.contacts import services as contacts
from afluente.contacts.models import BulkChange
from afluente.deals.models import Deal
from afluente.timeline.events import SYSTEM
from afluente.timeline.models import Event
from tests import make
from tests.deals.test_api import Program


@pytest.fixture
def program(people: Any) -> Program:
    return Program(people.ana, "deals:read", "deals:write")


def test_a_deal_is_won_with_its_final_value_and_reopened_where_it_was(program: Program):
    pipeline = make.pipeline()
    deal = make.deal(stage=make.stage(pipeline=pipeline, name="Talking"))

    won = program.send("post", f"deals/{deal.pk}/closure", {"outcome": "won", "amount": "12.50"}).json()
    again = program.send("delete", f"deals/{deal.pk}/closure", {}).json()

    assert (won["status"], won["amount"], won["closed_at"] is not None) == ("won", "12.5", True)
    assert (again["status"], again["stage_id"]) == ("open", deal.stage_id)
    kinds = list(Event.objects.filter(deal_id=deal.pk).order_by("pk").values_list("kind", flat=True))
    assert kinds == ["deal.changed", "deal.moved", "deal.moved"]


def test_a_reason_that_is_wanted_is_named_and_nothing_changes(program: Program):
    pipeline = make.pipeline()
    pipeline.asks_lost_reason = True
    pipeline.save()
    deal = make.deal(stage=make.stage_of(pipeline))

    refused = program.send("post", f"deals/{deal.pk}/closure", {"outcome": "lost", "amount": "7"})

    assert refused.status_code == 422
    assert refused.json()["error"]["code"] == "missing"
    deal.refresh_from_db()
    assert (deal.closed_at, deal.amount) == (None, 0)
    done = program.send("post", f"deals/{deal.pk}/closure", {"outcome": "lost", "lost_reason": "Price"})
    assert (done.json()["status"], done.json()["lost_reason"]) == ("lost", "Price")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"outcome": "won", "amount": "-1"}, "amount"),
        ({"outcome": "won", "amount": "many"}, "amount"),
        ({"outcome": "won", "lost_reason": "x"}, "lost_reason"),
    ],
)
def test_what_is_wrong_is_named(program: Program, body: Any, field: str):
    make.pipeline()
    deal = make.deal()

    refused = program.send("post", f"deals/{deal.pk}/closure", body)

    assert (refused.status_code, refused.json()["error"]["field"]) == (422, field)


def test_company_and_value_of_many_are_changed_and_taken_back(client_as: Any, people: Any):
    make.pipeline()
    contacts.create_company(name="Maré Ltda", by=SYSTEM)
    deals = [make.deal(amount=Decimal(number)) for number in (5, 9)]
    picked = {"ids": ",".join(str(deal.pk) for deal in deals), "list": "1"}
    client = client_as(people.ana)
    asked = {**picked, "do": "preview", "what": "company", "typed": "mare ltda"}
    assert "Change 2 deals" in client.post("/deals/bulk/", asked).content.decode()

    client.post("/deals/bulk/", {**asked, "do": "run"})
    client.post("/deals/bulk/", {**picked, "do": "run", "what": "amount", "typed": "1.234,50"})

    found = set(Deal.objects.values_list("company__name", "amount"))
    assert found == {("Maré Ltda", Decimal("1234.5"))}
    for change in BulkChange.objects.order_by("-pk"):
        client.post(f"/deals/bulk/{change.pk}/undo/")
    assert set(Deal.objects.values_list("company__name", "amount")) == {(None, 5), (None, 9)}


def test_a_company_that_there_is_none_of_is_said(client_as: Any, people: Any):
    make.pipeline()
    asked = {"ids": str(make.deal().pk), "do": "preview", "what": "company", "typed": "Nobody"}

    page = client_as(people.ana).post("/deals/bulk/", asked).content.decode()

    assert "There is no company called Nobody." in page


def test_programs_change_value_and_company_of_many(program: Program):
    make.pipeline()
    contacts.create_company(name="Maré", by=SYSTEM)
    deal = make.deal()
    for what, value in (("company", "Maré"), ("amount", "12.5")):
        body = {"deals": {"deal_ids": [deal.pk]}, "change": {"what": what, "value": value}}
        assert program.send("post", "deals/bulk-changes", body).json()["changed"] == 1
    deal.refresh_from_db()
    assert (deal.company is not None, deal.amount) == (True, Decimal("12.5"))
