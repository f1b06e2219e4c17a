"""The store for programs, and resumable uploads by a client that others wrote."""

from __future__ import annotations

import hashlib
import io
import random

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tusclient.client import TusClient

from afluente.accounts import services as accounts
from afluente.files.models import Attachment, File
from afluente.kernel.workspace import scope
from tests import cast, make

SCOPES = ["files:read", "files:write"]


@pytest.fixture
def call(ana):
    """`call("get", "/files")` as a program with a token of Ana's."""
    _token, text = accounts.create_token(name="Robot", scopes=SCOPES, by=ana)
    browser = cast.browser()

    def ask(method, path, body=None, **more):
        kind = {} if body is None else {"data": body, "content_type": "application/json"}
        headers = {"authorization": f"Bearer {text}", **more.pop("headers", {})}
        return getattr(browser, method)(f"/api/v1{path}", headers=headers, **(kind | more))

    return ask


def test_a_file_goes_through_its_life(call):
    contact = make.contact()

    made = call("post", "/files", data={"file": SimpleUploadedFile("offer.txt", b"An offer.")})
    assert made.status_code == 201, made.content
    number = made.json()["id"]
    record = {"kind": "contact", "entity_id": contact.pk}
    assert call("post", f"/files/{number}/attachments", record).status_code == 204
    listed = call("get", f"/files?kind=contact&entity_id={contact.pk}").json()["items"]
    assert [one["name"] for one in listed] == ["offer.txt"]
    assert call("patch", f"/files/{number}", {"name": "price.txt"}).json()["name"] == "price.txt"
    assert b"".join(call("get", f"/files/{number}/content").streaming_content) == b"An offer."
    assert (
        call("delete", f"/files/{number}/attachments?kind=contact&entity_id={contact.pk}").status_code == 204
    )
    assert Attachment.objects.count() == 0
    assert call("delete", f"/files/{number}").status_code == 204
    assert call("get", f"/files/{number}").status_code == 404


def test_a_program_is_refused_with_a_code(call, lying):
    answer = call("post", "/files", data={"file": SimpleUploadedFile("a.txt", b"#!/bin/sh\n")})

    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "program")
    assert (File.objects.count(), lying()) == (0, [])


def test_folders_and_room(call):
    made = call("post", "/files/folders", {"name": "Offers"}).json()
    inner = call("post", "/files/folders", {"name": "2026", "folder_id": made["id"]}).json()

    assert inner["parent_id"] == made["id"]
    assert len(call("get", "/files/folders").json()["items"]) == 2
    assert call("get", "/files/statistics").json()["folders"] == 2
    assert call("delete", f"/files/folders/{made['id']}").status_code == 204
    assert call("get", "/files/folders").json()["items"] == []


def test_a_token_without_the_scope_reads_nothing(ana):
    _token, text = accounts.create_token(name="Robot", scopes=["contacts:read"], by=ana)

    answer = cast.browser().get("/api/v1/files", headers={"authorization": f"Bearer {text}"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "scope_missing")


@pytest.mark.smoke
def test_a_standard_client_uploads_and_resumes_against_the_running_product(served):
    import httpx

    workspace = make.workspace()
    with scope(workspace.pk):
        ana = make.member(role="owner")
        _token, text = accounts.create_token(name="Robot", scopes=SCOPES, by=ana)
    data = random.Random(7).randbytes(3_000_000)
    headers = {"Authorization": f"Bearer {text}"}
    client = TusClient(f"{served.url}/api/v1/files/uploads", headers=headers)
    told = {"filename": "film.mp4"}

    first = client.uploader(file_stream=io.BytesIO(data), chunk_size=1_000_000, metadata=told)
    first.upload_chunk()
    second = client.uploader(file_stream=io.BytesIO(data), chunk_size=1_000_000, url=first.url)
    assert second.get_offset() == 1_000_000
    second.upload()

    deadline = 60
    with httpx.Client(headers=headers, base_url=f"{served.url}/api/v1") as http:
        while not (found := http.get("/files").json()["items"]) and (deadline := deadline - 1):
            import time

            time.sleep(0.5)
        assert found[0]["sha256"] == hashlib.sha256(data).hexdigest()
        content = http.get(f"/files/{found[0]['id']}/content", headers={"Range": "bytes=1000-1999999"})
    assert (content.status_code, content.content) == (206, data[1000:2_000_000])
    assert content.headers["content-security-policy"].startswith("sandbox")
