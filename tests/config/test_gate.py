"""What every call to the API passes: scopes, keys, limits, states; asked of every operation."""

from __future__ import annotations

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from afluente.accounts import services as accounts
from afluente.accounts.models import Scope
from afluente.config import urls  # noqa: F401  brings every slice's router
from afluente.config.api import api
from afluente.contacts.models import Contact
from afluente.files.models import File
from tests import cast, make

pytestmark = pytest.mark.django_db
DOCUMENT = api.get_openapi_schema(path_prefix="/api/v1/")
OPERATIONS = [
    (method.upper(), path, one) for path, ways in DOCUMENT["paths"].items() for method, one in ways.items()
]


@pytest.fixture
def token_of(people):
    """`token_of(scopes)`: the text of a token that Ana made."""

    def made(scopes=tuple(Scope.values), by=people.ana):
        return accounts.create_token(name="Site", scopes=scopes, by=by)[1]

    return made


@pytest.fixture
def call(token_of):
    """`call(method, path, body)` with a token that opens everything."""
    everything = token_of()

    def send(method, path, body=None, *, token=everything, **headers):
        given = {"Authorization": f"Bearer {token}", **{k.replace("_", "-"): v for k, v in headers.items()}}
        content = json.dumps(body) if body is not None else ""
        return cast.Browser().generic(
            method, f"/api/v1{path}", content, content_type="application/json", headers=given
        )

    return send


def filled(path):
    """The address with something in its holes."""
    whole = re.sub(r"\{lead_id\}", "00000000-0000-4000-8000-000000000000", path)
    return re.sub(r"\{[^}]+\}", "1", whole).removeprefix("/api/v1")


def test_every_operation_refuses_a_token_without_its_scope_and_no_token(call, token_of):
    wrong = []
    for method, path, one in OPERATIONS:
        (needed,) = one["security"][0]["token"]
        spare = {"leads:write"} if needed == "leads:read" else set()  # who sends leads may read them
        token = token_of(sorted(set(Scope.values) - {needed} - spare))
        refused = call(method, filled(path), {}, token=token)
        stranger = call(method, filled(path), {}, token="nonsense")
        code = refused.json().get("error", {}).get("code")
        if (refused.status_code, code, stranger.status_code) != (403, "scope_missing", 401):
            wrong.append((method, path, refused.status_code, code, stranger.status_code))

    assert wrong == []
    assert {one["security"][0]["token"][0] for _, _, one in OPERATIONS} <= set(Scope.values)


def test_the_document_says_everything_of_every_operation():
    silent = [
        (method, path)
        for method, path, one in OPERATIONS
        if not (one.get("description") and one["summary"] and one["tags"] and "401" in one["responses"])
    ]
    names = [one["operationId"] for _, _, one in OPERATIONS]

    assert (DOCUMENT["openapi"], silent) == ("3.1.0", [])
    assert len(names) == len(set(names)) > 50


def test_a_repeat_with_its_key_is_answered_and_not_done_again(call):
    first = call("POST", "/contacts", {"first_name": "Lia"}, Idempotency_Key="k1")
    again = call("POST", "/contacts", {"first_name": "Lia"}, Idempotency_Key="k1")
    other = call("POST", "/contacts", {"first_name": "Leo"}, Idempotency_Key="k1")

    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert (again.headers["Idempotency-Replayed"], Contact.objects.count()) == ("true", 1)
    assert (other.status_code, other.json()["error"]["code"]) == (422, "key_reused")


def test_deleting_again_with_the_key_is_answered_like_the_first_time(call):
    tag = call("POST", "/tags", {"name": "VIP"}).json()["id"]

    statuses = [call("DELETE", f"/tags/{tag}", Idempotency_Key="k2").status_code for _ in range(2)]

    assert statuses == [204, 204]
    assert call("DELETE", f"/tags/{tag}").status_code == 404


def test_a_large_file_is_kept_once_whatever_the_frame_around_it(token_of):
    headers = {"Authorization": f"Bearer {token_of()}", "Idempotency-Key": "file-1"}

    def send(first):
        content = first + b"x" * 3_000_000
        file = SimpleUploadedFile("plan.txt", content, content_type="text/plain")
        return cast.Browser().post("/api/v1/files", {"file": file}, headers=headers)

    answers = [send(b"a"), send(b"a"), send(b"b")]

    assert [answer.status_code for answer in answers] == [201, 201, 422]
    assert (answers[0].content, File.objects.count()) == (answers[1].content, 1)
    assert File.objects.get().size == 3_000_001


def test_too_many_calls_are_told_when_to_come_back(call, token_of, settings):
    settings.API_RATE = 2
    other = token_of()

    answers = [call("GET", "/tags") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[0].headers["RateLimit-Policy"] == '"token";q=2;w=60'
    assert re.fullmatch(r'"token";r=1;t=\d+', answers[0].headers["RateLimit"])
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 60
    assert answers[2].json()["error"]["code"] == "too_many_calls"
    assert call("GET", "/tags", token=other).status_code == 200


def test_what_was_read_is_not_sent_again_and_not_overwritten_when_it_changed(call):
    contact = make.contact(name="Lia Prado")
    place = f"/contacts/{contact.pk}"
    tag = call("GET", place).headers["ETag"]

    assert call("GET", place, If_None_Match=tag).status_code == 304
    changed = call("PATCH", place, {"location": "Recife"}, If_Match=tag)
    late = call("PATCH", place, {"location": "Natal"}, If_Match=tag)
    assert (changed.status_code, late.status_code) == (200, 412)
    assert late.json()["error"]["code"] == "changed_meanwhile"
    assert call("PATCH", place, {"location": "Natal"}, If_Match=changed.headers["ETag"]).status_code == 200
    assert call("PATCH", place, {"location": "Olinda"}, If_Match="*").status_code == 200


def test_the_reference_shows_every_operation_to_everybody():
    page = cast.Browser().get("/api/v1/docs")

    text = page.content.decode()
    assert page.status_code == 200
    assert text.count('<details class="operation"') == len(OPERATIONS)
    assert "contacts:write" in text
    assert "camila@example.com" in text


def test_a_token_says_when_it_was_used_last(call, people):
    from afluente.accounts.models import ApiToken

    call("GET", "/tags")

    assert ApiToken.objects.get().last_used_at is not None


def test_what_the_database_has_no_room_for_is_a_mistake_of_the_caller(call):
    answer = call("GET", "/files?since=6474-03-06T12:11:47-17:38")

    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")
