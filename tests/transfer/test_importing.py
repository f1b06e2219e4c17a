"""Bringing in a file of contacts (issue 3, point 9)."""

from __future__ import annotations

import random
from typing import Any

import pytest

from afluente.contacts import selectors as contacts
from afluente.contacts import services as contact_services
from afluente.contacts.models import Contact, ContactEmail, ContactPhone
from afluente.kernel import blobs
from afluente.timeline.models import Comment, Event
from afluente.transfer import services
from afluente.transfer.models import ExternalId, Import, ImportRow
from tests import make

MESSY = (
    "Nome;Sobrenome;E-mail;Celular;Empresa;Etiquetas;Cidade;Observações;Valor;Cliente desde\n"
    "Ana;Prado;ana@exemplo.com.br;(11) 98412-3307;Maré Ltda;VIP, Parceiro;Santos;Ligar à tarde;1.234,56;13/02/2024\n"
    "Bia;;bia@exemplo.com.br;11 91234-5678;;;;;12,5;01/03/2024\n"
)


def test_a_file_in_portuguese_comes_in_whole(send: Any, bring: Any):
    given = send(MESSY)
    assert given.shape["delimiter"] == ";"
    assert (given.shape["decimal"], given.shape["order"]) == (",", "dmy")
    mapping = [*given.mapping[:8], "new:number", "new:moment"]
    assert mapping[:8] == ["first_name", "last_name", "email", "phone", "company", "tags", "location", "note"]

    done = bring(given, mapping=mapping)

    assert (done.state, done.created_count, done.failed_count) == ("done", 2, 0)
    ana = Contact.objects.get(first_name="Ana")
    card = contacts.api_contacts([ana.pk])[0]
    assert (ana.last_name, ana.location, ana.source, ana.source_name) == (
        "Prado",
        "Santos",
        "import",
        "people.csv",
    )
    assert [one["e164"] for one in card["phones"]] == ["+5511984123307"]
    assert sorted(tag["name"] for tag in card["tags"]) == ["Parceiro", "VIP"]
    assert {one["name"]: one["value"] for one in card["attributes"]} == {
        "Valor": 1234.56,
        "Cliente desde": "2024-02-13T03:00:00+00:00",
    }
    assert [one.name for one in ana.companies.all()] == ["Maré Ltda"]
    assert Comment.objects.get(contact_id=ana.pk).text == "Ligar à tarde"
    told = Event.objects.get(kind="contact.created", contact_id=ana.pk)
    assert told.data["import"] == {"id": given.pk, "file": "people.csv", "row": 2}


def test_who_is_known_is_updated_and_nothing_is_emptied(send: Any, bring: Any, ana: Any):
    known = make.contact(name="Ana Velha", emails=("ana@exemplo.com.br",))
    given = send(
        "Nome,Sobrenome,E-mail,Celular\nAna,Prado,ANA@exemplo.com.br,11984123307\nNova,,,11987654321\n"
    )

    done = bring(given)

    assert (done.created_count, done.updated_count) == (1, 1)
    known.refresh_from_db()
    assert known.last_name == "Prado"
    assert ContactPhone.objects.get(contact=known).e164 == "+5511984123307"
    assert ContactEmail.objects.filter(contact=known).count() == 1
    told = Event.objects.filter(kind="contact.changed", contact_id=known.pk)
    assert told.count() == 1
    assert told[0].data["last_name"] == ["Velha", "Prado"]


def test_filling_only_what_is_empty_and_leaving_alone(send: Any, bring: Any, ana: Any):
    known = make.contact(name="Ana Velha", emails=("ana@exemplo.com.br",))
    text = "Nome,Sobrenome,E-mail,Cidade\nAninha,Prado,ana@exemplo.com.br,Santos\n"

    bring(send(text), policy="fill")
    known.refresh_from_db()
    assert (known.first_name, known.last_name, known.location) == ("Ana", "Velha", "Santos")

    given = send(text)
    services.set_columns(
        import_id=given.pk,
        mapping=given.mapping,
        match="email",
        policy="skip",
        tags=[],
        assignee_id=None,
        may_make_fields=False,
        by=services.actor_of(ana),
    )
    services.check_import(workspace_id=given.workspace_id, import_id=given.pk)
    given.refresh_from_db()
    assert (given.report["created"], given.report["updated"], given.report["skipped"]) == (0, 0, 1)


