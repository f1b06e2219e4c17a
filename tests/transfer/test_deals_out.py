"""Taking deals out into a file (issue 4, point 8)."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from afluente.accounts.models import AuditEntry
from afluente.deals.models import Deal
from afluente.deals.selectors import export_rows
from afluente.deals.selectors.picking import DealSelection
from afluente.transfer import services
from afluente.transfer.models import Export
from afluente.transfer.selectors.usual import USUAL_DEALS
from tests import cast, make
from tests.calls import token_of
from tests.transfer.test_exporting import cells, content


def made(member: Any, format: str = "csv", query: str = "", columns: Any = USUAL_DEALS) -> Export:  # noqa: A002
    begun = services.begin_export(
        about="deals", selection=DealSelection(query=query), columns=columns, format=format, member=member
    )
    services.make_export(workspace_id=begun.workspace_id, export_id=begun.pk)
    begun.refresh_from_db()
    return begun


@pytest.fixture
def deal(ana: Any) -> Deal:
    person = make.contact(name="Ana Prado", emails=("a@a.example",))
    make.pipeline()
    return make.deal(name="=HYPERLINK(1)", amount=Decimal("1234.5"), contacts=(person,), assignee=ana)


def test_a_file_of_deals_holds_its_columns_and_is_written_down(ana: Any, deal: Deal):
    found = made(ana, columns=["name", "stage", "amount", "currency", "person_email", "assignee"])

    assert cells(found) == [
        ["Deal", "Stage", "Value", "Currency", "E-mail of a person", "Assignee"],
        ["'=HYPERLINK(1)", deal.stage.name, "1234,5", "BRL", "a@a.example", "Ana Souza"],
    ]
    entry = AuditEntry.objects.get(kind="export.made")
    assert (entry.actor_id, entry.after["deals"]) == (ana.pk, 1)


def test_a_spreadsheet_holds_the_same(ana: Any, deal: Deal):
    book = CalamineWorkbook.from_filelike(io.BytesIO(content(made(ana, "xlsx", columns=["name", "amount"]))))

    assert book.get_sheet_by_index(0).to_python() == [["Deal", "Value"], ["=HYPERLINK(1)", 1234.5]]


def test_the_filter_narrows_and_the_right_to_export_counts(ana: Any, bruno: Any, deal: Deal):
    make.deal(name="Small", amount=Decimal(5), stage=deal.stage)

    assert [row[0] for row in cells(made(ana, query="where=amount.lte:10"))[1:]] == ["Small"]
    assert made(bruno).reason == "There is no deal to export."


def test_what_went_out_comes_in_again(ana: Any, deal: Deal, send: Any, bring: Any):
    body = content(made(ana))
    Deal.objects.update(name="Old")

    def begun() -> Any:
        return services.begin_import(
            name="deals.csv", body=io.BytesIO(body), size=len(body), member=ana, about="deals"
        )

    known, new = bring(begun()), bring(begun(), match="none")

    deal.refresh_from_db()
    again = Deal.objects.exclude(pk=deal.pk).get()
    assert (known.match, known.updated_count, deal.name) == ("number", 1, "=HYPERLINK(1)")
    assert (new.created_count, new.failed_count) == (1, 0)
    assert (again.name, again.amount, again.stage_id) == ("=HYPERLINK(1)", deal.amount, deal.stage_id)
    assert (again.assignee_id, again.contacts.get().pk) == (ana.pk, deal.contacts.get().pk)


@pytest.mark.parametrize("rows", [1, 4])
def test_questions_do_not_grow_with_rows(rows: int, ana: Any, deal: Deal, django_assert_num_queries: Any):
    for _ in range(rows - 1):
        make.deal(stage=deal.stage, assignee=ana, contacts=(make.contact(),))

    with django_assert_num_queries(9):
        assert (
            len(export_rows(ids=[one.pk for one in Deal.objects.all()], keys=USUAL_DEALS, member=ana)) == rows
        )


def test_programs_take_deals_out_and_bring_them_in(people: Any, deal: Deal):
    token = token_of(people.ana, ("contacts:read", "contacts:write", "contacts:export"))
    headers = {"Authorization": f"Bearer {token}"}

    def call(method: str, path: str, body: Any = None) -> Any:
        data = json.dumps(body) if body is not None else ""
        return cast.Browser().generic(
            method, f"/api/v1{path}", data=data, content_type="application/json", headers=headers
        )

    keys = [one["key"] for one in call("GET", "/exports/columns?about=deals").json()["items"]]
    assert {"stage", "lost_reason"} <= set(keys)
    begun = call("POST", "/exports", {"about": "deals", "deal_ids": [deal.pk]})
    assert (begun.status_code, begun.json()["about"]) == (201, "deals")
    refused = call("POST", "/exports", {"about": "deals", "contact_ids": [1]})
    assert refused.status_code == 422
    assert call("POST", "/exports", {"about": "deals", "format": "vcf"}).status_code == 422
    codes = [one["code"] for one in call("GET", "/imports/targets?about=deals").json()["items"]]
    assert {"title", "stage", "email"} <= set(codes)
    sent = io.BytesIO(b"Deal,Value\nRoof,12\n")
    sent.name = "deals.csv"
    begun = cast.Browser().post("/api/v1/imports?about=deals", {"file": sent}, headers=headers).json()
    answer = call(
        "POST", f"/imports/{begun['id']}/columns", {"match": "none", "stage_id": deal.stage_id}
    ).json()
    assert (answer["about"], answer["state"]) == ("deals", "checking")
    assert call("POST", f"/imports/{begun['id']}/columns", {"stage_id": 99999}).status_code == 422


def test_the_list_leads_to_a_file(client: Any, people: Any, deal: Deal):
    client.force_login(people.ana.user)
    page = client.get(f"/deals/pipelines/{deal.pipeline_id}/?status=list").content.decode()
    assert "/exports/new/?about=deals" in page
    asked = client.get(f"/exports/new/?about=deals&ids={deal.pk}").content.decode()
    assert "E-mail of a person" in asked
    assert "vCard" not in asked.partition("Columns")[0].partition("Format")[2].partition("In CSV")[0]
    said = {"about": "deals", "ids": str(deal.pk), "format": "csv", "column": ["name"]}
    assert client.post("/exports/new/", said).status_code == 303
    assert Export.objects.get().about == "deals"
