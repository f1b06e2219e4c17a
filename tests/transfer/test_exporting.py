"""Taking contacts out into a file (SP-226; spec/reliability.md S-8)."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from afluente.accounts.models import AuditEntry
from afluente.contacts import services as contacts
from afluente.contacts.models import Contact
from afluente.contacts.selectors.selection import Selection
from afluente.contacts.statements import search
from afluente.files.models import File
from afluente.kernel import blobs
from afluente.transfer import services
from afluente.transfer.models import Export
from afluente.transfer.selectors.cells import guarded, unguarded
from tests import make

COLUMNS = ["first_name", "last_name", "email", "phone", "company", "tags", "location"]


def made(member: Any, format: str = "csv", columns: Any = COLUMNS, selection: Any = None) -> Export:  # noqa: A002
    begun = services.begin_export(
        selection=selection or Selection(query=""), columns=columns, format=format, member=member
    )
    services.make_export(workspace_id=begun.workspace_id, export_id=begun.pk)
    begun.refresh_from_db()
    return begun


def content(found: Export) -> bytes:
    file = File.objects.get(pk=found.file_id)
    return b"".join(blobs.storage().read(file.key, size=file.size))


def cells(found: Export) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content(found).decode("utf-8-sig")), delimiter=";"))


def test_a_file_is_named_by_the_clock_of_whoever_asks(ana: Any):
    with time_machine.travel("2026-03-01T01:30:00Z", tick=False), timezone.override("America/Sao_Paulo"):
        found = made(ana)

    assert found.name == "Contacts 2026-02-28 22.30.csv"


def test_csv_holds_the_columns_and_is_written_down(ana: Any):
    by = services.actor_of(ana)
    known = make.contact(name="Ana Prado", emails=("a@a.example", "b@a.example"), phones=("11 98412-3307",))
    field = contacts.create_field(name="Valor", kind="number", by=by)
    contacts.set_values(contact_ids=[known.pk], values={field.pk: Decimal("1234.5")}, by=by)

    found = made(ana, columns=[*COLUMNS[:4], f"field-{field.pk}"])

    assert (found.state, found.total) == ("ready", 1)
    head, row = cells(found)
    assert head == ["First name", "Last name", "E-mail", "Phone", "Valor"]
    assert row == ["Ana", "Prado", "a@a.example; b@a.example", "'+55 11 98412-3307", "1234,5"]
    entry = AuditEntry.objects.get(kind="export.made")
    assert (entry.actor_id, entry.after["contacts"]) == (ana.pk, 1)


def test_a_filter_narrows_and_nobody_takes_out_what_they_do_not_see(ana: Any, bruno: Any):
    make.contact(name="Ana Prado", assignee=ana)
    make.contact(name="Bia Lima", assignee=ana)
    search.index_contacts([one.pk for one in Contact.objects.all()])

    assert [row[0] for row in cells(made(ana, selection=Selection(query="q=prado")))[1:]] == ["Ana"]
    assert made(bruno).state == "failed"


FORMULAS = [
    f"{before}{sign}{rest}"
    for before in ("", " ", "\t", "\u200b", "\ufeff", "\u00a0", "'", "''")
    for sign in ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "|", "%")
    for rest in ("1+1", "cmd|' /C calc'!A0")
]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_starts_a_formula_and_nothing_is_lost(text: str):
    safe = guarded(text)

    assert safe.startswith("'")
    assert unguarded(safe) == text


def test_a_formula_in_a_name_is_inert_in_both_and_comes_back(ana: Any, send: Any, bring: Any):
    make.contact(name="=1+1 Prado", emails=("a@a.example",))
    sheet = made(ana, "xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO(content(sheet))).get_sheet_by_index(0).to_python()
    assert book[1][0] == "=1+1"
    plain = content(made(ana))
    assert b"'=1+1" in plain

    Contact.objects.all().delete()
    bring(send(plain), match="none")
    assert Contact.objects.get().first_name == "=1+1"


def test_what_is_exported_is_imported_whole(ana: Any, send: Any, bring: Any):
    by = services.actor_of(ana)
    known = make.contact(
        name='José d\'Ávila; "Zé"', emails=("a@a.example",), phones=("11 98412-3307",), location="São Paulo"
    )
    contacts.attach_tags(contact_ids=[known.pk], tag_ids=[contacts.create_tag(name="VIP", by=by).pk], by=by)
    first = made(ana)
    before = cells(first)

    for kind in ("csv", "xlsx"):
        exported = content(made(ana, kind))
        Contact.objects.all().delete()
        bring(send(exported, f"out.{kind}"), match="none")
        assert cells(made(ana)) == before


def test_a_card_is_read_again(ana: Any, send: Any, bring: Any):
    make.contact(
        name="Łucja, Żółć; \\ Prado", emails=("a@a.example",), phones=("11 98412-3307",),
        messengers=(("telegram", "lucja"),), address="Rua Longa " * 20,
    )  # fmt: skip
    found = content(made(ana, "vcf", columns=[]))
    assert max(len(line) for line in found.split(b"\r\n")) <= 75
    before = Contact.objects.get()
    Contact.objects.all().delete()

    bring(send(found, "people.vcf"), match="none")

    after = Contact.objects.get()
    assert (after.name, after.address) == (before.name, before.address.strip())
    assert after.messengers.get().value == "lucja"


def test_a_file_expires(ana: Any):
    make.contact(name="Ana Prado")
    found = made(ana)

    services.expire_export(export_id=found.pk)

    found.refresh_from_db()
    assert (found.state, found.file_id) == ("gone", None)
    assert not File.objects.exists()


def test_the_pages(client_as: Any, ana: Any, bruno: Any, work: Any):
    make.contact(name="Ana Prado")
    make.contact(name="Bia Lima")
    search.index_contacts([one.pk for one in Contact.objects.all()])
    page = client_as(ana).get(reverse("transfer:export_new") + "?all=1&query=q%3Dprado")
    assert 'Contacts: <span class="n">1</span>' in page.content.decode()
    sent = {"all": "1", "query": "q=prado", "format": "csv", "column": ["first_name", "id"]}
    answer = client_as(ana).post(reverse("transfer:export_new"), sent)
    assert answer.status_code == 303
    work()
    assert "Download" in client_as(ana).get(answer.url).content.decode()
    assert [row[0] for row in cells(Export.objects.get())] == ["First name", "Ana"]

    assert client_as(bruno).get(reverse("transfer:exports")).status_code == 403
    assert client_as(bruno).post(reverse("transfer:export_new"), sent).status_code == 403
    pk = Export.objects.get().pk
    assert client_as(bruno).post(reverse("transfer:export_expiry", args=[pk])).status_code == 403


def test_the_list_leads_to_an_import_and_to_an_export_of_what_it_shows(client_as: Any, ana: Any):
    page = client_as(ana).get("/contacts/?where=source.is:import").content.decode()

    assert '/imports/"' in page
    url = re.search(r'href="(/exports/new/[^"]+)"', page)[1].replace("&amp;", "&")
    assert "query=where%3Dsource.is%253Aimport" in url
    assert client_as(ana).get(url).status_code == 200