def test_two_rows_of_one_person_are_one_contact(send: Any, check: Any, bring: Any, ana: Any):
    given = send("Nome,E-mail,Celular\nAna,ana@a.example,11984123307\nAna P,ana@a.example,11987654321\n")

    assert check(given).report["updated"] == 1
    services.start_import(import_id=given.pk)
    services.run_import(workspace_id=given.workspace_id, import_id=given.pk)

    assert Contact.objects.count() == 1
    assert ContactPhone.objects.count() == 2


OFFICE = (
    "Nome;Sobrenome;E-mail;Telefone\n"
    "Pedro;Duarte;pedro@sol.example;(11) 3333-2001\n"
    "Bruno;Alves;bruno@sol.example;1133332001\n"
    "Bruno;Alves;;11 3333 2001\n"
    "Carla;Reis;;(11) 3333-2001\n"
)


def test_colleagues_who_share_the_phone_of_the_office_stay_apart(send: Any, check: Any, bring: Any, ana: Any):
    given = send(OFFICE)
    looked = check(given).report

    done = bring(send(OFFICE))

    assert (looked["created"], looked["updated"] + looked["skipped"]) == (3, 1)
    assert (done.created_count, done.updated_count + done.skipped_count) == (3, 1)
    assert sorted(Contact.objects.values_list("first_name", flat=True)) == ["Bruno", "Carla", "Pedro"]


def test_by_phone_alone_a_phone_is_one_person(send: Any, bring: Any):
    bring(send(OFFICE), match=Import.Match.PHONE)

    assert Contact.objects.count() == 1


def test_two_columns_of_an_export_are_not_one_name(send: Any):
    given = send(
        "ID,Full name,Contact name,Responsible user,Work phone,Mobile phone,Work email,Tags\n"
        "1,Kamil Kos,,,,,k@a.example,\n"
    )

    assert (given.layout, given.mapping[1:3]) == ("kommo", ["full_name", ""])


def test_a_bad_value_is_said_once_and_fixed_for_all_rows(send: Any, check: Any, ana: Any):
    field = contact_services.create_field(
        name="Tamanho", kind="select", options=["P", "G"], by=services.actor_of(ana)
    )
    rows = "".join(f"Pessoa {n},p{n}@a.example,{'Grande' if n % 2 else 'P'}\n" for n in range(6))
    given = check(send(f"Nome,E-mail,Tamanho\n{rows}"))
    assert given.report["failed"] == 3
    ((raw, count, _why, is_fatal),) = given.report["bad"]["2"]
    assert (raw, count, is_fatal) == ("Grande", 3, True)

    services.fix_values(import_id=given.pk, fixes={"2": {"Grande": {"act": "to", "to": "G"}}})
    services.check_import(workspace_id=given.workspace_id, import_id=given.pk)
    given.refresh_from_db()
    assert (given.report["failed"], given.report["created"]) == (0, 6)
    services.start_import(import_id=given.pk)
    services.run_import(workspace_id=given.workspace_id, import_id=given.pk)

    held = contacts.values_of([one.pk for one in Contact.objects.all()], [field.pk])
    assert sorted(value[field.pk] for value in held.values()) == ["G", "G", "G", "P", "P", "P"]


def test_a_fix_that_is_wrong_itself_can_be_mended(send: Any, check: Any, ana: Any):
    contact_services.create_field(
        name="Tamanho", kind="select", options=["P", "G"], by=services.actor_of(ana)
    )
    given = check(send("Nome,E-mail,Tamanho\nAna,a@a.example,Grande\n"))
    for raw, to in (("Grande", "Gigante"), ("Gigante", "G")):
        services.fix_values(import_id=given.pk, fixes={"2": {raw: {"act": "to", "to": to}}})
        services.check_import(workspace_id=given.workspace_id, import_id=given.pk)
    given.refresh_from_db()

    assert (given.report["failed"], given.report["created"]) == (0, 1)


