"""Quotes and invoices: their numbers, what is fixed, their end, and the PDF."""

from __future__ import annotations

import datetime as dt
import re
import threading
import time
from decimal import Decimal

import pypdfium2
import pytest
from django.db import IntegrityError, connections, transaction
from django.utils import translation

from afluente.accounts.models import Reach, Workspace
from afluente.contacts import services as contacts
from afluente.contacts.models import Company
from afluente.contacts.statements import search as index
from afluente.deals import services as deals
from afluente.kernel import box, clock
from afluente.kernel.workspace import scope
from afluente.sales import selectors, services
from afluente.sales.models import Document, Product
from afluente.timeline.events import SYSTEM
from afluente.timeline.models import Event
from tests import cast, make
from tests.calls import caller

db = pytest.mark.django_db


def sell(lines=1, **values):
    """A deal with lines, and who sells."""
    make.pipeline()
    deal = make.deal(contacts=(make.contact(name="Żaneta Gonçalves", emails=("z@example.com",)),))
    services.save_seller(values={"name": "Estúdio Maré", "tax_id": "11.222.333/0001-81", **values}, by=SYSTEM)
    for number in range(lines):
        services.add_line(
            deal_id=deal.pk, name=f"Usługa ąćęłńóśźż ção {number}", price=Decimal(100), by=SYSTEM
        )
    return deal


@pytest.fixture
def deal(people):
    return sell()


def make_one(deal, kind="invoice", **values):
    return services.create_document(kind=kind, deal_id=deal.pk, by=SYSTEM, **values)


def issue(document):
    return services.issue_document(document_id=document.pk, by=SYSTEM)


@db
def test_a_draft_is_a_snapshot_and_gets_its_number_when_it_is_issued(deal):
    draft = make_one(deal, "quote")
    services.add_line(deal_id=deal.pk, name="Later", price=Decimal(1), by=SYSTEM)

    issued = issue(draft)

    year = clock.now().year
    assert (draft.label, issued.label, issued.state) == ("", f"Q-{year}-0001", "sent")
    assert ([one["name"] for one in issued.lines], issued.total) == (["Usługa ąćęłńóśźż ção 0"], Decimal(100))
    assert (issued.buyer["name"], issued.seller["name"]) == ("Żaneta Gonçalves", "Estúdio Maré")
    assert issue(draft).label == issued.label
    second = issue(make_one(deal, "quote"))
    assert (second.label, issue(make_one(deal)).label) == (f"Q-{year}-0002", f"INV-{year}-0001")


@db
def test_the_same_wish_makes_the_same_document(deal):
    assert make_one(deal, key="rule-7").pk == make_one(deal, key="rule-7").pk
    assert make_one(deal, key="rule-8").pk != make_one(deal, key="rule-7").pk


