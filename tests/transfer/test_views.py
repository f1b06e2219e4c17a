"""The steps of an import as somebody walks them, without a script."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from afluente.contacts.models import Contact
from afluente.files import services as files
from afluente.kernel import doors
from afluente.transfer import services
from afluente.transfer.models import Import


def post(browser: Any, name: str, given: Import, data: dict[str, Any] | None = None, *more: Any) -> Any:
    return browser.post(reverse(f"transfer:{name}", args=[given.pk, *more]), data or {})


def test_the_four_steps(client_as: Any, ana: Any, work: Any):
    browser = client_as(ana)
    text = "Nome,E-mail,Nascimento\nAna,ana@a.example,2001-02-03\nBia,bia@a.example,não sei\n"
    sent = SimpleUploadedFile("people.csv", text.encode())
    answer = browser.post(reverse("transfer:imports"), {"file": sent})
    given = Import.objects.get()
    assert answer.url == reverse("transfer:file", args=[given.pk])

    page = browser.get(answer.url)
    assert "ana@a.example" in page.content.decode()
    answer = post(browser, "file", given, {**page.context["form"].initial, "next": "1"})
    assert answer.url == reverse("transfer:columns", args=[given.pk])
    page = browser.get(answer.url).content.decode()
    assert "Nascimento" in page
    columns = {"column-0": "first_name", "column-1": "email", "column-2": "new:moment"}
    answer = post(browser, "columns", given, {**columns, "match": "any", "policy": "update", "tags": "Feira"})
    assert answer.url == reverse("transfer:values", args=[given.pk])
    work()

    page = browser.get(answer.url).content.decode()
    assert "não sei" in page
    fixed = {"act-2-0": "clear", "raw-2-0": "não sei", "next": "1"}
    answer = post(browser, "values", given, fixed)
    work()
    page = browser.get(answer.url).content.decode()
    assert "Import 2 rows" in page
    assert not Contact.objects.exists()

    answer = post(browser, "act", given, {}, "start")
    work()
    page = browser.get(answer.url).content.decode()
    assert "Everything is in" in page
    assert sorted(one.first_name for one in Contact.objects.all()) == ["Ana", "Bia"]


def test_a_file_that_cannot_be_read_says_what_to_do(client_as: Any, ana: Any):
    browser = client_as(ana)
    for content, word in ((b"", "empty"), (b"PK\x03\x04 broken", "damaged"), (b"%PDF-1.7 x", "no table")):
        sent = SimpleUploadedFile("people.xlsx", content)
        answer = browser.post(reverse("transfer:imports"), {"file": sent}, follow=True)
        page = answer.content.decode()
        assert "people.xlsx" in page
        assert word in page


def test_a_file_as_large_as_the_page_promises_passes_the_door(settings: Any):
    assert doors.body_limit(reverse("transfer:imports")) > settings.FILE_LIMIT


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_often_for_three_as_for_one(client_as: Any, ana: Any, send: Any, count: int):
    for _ in range(count):
        send("Nome\nAna\n")
    browser = client_as(ana)
    browser.get(reverse("transfer:imports"))

    with CaptureQueriesContext(connection) as asked:
        browser.get(reverse("transfer:imports"))
    assert len([one for one in asked if "transfer_import" in one["sql"]]) == 1


def test_nobody_without_the_right_gets_in(client_as: Any, ana: Any, bruno: Any, send: Any):
    given = send("Nome\nAna\n")

    assert client_as(bruno).get(reverse("transfer:import", args=[given.pk])).status_code == 404
    assert post(client_as(bruno), "act", given, {}, "start").status_code == 404


def test_a_file_sent_in_parts_goes_on_where_it_stopped(client_as: Any, ana: Any, bruno: Any, work: Any):
    browser = client_as(ana)
    text = b"Nome,E-mail\nAna,ana@a.example\n"
    told = browser.post(reverse("transfer:uploads"), {"name": "people.csv", "size": len(text)}).json()
    page = browser.get(told["url"]).content.decode()
    assert "The file has not come whole yet." in page
    asked = {"filename": "people.csv", "kind": "import", "entity_id": str(told["id"])}
    metadata = ",".join(f"{name} {base64.b64encode(word.encode()).decode()}" for name, word in asked.items())
    tus = {"Tus-Resumable": "1.0.0"}
    begin = {**tus, "Upload-Length": str(len(text)), "Upload-Metadata": metadata}
    assert client_as(bruno).post(reverse("files:uploads"), headers=begin).status_code == 404
    address = browser.post(reverse("files:uploads"), headers=begin)["Location"]

    upload = address.rstrip("/").rpartition("/")[2]
    for offset, part in ((0, text[:9]), (9, text[9:])):  # the connection was cut in between
        assert browser.head(address, headers=tus)["Upload-Offset"] == str(offset)
        files.take_part(
            token=upload, offset=offset, body=io.BytesIO(part), size=len(part), member=ana,
            by=files.member_by(ana),
        )  # fmt: skip
    work()

    given = Import.objects.get()
    assert (given.state, given.headers, given.file.size) == ("draft", ["Nome", "E-mail"], len(text))


@pytest.mark.parametrize(
    ("sent", "word"),
    [
        ({"name": "people.csv", "size": 2 * 1024**3}, "too large"),
        ({"name": "people.csv", "size": 0}, "empty"),
        ({"name": "people.csv"}, "Choose a file first."),
    ],
)
def test_a_file_that_cannot_be_sent_is_refused_before_its_first_byte(client_as: Any, ana: Any, sent, word):
    answer = client_as(ana).post(reverse("transfer:uploads"), sent)

    assert (answer.status_code, word in answer.json()["problem"]) == (422, True)
    assert not Import.objects.exists()


def test_an_import_whose_file_never_came_is_forgotten(client_as: Any, ana: Any):
    told = client_as(ana).post(reverse("transfer:uploads"), {"name": "people.csv", "size": 9}).json()

    services.forget_import(import_id=told["id"])

    assert not Import.objects.exists()


def checked(browser: Any, work: Any, text: str) -> Import:
    """An import of e-mails with names that has come to its values."""
    browser.post(reverse("transfer:imports"), {"file": SimpleUploadedFile("people.csv", text.encode())})
    given = Import.objects.get()
    page = browser.get(reverse("transfer:file", args=[given.pk]))
    post(browser, "file", given, {**page.context["form"].initial, "next": "1"})
    columns = {"column-0": "first_name", "column-1": "email", "match": "any", "policy": "update"}
    post(browser, "columns", given, columns)
    work()
    return given


def test_values_that_are_all_right_lead_on_as_a_page_and_never_into_the_part_that_waits(
    client_as: Any, ana: Any, work: Any
):
    browser = client_as(ana)
    given = checked(browser, work, "Nome,E-mail\nAna,ana@a.example\n")

    answer = browser.get(reverse("transfer:values", args=[given.pk]), headers={"HX-Request": "true"})

    there = reverse("transfer:import", args=[given.pk])
    assert (answer.status_code, answer.headers["HX-Redirect"], answer.content) == (204, there, b"")


def test_the_result_says_how_many_rows_are_missing(client_as: Any, ana: Any, work: Any):
    browser = client_as(ana)
    given = checked(browser, work, "Nome,E-mail\nAna,ana@a.example\nBia,bia@a.example,too,many\n")
    answer = post(browser, "act", given, {}, "start")
    work()

    page = browser.get(answer.url).content.decode()

    assert "All but 1 row is in" in page
    assert "Everything is in" not in page