def test_the_file_of_errors_speaks_the_language_of_whoever_imports(
    send: Any, check: Any, work: Any, ana: Any
):
    type(ana.user).objects.filter(pk=ana.user_id).update(language="pt-br")
    given = check(send("Nome,E-mail\nA,a@a.example,x\nB,b@a.example\n"))
    services.start_import(import_id=given.pk)
    work()

    given.refresh_from_db()
    text = b"".join(blobs.storage().read(given.errors.key, size=given.errors.size)).decode("utf-8-sig")
    assert text.splitlines()[0] == "Nome,E-mail,Linha,Motivo"


def test_the_file_of_errors_of_cards_is_headed_in_that_language_and_can_be_sent_again(
    send: Any, check: Any, work: Any, ana: Any
):
    type(ana.user).objects.filter(pk=ana.user_id).update(language="pt-br")
    cards = "BEGIN:VCARD\nFN:Lia Prado\nEMAIL:lia@a.example\nEND:VCARD\nBEGIN:VCARD\nFN:Rui\nTITLE:Chefe\n"
    given = check(send(cards, "people.vcf"))
    services.start_import(import_id=given.pk)
    work()

    given.refresh_from_db()
    text = b"".join(blobs.storage().read(given.errors.key, size=given.errors.size)).decode("utf-8-sig")
    heads = text.splitlines()[0]
    assert heads.startswith("Primeiro nome,Sobrenome,E-mail,Telefone,Empresa,Cargo,Endereço,")
    again = send(text.replace("Rui", "Rui Sá"), "again.csv")
    assert again.mapping[:6] == ["first_name", "last_name", "email", "phone", "company", "position"]


@pytest.mark.parametrize("ends", ["done", "cancelled"])
def test_the_file_of_errors_holds_what_failed_before_and_after_a_pause(
    send: Any, check: Any, work: Any, monkeypatch: Any, ends: str
):
    given = check(send("Nome,E-mail\nA,a@a.example,x\nB,b@a.example\nC,c@a.example,x\n"))
    services.start_import(import_id=given.pk)
    # As a worker leaves it that was told to pause behind the first row.
    Import.objects.filter(pk=given.pk).update(state="paused", position=2, failed_count=1)
    ImportRow.objects.create(batch=given, number=2, outcome="failed", reason="Too many cells.")
    work()
    if ends == "done":
        services.resume_import(import_id=given.pk)
    else:
        services.cancel_import(import_id=given.pk)
    work()

    given.refresh_from_db()
    assert given.state == ends
    text = b"".join(blobs.storage().read(given.errors.key, size=given.errors.size)).decode("utf-8-sig")
    names = [line.split(",")[0] for line in text.splitlines()[1:]]
    assert names == (["A", "C"] if ends == "done" else ["A"])


def test_the_preview_says_before_and_after_and_writes_nothing(send: Any, check: Any, ana: Any):
    known = make.contact(name="Ana Velha", emails=("ana@exemplo.com.br",))
    events = Event.objects.count()

    given = check(send("Nome,Sobrenome,E-mail,Empresa\nAna,Prado,ana@exemplo.com.br,Nova SA\n"))

    (sample,) = given.report["samples"]["updated"]
    assert sample["changes"]["last_name"] == ["Velha", "Prado"]
    assert sample["changes"]["companies"] == [[], ["Nova SA"]]
    known.refresh_from_db()
    assert (known.last_name, Event.objects.count(), known.companies.count()) == ("Velha", events, 0)


def test_rows_that_fail_are_said_and_the_others_come_in(send: Any, bring: Any):
    given = send(
        "Nome,E-mail\nAna,ana@a.example\n,\nBia,bia@a.example,extra,cells\n,\n\nCid,not an address\n"
    )

    done = bring(given)

    assert (done.created_count, done.failed_count) == (2, 1)
    failed = ImportRow.objects.get(outcome="failed")
    assert failed.number == 4
    assert "2 cells" in failed.reason


