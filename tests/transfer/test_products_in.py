"""Bringing in a file of products (issue 4, point 8)."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import pytest

from afluente.sales import services as sales
from afluente.sales.models import Product, StockMove
from afluente.sales.selectors import exporting
from afluente.timeline.events import SYSTEM
from afluente.timeline.models import Event
from afluente.transfer import services
from afluente.transfer.models import ImportRow
from afluente.transfer.selectors.usual import USUAL_PRODUCTS
from afluente.transfer.services import kinds
from tests.transfer.conftest import look
from tests.transfer.test_exporting import content

WHOLE = (
    "Nome;Código;Descrição;Unidade;Preço;Moeda;Preço (USD);Imposto;Estoque;Arquivado\n"
    "Mesa;M-1;De carvalho;un;1.234,50;;250,5;ICMS;3;\n"
    "Consultoria;;;h;90;EUR;;23;;não\n"
    "Velha;V-1;;;;;;;;sim\n"
)


@pytest.fixture
def taxes(people: Any) -> Any:
    def made(name: str, rate: int) -> Any:
        return sales.save_tax(tax_id=None, name=name, rate=Decimal(rate), is_included=False, by=SYSTEM)

    return made("ICMS", 18), made("VAT", 23)


@pytest.fixture
def bring_products(bring: Any, people: Any) -> Any:
    def brought(text: str, **more: Any) -> Any:
        return bring(begun(text.encode(), more.pop("member", people.ana)), **more)

    return brought


def begun(body: bytes, member: Any) -> Any:
    return services.begin_import(
        name="products.csv", body=io.BytesIO(body), size=len(body), about="products", member=member
    )


def product(name: str = "Oak", **values: Any) -> Product:
    return sales.create_product(name=name, **{"price": Decimal(100), "currency": "BRL", **values}, by=SYSTEM)


def test_products_come_in_whole_and_a_second_time_change_nothing(
    bring_products: Any, people: Any, check: Any, taxes: Any
):
    done = bring_products(WHOLE)

    assert (done.created_count, done.failed_count) == (3, 0), done.report
    table, advice, old = Product.objects.order_by("pk")
    assert (table.name, table.sku, table.description, table.unit) == ("Mesa", "M-1", "De carvalho", "un")
    assert (table.price, table.currency, table.prices) == (Decimal("1234.5"), "BRL", {"USD": "250.5"})
    assert (table.tax_id, table.stock) == (taxes[0].pk, 3)
    assert (advice.price, advice.currency, advice.tax_id, advice.stock) == (90, "EUR", taxes[1].pk, None)
    assert old.archived_at is not None
    told = Event.objects.get(kind="product.created", data__product=table.pk)
    assert told.data["import"] == {"id": done.pk, "file": "products.csv"}

    again = check(begun(WHOLE.encode(), people.ana))

    assert [again.report[one] for one in ("created", "updated", "skipped")] == [0, 0, 3]


def test_known_ones_are_found_by_code_then_name_and_shown_before_they_change(
    bring_products: Any, people: Any, check: Any
):
    coded, named = product("Oak", sku="OT-1", stock=Decimal(5)), product("Pine")
    small, large = product("Shirt", sku="S"), product("Shirt", sku="L")
    text = "Name,Code,Price,Stock\nOak table,ot-1,120,7\nPine,P-9,,\nShirt,XL,10,\nShirt,,11,\n"

    seen = check(begun(text.encode(), people.ana))

    assert [seen.report[one] for one in ("created", "updated", "failed")] == [1, 2, 1]
    changes = seen.report["samples"]["updated"][0]["changes"]
    assert changes == {"name": ["Oak", "Oak table"], "price": ["100", "120"], "stock": ["5", "7"]}
    assert Product.objects.get(pk=coded.pk).name == "Oak"

    done = bring_products(text)

    assert (done.created_count, done.updated_count, done.failed_count) == (1, 2, 1)
    coded.refresh_from_db()
    named.refresh_from_db()
    assert (coded.name, coded.price, coded.stock, named.sku) == ("Oak table", 120, 7, "P-9")
    assert StockMove.objects.filter(product=coded).count() == 2
    assert "Several products" in ImportRow.objects.get(outcome="failed").reason
    assert Product.objects.get(sku="XL").price == 10
    assert {one.price for one in (small, large)} == {100}


def test_each_row_that_cannot_be_says_why(bring_products: Any, taxes: Any):
    product("Oak", sku="OT-1")

    done = bring_products(
        "Name,Code,Price,Currency,Tax,Stock,Archived,Price in EUR\n"
        ",,5,,,,,\n"
        ",NEW,5,,,,,\n"
        "A,,-1,,,,,\n"
        "B,,ten,,,,,\n"
        "C,,1,XYZ,,,,\n"
        "D,,1,,Gold,,,\n"
        "E,,1,,,lots,,\n"
        "F,,1,,,,perhaps,\n"
        "G,,1000000000000000,,,,,\n"
        f"{'x' * 256},,1,,,,,\n"
        "Oak,OT-1,,USD,,,,\n"
        "H,,,,,-2,,\n"
    )

    why = dict(ImportRow.objects.filter(outcome="failed").values_list("number", "reason"))
    said = [
        "no name and no code", "no name for a new one", "below zero", "as a number", "no currency",
        "There are: ICMS, VAT", "as a number", "yes or no", "too much", "longer than 255", "priced in BRL",
    ]  # fmt: skip
    assert [part in why.get(number, "") for number, part in enumerate(said, 2)] == [True] * 11, why
    assert (done.failed_count, done.created_count) == (11, 1)
    assert Product.objects.get(name="H").stock == -2


def test_filling_leaves_what_is_there_and_a_price_in_another_currency_comes_beside(bring_products: Any):
    oak = product("Oak", sku="OT-1", unit="piece")
    text = "Name,Code,Unit,Description,Price,Currency\nOther,OT-1,h,Solid,20,USD\n"

    bring_products(text, policy="fill")

    oak.refresh_from_db()
    assert (oak.name, oak.unit, oak.description) == ("Oak", "piece", "Solid")
    assert (oak.price, oak.currency, oak.prices) == (100, "BRL", {"USD": "20"})


def test_taken_back_but_for_what_was_changed_since(bring_products: Any, people: Any):
    oak = product("Oak", sku="OT-1", stock=Decimal(5))
    done = bring_products(
        "Name,Code,Price,Stock,Price in EUR,Archived\nOak,OT-1,120,7,9,yes\nA,,1,,,\nB,,1,,,\n"
    )
    touched = Product.objects.get(name="B")
    sales.change_product(
        product_id=touched.pk, changes={"price": Decimal(2)}, by=services.actor_of(people.ana)
    )
    sales.change_product(product_id=oak.pk, changes={"stock": Decimal(1)}, by=services.actor_of(people.ana))

    services.undo_import(import_id=done.pk)
    services.take_back(workspace_id=done.workspace_id, import_id=done.pk)

    oak.refresh_from_db()
    assert (oak.price, oak.stock, oak.prices, oak.archived_at) == (100, 1, {}, None)
    assert set(Product.objects.present().values_list("name", flat=True)) == {"Oak", "B"}
    notes = dict(ImportRow.objects.values_list("number", "note"))
    assert "In stock" in notes[2]
    assert "Since then: Product changed, Ana Souza" in notes[4]


def test_what_went_out_comes_in_again_and_says_the_same(check: Any, ana: Any, taxes: Any):
    oak = product("Oak", sku="OT-1", prices={"USD": Decimal("7.25")}, stock=Decimal(2), tax_id=taxes[0].pk)
    begun_export = services.begin_export(
        about="products",
        selection=exporting.ProductSelection(query="state=all"),
        columns=USUAL_PRODUCTS,
        format="csv",
        member=ana,
    )
    services.make_export(workspace_id=oak.workspace_id, export_id=begun_export.pk)
    begun_export.refresh_from_db()

    seen = check(begun(content(begun_export), ana))

    assert (seen.report["skipped"], seen.report["created"], seen.report["bad"]) == (1, 0, {})


def test_the_screens_ask_and_who_adds_no_products_is_refused(ana: Any, bruno: Any, client_as: Any):
    given = begun(b"Name,Price\nOak,1\n", ana)
    browser = client_as(ana)

    page = browser.get(f"/imports/{given.pk}/columns/").content.decode()
    assert "By code, then name" in page
    sent = {"column-0": "name", "column-1": "price", "match": "any", "policy": "update"}
    assert browser.post(f"/imports/{given.pk}/columns/", sent).status_code == 303
    assert look(given).report["created"] == 1
    assert "about=products" in browser.get("/products/").content.decode()
    assert "/imports/?about=products" not in client_as(bruno).get("/products/").content.decode()


def test_the_products_of_a_file_are_shown_alone_archived_ones_too(
    bring_products: Any, people: Any, client_as: Any, taxes: Any
) -> None:
    product("Of before")
    done = bring_products(WHOLE)
    browser = client_as(people.ana)

    address = kinds.kind_of(done).seen_url(done)
    page = browser.get(address).content.decode()

    assert [name for name in ("Mesa", "Consultoria", "Velha", "Of before") if name in page] == [
        "Mesa", "Consultoria", "Velha",
    ]  # fmt: skip
    assert "products.csv" in page
    assert f'name="import" value="{done.pk}"' in page  # it stays while one searches within
    found = browser.get(f"{address}&q=mesa").content.decode()
    assert ("Mesa" in found, "Consultoria" in found) == (True, False)
    assert "Nothing matches" in browser.get("/products/?import=999999").content.decode()
