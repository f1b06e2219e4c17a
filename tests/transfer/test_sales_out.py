"""Taking the catalogue, quotes and invoices out into files (issue 4, point 8)."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from python_calamine import CalamineWorkbook

from afluente.accounts.models import AuditEntry
from afluente.sales import services as sales
from afluente.sales.models import Document, Product
from afluente.sales.selectors import exporting
from afluente.timeline.events import SYSTEM
from afluente.transfer import services
from tests import make
from tests.transfer.test_exporting import cells, content

if TYPE_CHECKING:
    from afluente.transfer.models import Export

SELECTIONS: dict[str, Any] = {
    "products": exporting.ProductSelection,
    "documents": exporting.DocumentSelection,
}


def made(member: Any, about: str, columns: Any, query: str = "", format: str = "csv") -> Export:  # noqa: A002
    begun = services.begin_export(
        about=about, selection=SELECTIONS[about](query=query), columns=columns, format=format, member=member
    )
    services.make_export(workspace_id=begun.workspace_id, export_id=begun.pk)
    begun.refresh_from_db()
    return begun


@pytest.fixture
def oak(people: Any) -> Product:
    return sales.create_product(
        name="=Oak",
        sku="OT-1",
        price=Decimal("1234.5"),
        currency="BRL",
        prices={"USD": Decimal("250.5")},
        stock=Decimal(3),
        by=SYSTEM,
    )


def test_a_file_of_products_holds_each_price_and_is_written_down(ana: Any, oak: Product):
    keys = ["name", "sku", "price", "currency", "price-USD", "stock", "archived"]

    found = made(ana, "products", keys)

    assert cells(found) == [
        ["Name", "Code", "Price", "Currency", "Price in USD", "In stock", "Archived"],
        ["'=Oak", "OT-1", "1234,5", "BRL", "250,5", "3", "No"],
    ]
    entry = AuditEntry.objects.get(kind="export.made")
    assert (entry.actor_id, entry.after["products"]) == (ana.pk, 1)
    book = CalamineWorkbook.from_filelike(io.BytesIO(content(made(ana, "products", keys, format="xlsx"))))
    assert book.get_sheet_by_index(0).to_python()[1][:3] == ["=Oak", "OT-1", 1234.5]


def test_the_filter_of_the_catalogue_and_the_right_to_export_count(ana: Any, bruno: Any, oak: Product):
    old = sales.create_product(name="Old pine", currency="BRL", by=SYSTEM)
    sales.archive_product(product_id=old.pk, by=SYSTEM)

    def names(query: str) -> list[str]:
        return [row[0] for row in cells(made(ana, "products", ["name"], query))[1:]]

    assert names("") == ["'=Oak"]
    assert names("state=archived") == ["Old pine"]
    assert names("state=all&q=p") == ["Old pine"]
    assert names("state=all") == ["Old pine", "'=Oak"]
    assert made(bruno, "products", ["name"]).reason == "There is no product to export."


def test_documents_are_found_by_number_customer_and_deal_and_taken_out(
    ana: Any, bruno: Any, client_as: Any, oak: Product
):
    make.pipeline()
    deal = make.deal(name="Telhado novo", contacts=(make.contact(name="Zofia Żuk"),))
    sales.add_line(deal_id=deal.pk, product_id=oak.pk, by=SYSTEM)
    sales.create_document(kind="quote", deal_id=deal.pk, by=SYSTEM)
    other = make.deal(name="Other")
    sales.add_line(deal_id=other.pk, product_id=oak.pk, by=SYSTEM)
    sales.create_document(kind="invoice", deal_id=other.pk, by=SYSTEM)

    def kinds(query: str) -> list[str]:
        return [row[0] for row in cells(made(ana, "documents", ["kind", "deal", "total"], query))[1:]]

    assert kinds("") == ["Invoice", "Quote"]
    assert kinds("q=telhado") == kinds("q=zofia") == kinds("kind=quote") == ["Quote"]
    assert made(bruno, "documents", ["kind"]).reason == "There is no quote or invoice to export."
    browser, number = client_as(ana), Document.objects.get(kind="quote").pk
    page = browser.get("/documents/?q=telhado").content.decode()
    assert f"/documents/{number}/" in page
    assert page.count('<td class="nm">') == 1
    assert "about=documents&amp;all=1&amp;query=q%3Dtelhado" in page
    assert "about=documents" not in client_as(bruno).get("/documents/").content.decode()


def test_the_catalogue_offers_its_file_with_its_own_filter(ana: Any, client_as: Any, oak: Product):
    page = client_as(ana).get("/products/?q=oak").content.decode()

    assert "about=products&amp;all=1&amp;query=q%3Doak" in page
    asked = client_as(ana).get("/exports/new/?about=products&all=1&query=q%3Doak").content.decode()
    assert "Price in USD" in asked
    assert "Code" in asked