def test_somebody_else_s_contact_is_never_changed(send: Any, bring: Any, ana: Any, bruno: Any):
    hers = make.contact(name="Ana", emails=("ana@exemplo.com.br",), assignee=ana)

    given = bring(send("Nome,E-mail\nOutra,ana@exemplo.com.br\nNova,n@a.example\n", member=bruno))

    hers.refresh_from_db()
    assert (hers.first_name, given.failed_count, given.created_count) == ("Ana", 1, 1)


def test_the_number_of_the_other_system_finds_people_again(send: Any, bring: Any):
    bring(send("ID,Nome\n77,Ana\n"), match="external")
    bring(send("ID,Nome\n77,Ana Prado\n"), match="external", mapping=["external_id", "full_name"])

    assert [one.name for one in Contact.objects.all()] == ["Ana Prado"]


def test_the_columns_of_such_a_file_are_remembered(send: Any, bring: Any):
    bring(send("A,B\nAna,x@a.example\n"), mapping=["first_name", "email"], match="email", policy="fill")

    again = send("A,B\nBia,y@a.example\n")

    assert (again.mapping, again.match, again.policy) == (["first_name", "email"], "email", "fill")


def test_run_again_nothing_comes_in_twice(send: Any, bring: Any):
    given = bring(send("Nome\nAna\nBia\n"), match="none")
    services.run_import(workspace_id=given.workspace_id, import_id=given.pk)

    assert Contact.objects.count() == 2
    assert ImportRow.objects.count() == 2


def test_a_number_of_another_system_goes_along_in_a_merge(send: Any, bring: Any, ana: Any):
    bring(send("ID,Nome\n77,Ana\n"), match="external", mapping=["external_id", "full_name"])
    theirs = Contact.objects.get()
    known = make.contact(name="Ana Velha")
    (merged,) = contact_services.merge_contacts(
        groups=[contact_services.Group(contact_ids=[known.pk, theirs.pk], survivor_id=known.pk)],
        by=services.actor_of(ana),
    )
    again = "ID,Nome,Cidade\n77,,Santos\n"
    bring(send(again), match="external", mapping=["external_id", "full_name", "location"])
    assert [(one.pk, one.location) for one in Contact.objects.present()] == [(known.pk, "Santos")]

    contact_services.unmerge_contacts(merge_ids=merged.merge_ids, by=services.actor_of(ana))
    assert ExternalId.objects.get().contact_id == theirs.pk


def test_the_preview_counts_as_the_run_does(send: Any, check: Any, bring: Any):
    head = "Nome;E-mail;Telefone;Etiquetas;Empresa;Porte\n"
    known = "Lia;lia@a.example;11 98412-3307;VIP;Maré;4\nRui;rui@a.example;;;;\n"
    first = send(head + known)
    mapping = ["full_name", "email", "phone", "tags", "company", "new:number"]
    bring(first, mapping=mapping)
    again = known + "Rui;rui@a.example;;VIP;;\nEva;eva@a.example;;;;\nEva;eva@a.example;;;;\n"
    given = check(send(head + again))

    counted = {name: given.report[name] for name in ("created", "updated", "skipped", "failed")}
    services.start_import(import_id=given.pk)
    services.run_import(workspace_id=given.workspace_id, import_id=given.pk)
    given.refresh_from_db()

    assert counted == {"created": 1, "updated": 1, "skipped": 3, "failed": 0}
    assert counted == {name: getattr(given, f"{name}_count") for name in counted}


def counted(given: Import, check: Any) -> tuple[list[int], list[int]]:
    """What the preview says of new, updated, skipped and failed rows, and what the run made of them."""
    looked = check(given).report
    names = ("created", "updated", "skipped", "failed")
    services.start_import(import_id=given.pk)
    services.run_import(workspace_id=given.workspace_id, import_id=given.pk)
    given.refresh_from_db()
    return [looked[name] for name in names], [getattr(given, f"{name}_count") for name in names]


