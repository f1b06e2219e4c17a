"""Automatic exports and imports in parts over the API."""

from __future__ import annotations

import io
import json

import pytest

from afluente.accounts.models import Role
from afluente.contacts.models import SavedFilter
from afluente.kernel import clock
from afluente.timeline.models import Event
from afluente.transfer.models import Import, Schedule
from tests import cast, make
from tests.calls import caller, token_of

pytestmark = pytest.mark.django_db
TUS = {"Tus-Resumable": "1.0.0"}
TABLE = b"Name;E-mail\nLia Prado;lia@example.com\nRui;rui@example.com\n"


@pytest.fixture
def call(people):
    return caller(people.ana, ("contacts:export",))


def sender(member, *scopes):
    """`send("PATCH", address, data, {header: value})` with one token of `member`."""
    token = token_of(member, scopes)

    def send(method, path, data=b"", headers=None):
        kind = (headers or {}).get("Content-Type", "application/json")
        sent = data if isinstance(data, bytes) else json.dumps(data).encode()
        told = {"Authorization": f"Bearer {token}", **(headers or {})}
        more = {"wsgi.input": io.BytesIO(sent)}  # as the bridge gives it: to be read twice
        return cast.Browser().generic(
            method, f"/api/v1{path}", data=sent, content_type=kind, headers=told, **more
        )

    return send


def test_an_automatic_export_is_set_up_changed_and_ended(call, people):
    kept = SavedFilter.objects.create(
        owner=people.ana, entity="contact", name="VIP", query="where=source.is:form", created_at=clock.now()
    )
    status, made = call(
        "POST", "/exports/schedules", {"name": "Weekly", "filter_id": kept.pk, "every": "week"}
    )
    assert (status, made["every"], made["is_on"], made["member_id"]) == (201, "week", True, people.ana.pk)
    assert made["columns"]

    address = f"/exports/schedules/{made['id']}"
    status, changed = call("PATCH", address, {"hour": 9, "columns": ["name", "email", "name"]})
    assert (status, changed["hour"], changed["columns"]) == (200, 9, ["name", "email"])
    assert (changed["name"], changed["filter_id"], changed["every"]) == ("Weekly", kept.pk, "week")
    assert call("GET", address) == (200, changed)
    assert call("GET", "/exports/schedules") == (200, {"items": [changed], "next": None})
    assert call("PATCH", address, {"filter_id": None})[1]["filter_id"] is None

    assert call("DELETE", address)[0] == 204
    assert call("GET", address)[0] == 404
    assert not Schedule.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": "A", "columns": ["nonsense"]}, "columns.0"),
        ({"name": "A", "columns": []}, None),
        ({"name": "A", "filter_id": 999}, None),
        ({"name": "A", "hour": 24}, "hour"),
        ({"name": "A", "member_id": 1}, "member_id"),
    ],
)
def test_what_cannot_be_set_up_is_refused_by_name(call, body, field):
    status, answer = call("POST", "/exports/schedules", body)

    assert (status, answer["error"]["field"]) == (422, field)
    assert not Schedule.objects.exists()


def test_who_may_not_export_sets_nothing_up_and_sees_nobody_elses(call, people):
    made = call("POST", "/exports/schedules", {"name": "Mine"})[1]
    address = f"/exports/schedules/{made['id']}"

    assert call("POST", "/exports/schedules", {"name": "B"}, as_=people.bruno)[0] == 403
    for method, body in (("GET", None), ("PATCH", {"hour": 3}), ("DELETE", None)):
        assert call(method, address, body, as_=people.bruno)[0] == 404
    assert call("GET", "/exports/schedules", scopes=("contacts:read", "contacts:write"))[0] == 403
    assert Schedule.objects.get().hour == 6


def test_a_file_comes_in_parts_and_goes_on_where_it_stood(people, work):
    send = sender(people.ana, "contacts:read", "contacts:write")
    begun = send("POST", "/imports/uploads", {"name": "people.csv", "size": len(TABLE)})
    assert begun.status_code == 201
    address = begun.json()["upload"].partition("/api/v1")[2]
    part = {**TUS, "Content-Type": "application/offset+octet-stream"}

    first = send("PATCH", address, TABLE[:20], {**part, "Upload-Offset": "0"})
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "20")
    wrong = send("PATCH", address, TABLE[:20], {**part, "Upload-Offset": "0"})
    assert (wrong.status_code, wrong.headers["Upload-Offset"]) == (409, "20")
    assert send("HEAD", address, headers=TUS).headers["Upload-Offset"] == "20"
    assert send("GET", f"/imports/{begun.json()['import_id']}").json()["state"] == "reading"
    send("PATCH", address, TABLE[20:], {**part, "Upload-Offset": "20"})
    work()

    given = send("GET", f"/imports/{begun.json()['import_id']}").json()
    assert (given["state"], [one["target"] for one in given["columns"]]) == ("draft", ["full_name", "email"])


def test_a_file_is_refused_before_a_byte_was_sent(people):
    send = sender(people.ana, "contacts:write")
    people.carla.role = Role.ANALYST
    people.carla.save()

    for body, code in (
        ({"name": "a.csv", "size": 0}, "empty"),
        ({"name": "a.csv", "size": 10**15}, "too_large"),
    ):
        answer = send("POST", "/imports/uploads", body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, code)
    other = sender(people.carla, "contacts:write")
    assert other("POST", "/imports/uploads", {"name": "a.csv", "size": 9}).status_code == 403
    assert not Import.objects.exists()


def test_a_change_of_a_number_in_another_system_is_told_in_the_history(people):
    contact = make.contact(name="Lia")
    call = caller(people.ana, ("contacts:read", "contacts:write"))
    address = f"/contacts/{contact.pk}/external-ids"

    def told():
        events = Event.objects.filter(contact_id=contact.pk, kind="contact.changed").order_by("pk")
        return [(one.actor_kind, one.data) for one in events]

    call("POST", address, {"system": "erp", "value": "77"})
    call("POST", address, {"system": "erp", "value": "77"})
    call("POST", address, {"system": "erp", "value": "78"})
    call("DELETE", f"{address}/erp")
    assert call("DELETE", f"{address}/erp")[0] == 404

    assert told() == [
        ("token", {"external:erp": ["", "77"]}),
        ("token", {"external:erp": ["77", "78"]}),
        ("token", {"external:erp": ["78", ""]}),
    ]
    page = cast.browser(people.ana).get(f"/contacts/{contact.pk}/").content.decode()
    assert "Number in erp" in page
