"""Nothing that a program sends is passed over: asked of every operation of the document."""

from __future__ import annotations

import json
import re

import pytest

from afluente.accounts import services as accounts
from afluente.accounts.models import Scope
from afluente.config import urls  # noqa: F401  brings every slice's router
from afluente.config.api import api
from tests import cast, make

pytestmark = pytest.mark.django_db
DOCUMENT = api.get_openapi_schema(path_prefix="/api/v1/")
OPERATIONS = [
    (method.upper(), path, one) for path, ways in DOCUMENT["paths"].items() for method, one in ways.items()
]
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@pytest.fixture
def call(people):
    """`call(method, path, body)` with a token that opens everything; `body` may be bytes."""
    token = accounts.create_token(name="Site", scopes=list(Scope.values), by=people.ana)[1]

    def send(method, path, body=None, kind="application/json", **headers):
        content = body if isinstance(body, (bytes, str)) else json.dumps(body) if body is not None else ""
        given = {"Authorization": f"Bearer {token}", **headers}
        place = path if path.startswith("/api") else f"/api/v1{path}"
        return cast.Browser().generic(method, place, content, content_type=kind, headers=given)

    return send


def filled(path):
    whole = re.sub(r"\{lead_id\}", "00000000-0000-4000-8000-000000000000", path)
    whole = whole.replace("{kind}", "email").replace("{step}", "undo")
    return re.sub(r"\{[^}]+\}", "1", whole)


def said(answer):
    """Status, code and field of a refusal, which must say in words what to do and what is left."""
    error = answer.json()["error"]
    assert error["message"].endswith((".", "!")), error
    assert "RateLimit" in answer.headers, (answer.status_code, error)
    return answer.status_code, error["code"], error["field"]


def is_multipart(one):
    return "multipart/form-data" in one.get("requestBody", {}).get("content", {})


def shape_of(one):
    """The properties that the body of an operation may have."""
    schema = one.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    if schema is None:
        return None
    if "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema.get("properties", {})


def test_a_parameter_that_an_operation_does_not_know_is_refused_by_its_name(call):
    wrong = {}
    for method, path, _one in OPERATIONS:
        if path == "/api/v1/leads":  # answered before Django: tests/intake
            continue
        found = said(call(method, f"{filled(path)}?colour=blue", {}))
        if found != (422, "unknown_parameter", "colour"):
            wrong[f"{method} {path}"] = found

    assert wrong == {}


def test_a_parameter_said_twice_or_with_a_value_it_cannot_have_is_refused_by_its_name(call):
    wrong = {}
    asked = 0
    for method, path, one in OPERATIONS:
        for parameter in one["parameters"]:
            name, schema = parameter["name"], parameter["schema"]
            if parameter["in"] != "query":
                continue
            if schema.get("type") != "array":
                asked += 1
                twice = said(call(method, f"{filled(path)}?{name}=1&{name}=2", {}))
                if twice != (422, "invalid", name):
                    wrong[f"{method} {path} {name} twice"] = twice
    for method, path, name in BROKEN:
        asked += 1
        found = said(call(method, path))
        if found != (422, "invalid", name):
            wrong[f"{method} {path}"] = found

    assert wrong == {}
    assert asked > 60


FREE = {"address", "q", "system", "value"}  # texts that may say anything


def _broken():
    """Every parameter that is not free text, with a value that it cannot have."""
    for method, path, one in OPERATIONS:
        for parameter in one["parameters"]:
            name = parameter["name"]
            if parameter["in"] != "query" or name in FREE or method != "GET":
                continue
            needed = "&q=ana" if path.endswith("/search") else ""
            yield method, f"{path}?{name}=no!{needed}", name


BROKEN = [one for one in _broken() if "{" not in one[1]]


def test_a_cursor_of_another_list_is_no_beginning(call):
    contact = make.contact(name="Lia Prado")
    wrong = {}
    lists = [
        path for method, path, one in OPERATIONS if any(p["name"] == "cursor" for p in one["parameters"])
    ]
    for path in lists:
        place = re.sub(r"\{contact_id\}", str(contact.pk), path)
        if "{" in place:
            place = re.sub(r"\{[^}]+\}", "1", place)
        for cursor in ("12x", "-1", "bm9uc2Vuc2U", "1-2-3", "99999999999999999999"):
            found = said(call("GET", f"{place}?cursor={cursor}"))
            if found != (422, "invalid", "cursor"):
                wrong[f"{path} {cursor}"] = found

    assert wrong == {}
    assert len(lists) >= 9