@db
def test_an_issued_document_cannot_be_changed_by_anybody(deal):
    issued = issue(make_one(deal))

    with pytest.raises(services.DocumentRefusedError):
        services.change_document(document_id=issued.pk, notes="Other", by=SYSTEM)
    for change in ({"total": Decimal(1)}, {"lines": []}, {"label": "X"}, {"issued_on": dt.date(2020, 1, 1)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Document.objects.filter(pk=issued.pk).update(**change)

    issued.refresh_from_db()
    assert issued.total == Decimal(100)


@pytest.mark.django_db(transaction=True)
def test_two_who_issue_at_once_get_neighbouring_numbers_and_a_failure_leaves_no_gap():
    workspace = make.workspace()
    with scope(workspace.pk):
        made = sell()
        drafts = [make_one(made) for _ in range(3)]
    labels, held = [], threading.Event()

    def first():
        try:
            with scope(workspace.pk):
                labels.append(issue(drafts[0]).number)
                held.set()
                time.sleep(0.3)
        finally:
            connections.close_all()

    def second():
        try:
            held.wait(5)
            with scope(workspace.pk):
                labels.append(issue(drafts[1]).number)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one) for one in (first, second)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    with scope(workspace.pk):
        issue(drafts[2])
        transaction.set_rollback(True)
    with scope(workspace.pk):
        assert (labels, issue(drafts[2]).number) == ([1, 2], 3)


@db
def test_an_invoice_is_paid_in_parts_moves_the_stock_once_and_gives_it_back(people):
    make.pipeline()
    deal = make.deal()
    services.save_seller(values={"name": "Maré"}, by=SYSTEM)
    shirt = services.create_product(
        name="Shirt", price=Decimal(50), currency="BRL", stock=Decimal(9), by=SYSTEM
    )
    services.add_line(deal_id=deal.pk, product_id=shirt.pk, quantity=2, by=SYSTEM)
    bill = issue(make_one(deal))

    with pytest.raises(services.DocumentRefusedError):
        services.record_payment(document_id=bill.pk, amount=Decimal(101), by=SYSTEM)
    part = services.record_payment(document_id=bill.pk, amount=Decimal(40), by=SYSTEM)
    assert (part.state, Product.objects.get().stock) == ("part_paid", Decimal(9))
    full = services.record_payment(document_id=bill.pk, by=SYSTEM)
    assert (full.state, full.paid, Product.objects.get().stock) == ("paid", Decimal(100), Decimal(7))
    with pytest.raises(services.DocumentRefusedError):
        services.record_payment(document_id=bill.pk, by=SYSTEM)
    services.cancel_document(document_id=bill.pk, by=SYSTEM)
    services.cancel_document(document_id=bill.pk, by=SYSTEM)
    assert Product.objects.get().stock == Decimal(9)
    paid = Event.objects.filter(kind="document.paid").order_by("pk")
    assert [one.data["paid"] for one in paid] == [["0", "40"], ["40", "100"]]


@db
def test_a_payment_noted_by_mistake_is_taken_back_and_so_is_the_stock(people):
    make.pipeline()
    deal = make.deal()
    services.save_seller(values={"name": "Maré"}, by=SYSTEM)
    shirt = services.create_product(
        name="Shirt", price=Decimal(50), currency="BRL", stock=Decimal(9), by=SYSTEM
    )
    services.add_line(deal_id=deal.pk, product_id=shirt.pk, quantity=2, by=SYSTEM)
    bill = issue(make_one(deal))
    services.record_payment(document_id=bill.pk, amount=Decimal(40), by=SYSTEM)
    services.record_payment(document_id=bill.pk, by=SYSTEM)
    services.cancel_document(document_id=bill.pk, by=SYSTEM)

    found = []
    for _ in range(3):
        back = services.reopen_document(document_id=bill.pk, by=SYSTEM)
        found.append((back.state, back.paid, Product.objects.get().stock))

    assert found == [
        ("paid", Decimal(100), Decimal(7)), ("part_paid", Decimal(40), Decimal(9)), ("issued", 0, Decimal(9)),
    ]  # fmt: skip
    with pytest.raises(services.DocumentRefusedError):
        services.reopen_document(document_id=bill.pk, by=SYSTEM)
    told = Event.objects.filter(kind="document.reopened").order_by("pk")
    assert [one.data["paid"] for one in told] == [["100", "100"], ["100", "40"], ["40", "0"]]
    assert services.record_payment(document_id=bill.pk, by=SYSTEM).state == "paid"
    assert services.reopen_document(document_id=bill.pk, by=SYSTEM).state == "issued"


@db
def test_a_cancelled_quote_comes_back_as_it_was_unless_it_was_billed_or_replaced(deal):
    quote = issue(make_one(deal, "quote"))
    services.cancel_document(document_id=quote.pk, by=SYSTEM)
    assert services.reopen_document(document_id=quote.pk, by=SYSTEM).state == "sent"
    services.decide_quote(document_id=quote.pk, is_accepted=True, by=SYSTEM, name="Żaneta")
    with pytest.raises(services.DocumentRefusedError, match="The customer has decided"):
        services.reopen_document(document_id=quote.pk, by=SYSTEM)

    bill = make_one(deal, origin_id=quote.pk)
    services.cancel_document(document_id=quote.pk, by=SYSTEM)
    with pytest.raises(services.DocumentRefusedError, match="Cancel that first"):
        services.reopen_document(document_id=quote.pk, by=SYSTEM)
    quote.refresh_from_db()
    assert quote.state == "cancelled"
    services.cancel_document(document_id=bill.pk, by=SYSTEM)
    back = services.reopen_document(document_id=quote.pk, by=SYSTEM)
    assert (back.state, back.decided_by) == ("accepted", "Żaneta")


@db
def test_a_quote_whose_last_day_is_over_comes_back_expired(deal, monkeypatch):
    quote = issue(make_one(deal, "quote"))
    services.cancel_document(document_id=quote.pk, by=SYSTEM)
    late = clock.now() + dt.timedelta(days=400)

    monkeypatch.setattr(clock, "now", lambda: late)

    assert services.reopen_document(document_id=quote.pk, by=SYSTEM).state == "expired"


@db
def test_the_page_offers_the_way_back(deal, people, client_as):
    bill, browser = issue(make_one(deal)), client_as(people.ana)

    browser.post(f"/documents/{bill.pk}/pay/", {"amount": ""})
    assert f'action="/documents/{bill.pk}/reopen/"' in browser.get("/documents/").content.decode()
    browser.post(f"/documents/{bill.pk}/reopen/")
    browser.post(f"/documents/{bill.pk}/cancel/")
    assert "Take back the cancelling" in browser.get(f"/documents/{bill.pk}/").content.decode()
    browser.post(f"/documents/{bill.pk}/reopen/")

    bill.refresh_from_db()
    assert (bill.state, bill.paid) == ("issued", 0)
    assert "Taken back" in browser.get(f"/deals/{deal.pk}/").content.decode()


@db
def test_a_quote_is_accepted_billed_replaced_and_expires(deal):
    quote = issue(make_one(deal, "quote"))
    newer = issue(make_one(deal, "quote", origin_id=quote.pk))
    quote.refresh_from_db()
    assert quote.state == "replaced"
    with pytest.raises(services.DocumentRefusedError):
        services.decide_quote(document_id=quote.pk, is_accepted=True, by=SYSTEM)

    services.decide_quote(document_id=newer.pk, is_accepted=True, by=SYSTEM, name="Żaneta")
    services.add_line(deal_id=deal.pk, name="Later", price=Decimal(1), by=SYSTEM)
    bill = make_one(deal, origin_id=newer.pk)
    assert (bill.total, bill.origin_id) == (Decimal(100), newer.pk)
    old = issue(make_one(deal, "quote"))
    services.expire_quote(document_id=old.pk, by=SYSTEM)
    old.refresh_from_db()
    assert old.state == "sent"


@db
def test_a_document_stays_when_its_deal_is_deleted(deal, people, client_as):
    bill = issue(make_one(deal))

    deals.delete_deals(deal_ids=[deal.pk], by=SYSTEM)

    assert client_as(people.ana).get(f"/documents/{bill.pk}/").status_code == 200


@db
def test_documents_go_along_when_two_contacts_become_one(deal):
    bill = issue(make_one(deal))
    other = make.contact(name="Other")

    contacts.merge_contacts(groups=[contacts.Group(contact_ids=[bill.contact_id, other.pk])], by=SYSTEM)

    bill.refresh_from_db()
    assert bill.contact_id in {other.pk, deal.people.get().contact_id}
    assert not Document.objects.filter(contact__deleted_at__isnull=False).exists()


def words(pdf):
    read = pypdfium2.PdfDocument(pdf)
    return [page.get_textpage().get_text_range() for page in read]


@db
@pytest.mark.parametrize(
    ("language", "kind", "due"),
    [("pl", "invoice", "Termin"), ("pt-br", "quote", "Válida até"), ("en", "quote", "Valid until")],
)
def test_the_pdf_says_everything_in_its_language(deal, workspace, language, kind, due):
    type(workspace).objects.filter(pk=workspace.pk).update(language=language)

    found = words(services.draw(issue(make_one(deal, kind, notes="Até já"))))

    assert len(found) == 1
    for said in (
        "Usługa ąćęłńóśźż ção 0",
        "Żaneta Gonçalves",
        "11.222.333/0001-81",
        "R$ 100,00",
        "Até já",
        due,
    ):
        assert said in found[0].replace("\xa0", " "), said


@db
def test_many_lines_go_over_pages_with_their_heads_and_one_total(people):
    bill = issue(make_one(sell(lines=100)))

    found = words(services.draw(bill))

    assert len(found) > 2
    assert all("Quantity" in page for page in found)
    assert [
        number for number in range(100) if not any(re.search(rf"ção {number}\b", page) for page in found)
    ] == []
    assert sum("10.000,00" in page for page in found) == 1


@db
def test_the_pages_lead_from_the_deal_to_a_paid_invoice(deal, people, client_as):
    browser = client_as(people.ana)

    made = browser.post(f"/deals/{deal.pk}/documents/", {"kind": "quote"})
    url = made["Location"]
    assert "Draft" in browser.get(url).content.decode()
    later = (clock.now() + dt.timedelta(days=9)).date().isoformat()
    browser.post(url, {"due_on": later, "notes": "See you"})
    browser.post(f"{url}issue/")
    page = browser.get(url).content.decode()
    assert "See you" in page
    assert "Sent" in page
    assert browser.get(f"{url}pdf/")["Content-Type"] == "application/pdf"
    browser.post(f"{url}accept/")
    billed = browser.post(f"/deals/{deal.pk}/documents/", {"kind": "invoice", "origin": url.split("/")[2]})[
        "Location"
    ]
    browser.post(f"{billed}issue/")
    browser.post(f"{billed}pay/", {"amount": ""})
    assert Document.objects.get(kind="invoice").state == "paid"
    tab = browser.get(f"/deals/{deal.pk}/?tab=payments").content.decode()
    assert Document.objects.get(kind="invoice").label in tab
    listed = browser.get("/documents/?kind=invoice").content.decode()
    assert Document.objects.get(kind="invoice").label in listed
    assert "Issued" in browser.get(f"/deals/{deal.pk}/").content.decode()
    assert browser.get("/settings/documents/").status_code == 200
    label = Document.objects.get(kind="invoice").label
    assert [row.title for row in selectors.find_documents(people.ana, label[-4:], 5)]


@db
def test_a_customer_sees_and_accepts_the_quote_behind_its_secret_address(deal, workspace):
    quote = issue(make_one(deal, "quote"))
    url = f"/q/{workspace.pk}/{box.unseal(quote.box)}/"
    stranger = cast.browser()

    assert "Usługa" in stranger.get(url).content.decode()
    assert stranger.get(f"{url}pdf/")["Content-Type"] == "application/pdf"
    assert stranger.post(url, {"act": "accept", "name": " "}).status_code == 422
    assert stranger.post(url, {"act": "accept", "name": "Żaneta"}).status_code == 303
    quote.refresh_from_db()
    assert (quote.state, quote.decided_by) == ("accepted", "Żaneta")
    late = stranger.post(url, {"act": "decline", "name": "Other"})
    assert late.status_code == 409
    assert "Your answer was not taken" in late.content.decode()
    assert stranger.get(f"/q/{workspace.pk}/nonsense/").status_code == 404
    bill = issue(make_one(deal))
    assert stranger.get(f"/q/{workspace.pk}/{box.unseal(bill.box)}/").status_code == 404


@db
def test_who_does_not_see_the_deal_sees_no_document(people, client_as):
    make.pipeline()
    theirs = make.deal(assignee=people.carla)
    services.add_line(deal_id=theirs.pk, name="Secret", by=SYSTEM)
    draft = make_one(theirs)
    browser = client_as(people.bruno)

    assert browser.get(f"/documents/{draft.pk}/").status_code == 403
    assert browser.get(f"/documents/{draft.pk}/pdf/").status_code == 403
    assert browser.post(f"/deals/{theirs.pk}/documents/", {"kind": "quote"}).status_code == 403
    assert "Secret" not in browser.get("/documents/").content.decode()


@db
def test_programs_make_issue_and_settle_documents(deal, people):
    call = caller(people.ana, ("documents:read", "documents:write"))

    status, made = call("POST", "/documents", {"kind": "invoice", "deal_id": deal.pk})

    assert (status, made["state"], made["total"]) == (201, "draft", "100")
    path = f"/documents/{made['id']}"
    assert call("PATCH", path, {"notes": "Hi"})[1]["notes"] == "Hi"
    assert call("POST", f"{path}/issue")[1]["state"] == "issued"
    assert call("PATCH", path, {"notes": "No"})[0] == 422
    assert call("POST", f"{path}/payments", {"amount": "30"})[1]["state"] == "part_paid"
    assert call("POST", f"{path}/payments", {})[1]["state"] == "paid"
    assert call("POST", f"{path}/decision", {"is_accepted": True})[0] == 422
    assert call("POST", f"{path}/cancellation")[1]["state"] == "cancelled"
    assert call("POST", f"{path}/reopening")[1]["state"] == "paid"
    assert call("POST", f"{path}/reopening")[1]["paid"] == "30"
    status, quote = call("POST", "/documents", {"kind": "quote", "deal_id": deal.pk, "is_issued": True})
    assert quote["state"] == "sent"
    assert (
        call("POST", f"/documents/{quote['id']}/decision", {"is_accepted": False, "name": "Z"})[1][
            "decided_by"
        ]
        == "Z"
    )
    assert [one["id"] for one in call("GET", "/documents?kind=quote")[1]["items"]] == [quote["id"]]
    assert call("GET", path)[1]["label"]
    assert call("POST", "/documents", {"kind": "quote", "deal_id": 999_999})[0] == 422


@db
def test_states_have_the_gender_of_their_kind(deal, people, client_as):
    quote, bill = issue(make_one(deal, "quote")), issue(make_one(deal))
    for one in (quote, bill):
        services.cancel_document(document_id=one.pk, by=SYSTEM)
        one.refresh_from_db()
    browser = client_as(people.ana)

    with translation.override("pt-br"):
        said = (quote.state_word, bill.state_word)
    type(people.ana.user).objects.filter(pk=people.ana.user_id).update(language="pt-br")
    listed = browser.get("/documents/").content.decode()
    history = browser.get(f"/deals/{deal.pk}/").content.decode()

    assert said == ("Cancelada", "Cancelada")
    for page in (listed, history):
        assert all(one in page for one in said)
    assert re.search(r"INV-\d+-0001</b>,[^:]*:\s+Emitida", history)
    assert re.search(r"Q-\d+-0001</b>,[^:]*:\s+Emitida", history)


@db
def test_the_search_box_finds_documents_by_number_customer_and_deal_that_one_sees(people):
    deal = sell()
    deals.change_deal(deal_id=deal.pk, changes={"name": "Telhado novo"}, by=SYSTEM)
    offer = issue(make_one(deal, "quote"))
    firm = contacts.ensure_companies(names=["Oficina Sol"], by=SYSTEM)["oficina sol"]
    other = make.deal(name="Muro", assignee=people.ana)
    services.add_line(deal_id=other.pk, name="Tijolo", price=Decimal(1), by=SYSTEM)
    deals.set_company(deal_ids=[other.pk], company=Company.objects.get(pk=firm), by=SYSTEM)
    bill = issue(make_one(other))
    index.index_contacts([offer.contact_id])

    def found(typed, member=people.ana):
        return [row.pk for row in selectors.find_documents(member, typed, 5)]

    assert (found(offer.label), found("goncalves"), found("telhado")) == ([offer.pk],) * 3
    assert (found(bill.label.lower()), found("oficina"), found("muro")) == ([bill.pk],) * 3
    assert found("nobody of that name") == []
    stranger = make.member(reach=Reach.OWN)
    assert [found(typed, stranger) for typed in (bill.label, "oficina", "muro")] == [[], [], []]


@db
def test_programs_find_documents_by_what_is_typed(people):
    deal = sell()
    offer, bill = issue(make_one(deal, "quote")), issue(make_one(deal))
    call = caller(people.ana, ("documents:read",))

    def found(asked):
        return [one["id"] for one in call("GET", f"/documents?{asked}")[1]["items"]]

    assert found("q=gon%C3%A7alves") == [bill.pk, offer.pk]
    assert found(f"q={offer.label}") == found("q=gon%C3%A7alves&kind=quote") == [offer.pk]
    assert found("q=nobody") == []
    assert call("GET", "/documents?q=%00")[0] == 422


@db
def test_the_customer_reads_the_clock_of_the_seller_and_discounts_in_money(deal, client, time_machine):
    Workspace.objects.filter(pk=deal.workspace_id).update(timezone="America/Sao_Paulo", country="BR")
    line = selectors.lines_of(deal.pk)[0]
    services.change_line(
        line_id=line.pk, changes={"discount": Decimal(30), "discount_kind": "amount"}, by=SYSTEM
    )
    time_machine.move_to("2026-11-23T12:38:00Z")
    issued = issue(make_one(deal, "quote"))
    address = f"/q/{issued.workspace_id}/{box.unseal(issued.box)}/"

    client.post(address, {"name": "Żaneta", "act": "accept"})
    page = client.get(address).content.decode()

    assert "09:38" in page
    assert "\N{MINUS SIGN} R$" in page.replace("\xa0", " ")


@db
def test_the_history_says_how_much_of_an_invoice_was_paid(deal, people, client_as):
    bill = issue(make_one(deal))
    services.record_payment(document_id=bill.pk, amount=Decimal(40), by=SYSTEM)
    services.record_payment(document_id=bill.pk, by=SYSTEM)

    page = client_as(people.ana).get(f"/deals/{deal.pk}/").content.decode().replace("\xa0", " ")

    assert page.count("Partly paid, R$ 40,00") == 1
    assert "Invoice </b>" not in page


@db
def test_the_filter_offers_what_the_chosen_kind_can_be_in_words_that_fit(people):
    with translation.override("pt-br"):
        assert dict(selectors.states_of(""))["paid"] == "Paga"
        assert set(dict(selectors.states_of("invoice"))) == {
            "draft",
            "issued",
            "part_paid",
            "paid",
            "cancelled",
        }
        assert dict(selectors.states_of("quote"))["sent"] == "Enviada"


@db
def test_documents_are_found_without_accents_and_by_each_word(deal, people):
    bill = issue(make_one(deal))

    for typed in ("zaneta", "goncalves 0001", "ŻANETA", bill.label[-3:], deal.name.split()[0]):
        wanted = selectors.DocumentFilter(typed=typed)
        assert selectors.document_page(member=people.ana, wanted=wanted).rows == [bill], typed
    wanted = selectors.DocumentFilter(typed="zaneta 9999")
    assert selectors.document_page(member=people.ana, wanted=wanted).rows == []
