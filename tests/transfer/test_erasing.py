"""A person's own data, and erasing a person (spec/reliability.md P-1, P-2)."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.urls import reverse

from afluente.contacts import services as contacts
from afluente.contacts.models import Contact
from afluente.deals.models import Deal, DealContact
from afluente.files import services as files
from afluente.intake.models import RawEvent
from afluente.kernel import clock
from afluente.kernel.models import Job
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent
from afluente.transfer import services
from afluente.transfer.models import Erasure, Import
from tests import make

if TYPE_CHECKING:
    from pathlib import Path

WORD = "kanarienvogel"
TABLES = """
SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY 1
"""


def planted(ana: Any, send: Any, bring: Any) -> tuple[Any, list[str]]:
    """A person with a word of their own in every place that can hold one; and those words."""
    known = make.contact(
        name=f"{WORD}-first {WORD}-last",
        emails=(f"{WORD}-mail@a.example",),
        phones=("11 98412-3307",),
        messengers=(("telegram", f"{WORD}-telegram"),),
        location=f"{WORD}-location",
        address=f"{WORD}-address",
        utm_first={"utm_source": f"{WORD}-utm"},
    )
    by = services.actor_of(ana)
    field = contacts.create_field(name="Feld", kind="text", by=by)
    contacts.set_values(contact_ids=[known.pk], values={field.pk: f"{WORD}-field"}, by=by)
    company = contacts.create_company(name="Maré", by=by)
    contacts.link_contacts(company_id=company.pk, contact_ids=[known.pk], position=f"{WORD}-position", by=by)
    timeline.add_comment(text=f"{WORD}-comment", by=ana, contact_id=known.pk)
    timeline.record([NewEvent("lead.received", by, contact_id=known.pk, data={"x": f"{WORD}-event"})])
    bring(send(f"Nome,E-mail,Cidade\n{WORD}-import,{WORD}-mail@a.example,{WORD}-city\n"))
    deal = make.deal(name=f"{WORD}-deal")
    DealContact.objects.create(deal=deal, contact=known, is_primary=True)
    timeline.add_comment(text=f"{WORD}-deal-comment", by=ana, deal_id=deal.pk)
    arrived = (
        make.raw_event(body=f'{{"name": "{WORD}-body"}}'.encode()) if hasattr(make, "raw_event") else None
    )
    if arrived is not None:
        RawEvent.objects.filter(pk=arrived.pk).update(contact_id=known.pk)
    body = f"{WORD}-bytes".encode()
    files.keep_file(
        name=f"{WORD}-file.txt", body=io.BytesIO(body), size=len(body), member=ana,
        by=files.member_by(ana), kind="contact", entity_id=known.pk,
    )  # fmt: skip
    words = ["mail@a.example", "telegram", "address", "utm", "field", "position", "comment"]
    words += ["event", "deal", "file.txt", "city", "import"]
    return known, [f"{WORD}-{word}" for word in words]


def everything(shelf: Path) -> str:
    """What a dump of the database and the folder of files would hold."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" AS t')  # noqa: S608  from the catalogue
            found += [f"{table} {row[0]}" for row in cursor.fetchall()]
    found += [path.read_bytes().decode("latin-1") for path in shelf.rglob("*") if path.is_file()]
    return "\n".join(found).lower()


def test_an_access_request_finds_every_word(ana: Any, send: Any, bring: Any):
    known, words = planted(ana, send, bring)

    archive = zipfile.ZipFile(io.BytesIO(services.answer_access(contact_id=known.pk, member=ana)))

    told = archive.read("data.json").decode()
    assert [word for word in words if word not in told] == []
    assert json.loads(told)["contact"] == known.pk
    assert f"{WORD}-comment" in archive.read("timeline.csv").decode("utf-8-sig")


def test_after_an_erasure_no_word_is_left(
    ana: Any, send: Any, bring: Any, work: Any, shelf: Path, django_capture_on_commit_callbacks: Any
):
    known, _words = planted(ana, send, bring)
    other = make.contact(name="Bia Lima")
    timeline.add_comment(text=f"Ask {WORD}-mail@a.example, or 11 98412-3307", by=ana, contact_id=other.pk)
    assert WORD in everything(shelf)

    made = services.ask_erasure(contact_id=known.pk, member=ana, reason="")
    with django_capture_on_commit_callbacks(execute=True):
        services.erase(erasure_id=made.pk)

    left = [line[:200] for line in everything(shelf).splitlines() if WORD in line]
    assert left == []
    assert Contact.objects.get(pk=other.pk).name == "Bia Lima"
    assert Deal.objects.count() == 1
    assert services.was_erased(f"{WORD}-MAIL@a.example")
    assert not services.was_erased("somebody@a.example")


def test_a_person_who_comes_back_with_a_backup_is_erased_again(ana: Any):
    known = make.contact(name="Zita Prado", emails=("zita@a.example",))
    services.erase(erasure_id=services.ask_erasure(contact_id=known.pk, member=ana, reason="").pk)
    Contact.objects.filter(pk=known.pk).update(first_name="Zita", last_name="Prado", deleted_at=None)

    assert services.erase_again() == 1

    assert not Contact.objects.filter(first_name="Zita").exists()


def test_the_preview_says_what_goes_and_a_number_confirms(client_as: Any, ana: Any, bruno: Any):
    known = make.contact(name="Zita Prado", emails=("zita@a.example",))
    address = reverse("transfer:erasure", args=[known.pk])
    page = client_as(ana).get(address).content.decode()
    assert "The contact: names, addresses, fields, tags, merges" in page

    refused = client_as(ana).post(address, {"number": "12x"})
    assert (refused.status_code, Erasure.objects.count()) == (422, 0)
    assert client_as(bruno).get(address).status_code == 403
    assert client_as(bruno).post(reverse("transfer:data", args=[known.pk])).status_code == 403

    client_as(ana).post(address, {"number": str(known.pk)})
    assert Erasure.objects.count() == 1


def test_an_import_under_way_keeps_its_file(ana: Any, send: Any, check: Any):
    given = check(send("Nome\nAna\n"))
    Import.objects.filter(pk=given.pk).update(state="running")
    known = make.contact(name="Zita Prado")

    services.erase(erasure_id=services.ask_erasure(contact_id=known.pk, member=ana, reason="").pk)

    assert Import.objects.get(pk=given.pk).file is not None


def test_its_file_goes_when_it_has_ended(ana: Any, send: Any, check: Any, work: Any, shelf: Path):
    given = check(send(f"Nome\n{WORD}\n"))
    Import.objects.filter(pk=given.pk).update(state="running")
    known = make.contact(name="Zita Prado")
    services.ask_erasure(contact_id=known.pk, member=ana, reason="")
    work()
    assert Import.objects.get(pk=given.pk).file is not None

    Import.objects.filter(pk=given.pk).update(state="done")
    Job.objects.filter(name=services.ERASE).update(due_at=clock.now() - dt.timedelta(days=1))
    work()

    assert Import.objects.get(pk=given.pk).file is None


def test_a_paused_import_gives_its_file_up(
    ana: Any, send: Any, check: Any, shelf: Path, django_capture_on_commit_callbacks: Any
):
    given = check(send(f"Nome\n{WORD}\n"))
    Import.objects.filter(pk=given.pk).update(state="paused")
    known = make.contact(name="Zita Prado")

    with django_capture_on_commit_callbacks(execute=True):
        services.erase(erasure_id=services.ask_erasure(contact_id=known.pk, member=ana, reason="").pk)

    assert Import.objects.get(pk=given.pk).state == "cancelled"
    assert WORD not in everything(shelf)
