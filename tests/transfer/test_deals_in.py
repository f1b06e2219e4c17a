"""Bringing in a file of deals (issue 4, point 8)."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from afluente.contacts import selectors as contacts
from afluente.contacts import services as contact_services
from afluente.contacts.models import Contact
from afluente.deals import services as deals
from afluente.deals.models import Deal, DealContact, Stage
from afluente.timeline.models import Event
from afluente.transfer import services
from afluente.transfer.models import ImportRow
from tests import make

MESSY = (
    "Negócio;Pessoa;E-mail;Telefone;Empresa;Etapa;Valor;Moeda;Prazo;Responsável;Etiquetas;Tamanho\n"
    "Reforma;Ana Prado;ana@exemplo.com.br;(11) 98412-3307;Maré Ltda;Won;R$ 1.234,56;;13/02/2027;;VIP;G\n"
    "Pintura;Bia;bia@exemplo.com.br;;;;12,5;USD;;;;\n"
    "Telhado;;bia@exemplo.com.br;;;;;;;;;\n"
)


@pytest.fixture(autouse=True)
def sales(people: Any) -> Any:
    """A pipeline to bring deals into."""
    return make.pipeline()


@pytest.fixture
def bring_deals(send: Any, bring: Any) -> Any:
    def brought(content: str, **more: Any) -> Any:
        given = services.begin_import(**of(content), member=more.pop("member"))
        return bring(given, **more)

    return brought


def of(content: str, name: str = "deals.csv") -> dict[str, Any]:
    body = content.encode()
    return {"name": name, "body": io.BytesIO(body), "size": len(body), "about": "deals"}


def test_deals_come_in_whole_with_their_people(bring_deals: Any, ana: Any):
    size = contact_services.create_field(
        entity="deal", name="Tamanho", kind="text", by=services.actor_of(ana)
    )
    known = make.contact(name="Bia Velha", emails=("bia@exemplo.com.br",))

    done = bring_deals(MESSY, member=ana)

    assert (done.state, done.created_count, done.failed_count) == ("done", 3, 0), done.report
    first, second, third = Deal.objects.order_by("pk")
    assert (first.name, first.amount, first.currency) == ("Reforma", Decimal("1234.56"), "BRL")
    assert (first.stage.kind, first.closed_at is not None, first.is_due_day) == ("won", True, True)
    assert first.due_at == dt.datetime(2027, 2, 14, 2, 59, 59, tzinfo=dt.UTC)
    assert first.company is not None
    assert first.company.name == "Maré Ltda"
    assert contacts.held_values("deal", [first.pk], [size.pk])[first.pk][size.pk] == "G"
    assert (second.currency, second.amount) == ("USD", Decimal("12.5"))
    made = Contact.objects.get(first_name="Ana")
    assert (made.last_name, contacts.api_contacts([made.pk])[0]["tags"][0]["name"]) == ("Prado", "VIP")
    assert [one.name for one in made.companies.all()] == ["Maré Ltda"]
    who = list(DealContact.objects.order_by("deal_id").values_list("contact_id", flat=True))
    assert who == [made.pk, known.pk, known.pk]
    told = Event.objects.get(kind="deal.opened", deal_id=first.pk)
    assert told.data["import"] == {"id": done.pk, "file": "deals.csv", "row": 2}
    assert list(ImportRow.objects.order_by("number").values_list("record_id", flat=True)) == [
        first.pk,
        second.pk,
        third.pk,
    ]


def test_each_row_that_cannot_be_says_why(bring_deals: Any, ana: Any):
    other = make.stage(pipeline=make.pipeline(name="Export", currency="EUR"), name="Customs")

    done = bring_deals(
        "Deal,Pipeline,Stage,Currency,Value,Assignee\n"
        "A,,Customs,,,\n"
        "B,Nowhere,,,,\n"
        "C,,,XXQ,,\n"
        "D,,,,-5,\n"
        "E,,,,many,\n"
        "F,,,,,Nobody Here\n"
        "G,Export,Customs,BRL,7,\n"
        "H,,,BRL,7,,extra,cells\n",
        member=ana,
    )

    assert (done.created_count, done.failed_count) == (1, 7)
    why = dict(ImportRow.objects.filter(outcome="failed").values_list("number", "reason"))
    assert "stage of Export" in why[2]
    assert "no pipeline called so" in why[3]
    assert "no currency" in why[4]
    assert "below zero" in why[5]
    assert "number" in why[6]
    assert "Nobody here is called that" in why[7]
    assert why[9]
    (deal,) = Deal.objects.all()
    assert (deal.name, deal.stage_id, deal.currency) == ("G", other.pk, "BRL")


def test_a_colleague_who_left_is_named(bring_deals: Any, people: Any):
    people.bruno.is_active = False
    people.bruno.save()

    done = bring_deals(f"Deal,Assignee\nA,{people.bruno.user.name}\nB,\n", member=people.ana)

    assert "has left" in ImportRow.objects.get(batch=done, outcome="failed").reason


def test_known_by_number_is_left_alone_when_somebody_wants_that(bring_deals: Any, ana: Any):
    text = "Deal,ID\nA,17\nB,18\nA again,17\n"

    first = bring_deals(text, member=ana, policy="skip")
    second = bring_deals(text + "C,19\n", member=ana, policy="skip")

    assert (first.match, first.created_count, first.skipped_count) == ("external", 2, 1)
    assert (second.created_count, second.skipped_count) == (1, 3)
    assert second.report["skipped"] == 3


def test_taken_back_with_the_people_made_for_them(bring_deals: Any, ana: Any):
    kept = make.contact(name="Bia", emails=("bia@exemplo.com.br",))
    done = bring_deals(MESSY, member=ana)
    touched = Deal.objects.get(name="Pintura")
    deals.change_deal(deal_id=touched.pk, changes={"name": "Mine"}, by=services.actor_of(ana))

    services.undo_import(import_id=done.pk)
    services.take_back(workspace_id=done.workspace_id, import_id=done.pk)

    done.refresh_from_db()
    assert (done.state, done.undone_count, done.kept_count) == ("undone", 2, 1)
    assert [one.name for one in Deal.objects.present()] == ["Mine"]
    assert [one.pk for one in Contact.objects.present()] == [kept.pk]
    assert "Since then" in ImportRow.objects.get(record_id=touched.pk).note


def test_an_export_of_pipedrive_is_known(people: Any):
    text = (
        "Deal - Title,Deal - Value,Deal - Stage,Deal - Status,Person - Name,Person - Email - Work,Deal - ID\n"
    )

    given = services.begin_import(**of(text + "A,1,X,Won,Ana,a@b.example,3\n"), member=people.ana)

    assert given.layout == "pipedrive"
    assert given.mapping == ["title", "amount", "stage", "status", "full_name", "email", "external_id"]


def test_one_name_without_address_is_one_person(bring_deals: Any, ana: Any):
    bring_deals("Deal,Person\nA,João Silva\nB,João Silva\nC,Ana\n", member=ana)

    assert Contact.objects.count() == 2
    assert DealContact.objects.count() == 3


def test_the_screens_lead_from_a_file_to_its_deals(client: Any, people: Any, work: Any):
    client.force_login(people.ana.user)
    home = client.get("/imports/?about=deals").content.decode()
    assert 'value="deals" checked' in home
    sent = SimpleUploadedFile("deals.csv", b"Deal,Value\nRoof,12\nBad,x\n")
    answer = client.post("/imports/", {"file": sent, "about": "deals"})
    base = answer["Location"].removesuffix("file/")
    page = client.get(f"{base}columns/").content.decode()
    assert "Stage of rows that name none" in page
    stage = Stage.objects.filter(kind="open").order_by("position").last()
    assert stage is not None
    said = {"column-0": "title", "column-1": "amount", "match": "none", "stage": stage.pk}
    assert client.post(f"{base}columns/", said).status_code == 303
    work()
    assert "Write a number." in client.get(f"{base}values/").content.decode()
    assert "Bad" in client.get(base).content.decode()
    client.post(f"{base}acts/start/")
    work()
    done = client.get(base).content.decode()
    assert "See the deals" in done
    (deal,) = Deal.objects.all()
    assert (deal.name, deal.stage_id, deal.source) == ("Roof", stage.pk, "import")
    number = base.strip("/").rpartition("/")[2]
    found = client.get(f"/deals/pipelines/{stage.pipeline_id}/?status=list&where=import.is:{number}")
    assert "Roof" in found.content.decode()