@pytest.mark.parametrize(
    ("place", "field"),
    [
        ("/contacts?where=tag.is:999999", "where"),
        ("/contacts?where=colour.is:blue", "where"),
        ("/contacts?where=source.is:telepathy", "where"),
        ("/contacts?where=messenger.is:telegram,pigeon", "where"),
        ("/contacts?where=first_name.is:Ana,Lia", "where"),
        ("/contacts?source=telepathy", "source"),
        ("/contacts?assignee=999999", "assignee"),
        ("/contacts?q=ana&updated=2026-01-01T00:00:00Z", "updated"),
        ("/deals?where=status.is:sleeping", "where"),
        ("/deals?where=currency.is:XXZ", "where"),
        ("/deals?where=task.is:open,lost", "where"),
        ("/deals?pipeline_id=999999", "pipeline_id"),
        ("/deals?stage_id=999999", "stage_id"),
        ("/deals?assignee_id=999999", "assignee_id"),
        ("/deals?source=telepathy", "source"),
        ("/tasks?assignee_id=999999", "assignee_id"),
        ("/tasks?contact_id=999999", "contact_id"),
        ("/tasks?company_id=999999", "company_id"),
        ("/files?folder_id=999999", "folder_id"),
        ("/files?kind=contact", "entity_id"),
        ("/files?entity_id=1", "kind"),
        ("/contacts/{id}/history?kind=contact.dreamt", "kind"),
        ("/contacts/{id}/comments?parent_id=999999", "parent_id"),
    ],
)
def test_a_filter_that_nothing_can_fit_says_so(call, place, field):
    contact = make.contact(name="Lia Prado")

    found = said(call("GET", place.replace("{id}", str(contact.pk))))

    assert found == (422, "invalid", field)


def test_a_name_twice_in_a_body_is_refused_by_its_name(call):
    wrong = {}
    asked = 0
    for method, path, one in OPERATIONS:
        properties = shape_of(one)
        if not properties:
            continue
        asked += 1
        name = next(iter(properties))
        answer = call(method, filled(path), f'{{"{name}": 1, "{name}": 2}}')
        error = answer.json()["error"]
        if (answer.status_code, error["code"], error["field"]) != (422, "invalid", name):
            wrong[f"{method} {path}"] = (answer.status_code, error)

    assert wrong == {}
    assert asked > 25


def test_a_body_that_is_no_json_says_where(call):
    found = call("POST", "/tags", b'{"name": ')

    assert (found.status_code, found.json()["error"]["code"]) == (400, "json_invalid")
    assert "line 1" in found.json()["error"]["message"]
    assert call("POST", "/tags", b'{"name": NaN}').json()["error"]["code"] == "json_invalid"
    assert call("POST", "/tags", b"[" * 100_000).json()["error"]["code"] == "json_invalid"


def test_a_body_of_another_kind_is_refused(call):
    wrong = {}
    for method, path, one in OPERATIONS:
        if (shape_of(one) is None and not is_multipart(one)) or path in {"/api/v1/leads", "/api/v1/deals"}:
            continue
        found = said(call(method, filled(path), b"<a/>", "application/xml"))
        if found != (415, "content_type", "Content-Type"):
            wrong[f"{method} {path}"] = found

    assert wrong == {}
    assert call("POST", "/tags", {"name": "VIP"}, "application/vnd.crm+json").status_code == 201


def test_a_method_that_an_address_has_not_is_told_which_it_has(call):
    wrong = {}
    for path in DOCUMENT["paths"]:
        has = {method for method, other, _ in OPERATIONS if other == path}
        for method in {*METHODS, "TRACE"} - has:
            answer = call(method, filled(path))
            allowed = set(answer.headers.get("Allow", "").split(", "))
            if said(answer)[:2] != (405, "method_not_allowed") or not has <= allowed:
                wrong[f"{method} {path}"] = (answer.status_code, allowed)

    assert wrong == {}


@pytest.mark.parametrize(
    "path", ["/api/v1/contact", "/api/v1/contacts/", "/api/v1/", "/api/v1/contacts/7/dreams"]
)
def test_an_address_that_is_not_there_is_refused_in_the_shape_of_all_refusals(call, path):
    assert said(call("GET", path)) == (404, "not_found", None)
    assert said(call("POST", path, {})) == (404, "not_found", None)


def test_strangers_are_counted_by_where_they_come_from_and_told_what_is_left(people, settings):
    settings.API_RATE = 2

    answers = [cast.Browser().get("/api/v1/contacts") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert answers[0].headers["RateLimit-Policy"] == '"address";q=2;w=60'
    assert answers[2].headers["Retry-After"]
