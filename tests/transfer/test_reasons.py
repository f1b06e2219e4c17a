"""Why a row did not come in, or stayed, in the language of whoever reads it."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from afluente.contacts.models import Contact
from afluente.transfer import services
from afluente.transfer.models import Import, ImportRow
from tests import cast, make
from tests.calls import token_of

FILE = "Nome,E-mail,Tamanho\nAna,ana@a.example,4\nBia,bia@a.example,grande\n,,\n,,7\nC,c@a.example,1,9\n"
SAID = {
    "pt-br": "grande: Escreva um número.",
    "pl": "grande: Wpisz liczbę.",
    "en": "grande: Write a number.",
}
NOBODY = {
    "pt-br": "Nada nesta linha diz quem é",
    "pl": "Nic w tym wierszu nie mówi, kto to",
    "en": "Nothing in this row says who it is",
}


def speak(member: Any, language: str) -> None:
    type(member.user).objects.filter(pk=member.user_id).update(language=language)


@pytest.fixture
def failed(send: Any, check: Any, work: Any, ana: Any) -> Import:
    """Brought in by Ana, who speaks Portuguese: one row is in, three are not."""
    speak(ana, "pt-br")
    given = check(send(FILE), mapping=["full_name", "email", "new:number"])
    services.start_import(import_id=given.pk)
    work()
    given.refresh_from_db()
    assert (given.created_count, given.failed_count) == (1, 3)
    return given


@pytest.mark.parametrize("language", ["pt-br", "pl", "en"])
def test_rows_their_file_and_the_screen_speak_the_readers_language(
    failed: Import, client_as: Any, people: Any, language: str
):
    speak(people.dora, language)
    browser = client_as(people.dora)

    page = browser.get(reverse("transfer:import", args=[failed.pk])).content.decode()
    sent = browser.get(reverse("transfer:errors", args=[failed.pk]))
    lines = b"".join(sent.streaming_content).decode("utf-8-sig").splitlines()

    assert SAID[language] in page
    assert NOBODY[language] in page
    assert sent["Content-Disposition"].startswith("attachment;")
    assert int(sent["Content-Length"]) > 100
    words = {"pt-br": "Linha,Motivo", "pl": "Wiersz,Powód", "en": "Row,Reason"}
    assert lines[0] == f"Nome,E-mail,Tamanho,{words[language]}"
    assert lines[1] == f"Bia,bia@a.example,grande,3,{SAID[language]}"
    assert lines[2].replace('"', "").startswith(f",,7,5,{NOBODY[language]}")
    assert lines[3].startswith("C,c@a.example,1,6,")
    assert lines[3].endswith(",9")


@pytest.mark.parametrize("language", ["pt-br", "pl"])
def test_a_program_asks_for_its_language(failed: Import, people: Any, language: str):
    headers = {
        "Authorization": f"Bearer {token_of(people.ana, ('contacts:read', 'contacts:write'))}",
        "Accept-Language": language,
    }
    answer = cast.Browser().get(f"/api/v1/imports/{failed.pk}/rows?outcome=failed", headers=headers)

    assert answer.json()["items"][0]["reason"] == SAID[language]


def test_the_preview_and_the_values_are_worded_for_whoever_looks(
    send: Any, check: Any, client_as: Any, people: Any
):
    speak(people.ana, "pl")
    given = check(send(FILE), mapping=["full_name", "email", "new:number"])
    speak(people.ana, "pt-br")
    browser = client_as(people.ana)

    preview = browser.get(reverse("transfer:import", args=[given.pk])).content.decode()
    values = browser.get(reverse("transfer:values", args=[given.pk]) + "?stay").content.decode()

    assert SAID["pt-br"] in preview
    assert "Escreva um número." in values
    assert "Wpisz" not in preview + values


def test_what_was_kept_when_it_was_taken_back_names_its_fields_in_the_readers_language(
    send: Any, bring: Any, work: Any, client_as: Any, people: Any
):
    speak(people.ana, "pl")
    known = make.contact(name="Ana Velha", emails=("ana@a.example",))
    given = bring(send("Nome,Sobrenome,E-mail\nAna,Nova,ana@a.example\n"))
    Contact.objects.filter(pk=known.pk).update(last_name="Outra")
    services.undo_import(import_id=given.pk)
    work()

    speak(people.ana, "pt-br")
    page = client_as(people.ana).get(reverse("transfer:import", args=[given.pk])).content.decode()

    assert "Alterado desde então e mantido: Sobrenome" in page


def test_reasons_of_before_are_read_as_they_stand(failed: Import, client_as: Any, people: Any):
    ImportRow.objects.filter(batch=failed, number=3).update(reason="Escrito antes.")
    speak(people.dora, "pl")
    browser = client_as(people.dora)

    page = browser.get(reverse("transfer:import", args=[failed.pk])).content.decode()

    assert "Escrito antes." in page
