"""Imports and exports over the API."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from afluente.accounts.models import Role
from afluente.contacts.models import Contact
from afluente.contacts.statements import search
from afluente.transfer.models import Export, Import
from tests import cast, make
from tests.calls import token_of

pytestmark = pytest.mark.django_db
TABLE = "Name;E-mail;Size\nLia Prado;lia@example.com;4\nRui;rui@example.com;many\n;;1\n"
SCOPES = ("contacts:read", "contacts:write", "contacts:export")


@pytest.fixture
def call(people):
    """`call("GET", "/imports")` with a token of the owner; `file` is sent as a form."""

    def make_call(
        method: str, path: str, body: Any = None, *, file: str | None = None, key: str = "", **who: Any
    ) -> tuple[int, Any]:
        answer = make_call.send(method, path, body, file=file, key=key, **who)
        return answer.status_code, answer.json() if answer.content else None

    def send(method, path, body=None, *, file=None, key="", as_=people.ana, scopes=SCOPES):
        token = tokens.get(key) or token_of(as_, scopes)
        if key:
            tokens[key] = token
        headers = {"Authorization": f"Bearer {token}", **({"Idempotency-Key": key} if key else {})}
        if file is not None:
            sent = SimpleUploadedFile("people.csv", file.encode())
            return cast.Browser().post(f"/api/v1{path}", {"file": sent}, headers=headers)
        data = json.dumps(body) if body is not None else ""
        return cast.Browser().generic(
            method, f"/api/v1{path}", data=data, content_type="application/json", headers=headers
        )

    tokens: dict[str, str] = {}
    make_call.send = send
    return make_call


def test_a_file_comes_in_step_by_step_and_is_taken_back(call, work):
    _, made = call("POST", "/imports", file=TABLE)
    assert (made["state"], made["reading"]["delimiter"]) == ("draft", ";")
    assert [one["target"] for one in made["columns"]] == ["full_name", "email", ""]
    address = f"/imports/{made['id']}"

    status, asked = call("POST", f"{address}/columns", {"columns": {"Size": "new:number"}, "tags": ["Fair"]})
    assert (status, asked["state"]) == (200, "checking")
    work()
    _, checked = call("GET", address)
    assert (checked["state"], checked["total"]) == ("checked", 3)
    assert checked["preview"] == {"created": 1, "updated": 0, "skipped": 0, "failed": 2}
    assert ("Size", "many") in {(one["column"], one["value"]) for one in checked["bad_values"]}

    call("POST", f"{address}/fixes", {"fixes": [{"column": "Size", "value": "many", "act": "clear"}]})
    work()
    assert call("POST", f"{address}/acts/start")[0] == 200
    work()
    _, done = call("GET", address)
    assert (done["state"], done["done"], done["has_errors"]) == ("done", 3, True)
    assert done["result"] == {"created": 2, "updated": 0, "skipped": 0, "failed": 1, "undone": 0, "kept": 0}
    _, rows = call("GET", f"{address}/rows?outcome=failed")
    assert [one["number"] for one in rows["items"]] == [4]
    errors = b"".join(call.send("GET", f"{address}/errors").streaming_content).decode("utf-8-sig")
    assert errors.splitlines()[1].startswith(";;1;4;")

    call("POST", f"{address}/acts/undo")
    work()
    assert call("GET", address)[1]["state"] == "undone"
    assert not Contact.objects.present().exists()


@pytest.mark.parametrize(
    ("step", "body", "status", "field"),
    [
        ("columns", {"columns": {"Nobody": "email"}}, 422, "columns.Nobody"),
        ("columns", {"columns": {"Size": "shoe"}}, 422, "columns.Size"),
        ("columns", {"columns": {"Name": "", "E-mail": ""}}, 422, "columns"),
        ("columns", {"match": "phone"}, 422, "match"),
        ("columns", {"match": "luck"}, 422, "match"),
        ("columns", {"assignee_id": 999_999}, 422, "assignee_id"),
        ("columns", {"colours": {}}, 422, "colours"),
        ("fixes", {"fixes": [{"column": "Size", "value": "4", "act": "to"}]}, 422, "fixes.0"),
        ("fixes", {"fixes": [{"column": "Nobody", "value": "4", "act": "skip"}]}, 422, "fixes.0.column"),
        ("reading", {"sheet": "Sheet2"}, 422, "sheet"),
        ("acts/start", None, 409, None),
        ("acts/dance", None, 422, "act"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_moves(call, step, body, status, field):
    _, made = call("POST", "/imports", file=TABLE)

    answered, problem = call("POST", f"/imports/{made['id']}/{step}", body)

    assert (answered, problem["error"]["field"]) == (status, field)
    assert Import.objects.get().state == Import.State.DRAFT


def test_a_repeat_with_its_key_makes_no_second_import(call):
    first = call("POST", "/imports", file=TABLE, key="order-7")

    assert call("POST", "/imports", file=TABLE, key="order-7") == first
    assert Import.objects.count() == 1


def test_a_file_that_is_none_is_refused_by_name(call):
    status, problem = call("POST", "/imports", file="")

    assert (status, problem["error"]["field"]) == (422, "file")
    assert not Import.objects.exists()


def test_another_way_of_reading_is_taken(call):
    _, made = call("POST", "/imports", file=TABLE)

    _, read = call("POST", f"/imports/{made['id']}/reading", {"delimiter": ","})

    assert [one["header"] for one in read["columns"]] == ["Name;E-mail;Size"]


def test_contacts_go_out_by_filter_and_columns(call, work):
    make.contact(name="Lia Prado", emails=["lia@example.com"])
    make.contact(name="Rui")
    search.index_contacts(list(Contact.objects.values_list("pk", flat=True)))

    status, made = call("POST", "/exports", {"query": "q=lia", "columns": ["email", "first_name"]})
    assert (status, made["state"]) == (201, "waiting")
    work()
    _, ready = call("GET", f"/exports/{made['id']}")
    assert (ready["state"], ready["total"]) == ("ready", 1)
    body = b"".join(call.send("GET", f"/exports/{made['id']}/content").streaming_content)
    assert body.decode("utf-8-sig").splitlines()[1].replace('"', "") == "lia@example.com;Lia"

    assert call("DELETE", f"/exports/{made['id']}") == (204, None)
    assert call("GET", f"/exports/{made['id']}/content")[0] == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"columns": ["email", "shoe"]}, "columns.1"),
        ({"columns": []}, "columns"),
        ({"format": "pdf"}, "format"),
        ({"query": "where=shoe.is:9"}, "query"),
        ({"query": "q=a", "contact_ids": [1]}, None),
        ({"who": 1}, "who"),
    ],
)
def test_an_export_that_cannot_be_is_refused_by_name(call, body, field):
    status, problem = call("POST", "/exports", body)

    assert (status, problem["error"]["field"]) == (422, field)
    assert not Export.objects.exists()


def test_exporting_is_a_scope_and_a_right_of_its_own(call, people):
    assert call("POST", "/exports", {}, scopes=("contacts:read", "contacts:write"))[0] == 403
    people.bruno.role = Role.MEMBER
    people.bruno.save()
    assert call("POST", "/exports", {}, as_=people.bruno)[0] == 403
    assert call("GET", "/exports", as_=people.bruno)[0] == 403
    assert not Export.objects.exists()


def test_a_file_sees_only_who_sent_it(call, people):
    _, made = call("POST", "/imports", file=TABLE)

    for path in ("", "/rows", "/errors"):
        assert call("GET", f"/imports/{made['id']}{path}", as_=people.bruno)[0] == 404
    assert call("GET", "/imports", as_=people.bruno)[1]["items"] == []


def test_lists_go_on_where_they_ended_and_ask_no_more_for_more(call, django_assert_max_num_queries):
    for _ in range(3):
        call("POST", "/imports", file=TABLE)

    _, page = call("GET", "/imports?limit=2")
    _, rest = call("GET", f"/imports?limit=2&cursor={page['next']}")

    assert [len(page["items"]), len(rest["items"]), rest["next"]] == [2, 1, None]