def test_rows_that_fit_one_contact_by_different_addresses_all_count(send: Any, check: Any, bring: Any):
    known = make.contact(name="Lia Prado", emails=("lia@a.example", "lia@b.example"))
    given = send("Nome;E-mail;Cidade\nLia Prado;lia@a.example;Recife\nLia Prado;lia@b.example;Natal\n")

    looked, done = counted(given, check)

    assert looked == done == [0, 2, 0, 0]
    known.refresh_from_db()
    assert known.location == "Natal"


def test_a_second_row_that_says_nothing_new_is_foreseen_as_skipped(send: Any, check: Any):
    make.contact(name="Rui Sá", emails=("rui@a.example", "rui@b.example"))
    given = send(
        "Nome;E-mail;Cidade\nEva;eva@a.example;Recife\n;eva@a.example;\nEva;eva@a.example;Natal\n"
        "Rui Sá;rui@a.example;\nRui Sá;rui@b.example;\nEva;;\n;lia@a.example;Olinda\n"
        ";lia@a.example;Recife\n;lia@a.example;Olinda\n"
    )

    looked, done = counted(given, check)

    assert looked == done == [3, 3, 3, 0]
    shown = [row["row"] for row in given.report["samples"]["skipped"]]
    assert shown == sorted(shown)
    assert Contact.objects.count() == 4


def test_rows_of_one_contact_are_taken_back_to_the_first_state(send: Any, bring: Any, work: Any):
    known = make.contact(name="Lia Prado", emails=("lia@a.example", "lia@b.example"))
    given = bring(
        send(
            "Nome;E-mail;Cidade\nLia;lia@a.example;Recife\nLia Sá;lia@b.example;Natal\n;lia@a.example;Olinda\n"
        )
    )

    services.undo_import(import_id=given.pk)
    work()

    known.refresh_from_db()
    given.refresh_from_db()
    assert (known.first_name, known.last_name, known.location) == ("Lia", "Prado", "")
    assert (given.undone_count, given.kept_count) == (3, 0)


def test_surplus_cells_stand_in_the_file_of_errors(send: Any, bring: Any):
    given = bring(send("Nome;E-mail\nLia;lia@a.example\nRui;rui@a.example;Recife;=1+1\n"))

    services.keep_errors(workspace_id=given.workspace_id, import_id=given.pk)
    given.refresh_from_db()
    body = b"".join(blobs.storage().read(given.errors.key, size=given.errors.size)).decode("utf-8-sig")
    assert body.splitlines()[1].startswith("Rui;rui@a.example;3;")
    assert body.splitlines()[1].endswith(";Recife;'=1+1")


def test_one_surplus_cell_is_one(send: Any, bring: Any):
    given = bring(
        send("Nome;E-mail\nLia;lia@a.example;Recife\nRui;rui@a.example;Recife;Sul\nEva;eva@a.example\n")
    )

    services.keep_errors(workspace_id=given.workspace_id, import_id=given.pk)
    given.refresh_from_db()
    body = b"".join(blobs.storage().read(given.errors.key, size=given.errors.size)).decode("utf-8-sig")
    assert "has 1 cell more" in body or "tem 1 célula a mais" in body
    assert "has 2 cells more" in body or "tem 2 células a mais" in body


def test_bytes_that_are_no_text_are_refused(send: Any):
    given = send(bytes(random.Random(7).randbytes(4000)), "people.csv")

    assert given.state == "failed"
    assert "This is no text" in given.reason


def test_signs_that_nobody_sees_stay_outside(send: Any, bring: Any):
    bring(send("Nome,Sobrenome,E-mail,Cidade\nA\u202en\u200ba,Co\u2066s\u00adta,a@a.example,San\u200btos\n"))
    bring(send("Nome,Sobrenome,E-mail,Cidade\nLia\u202e,P\ufeffrado,a@a.example,\u2066Natal\n"))

    (one,) = Contact.objects.all()
    assert (one.first_name, one.last_name, one.location) == ("Lia", "Prado", "Natal")
