"""The catalogue: products, taxes, stock, and who may touch them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afluente.accounts.models import Role
from afluente.sales import selectors, services
from afluente.sales.models import Product, StockMove, Tax
from afluente.timeline.events import SYSTEM, Actor
from afluente.timeline.models import Event
from tests import make
from tests.calls import caller

pytestmark = pytest.mark.django_db
FORM = {"name": "Oak table", "price": "1.234,50", "currency": "brl", "sku": "OT-1", "unit": "piece"}


def product(name="Oak table", **values):
    return services.create_product(
        name=name, **{"price": Decimal(100), "currency": "BRL", **values}, by=SYSTEM
    )


def tax(name="ICMS", rate=Decimal(18), is_included=False):
    return services.save_tax(tax_id=None, name=name, rate=rate, is_included=is_included, by=SYSTEM)


def test_a_product_is_made_changed_archived_and_brought_back(people, client_as):
    browser, vat = client_as(people.ana), tax()

    made = browser.post("/products/new/", {**FORM, "tax": vat.pk, "is_counted": "on", "stock": "3"})

    found = Product.objects.get()
    assert (made.status_code, made["Location"]) == (303, f"/products/{found.pk}/")
    assert (found.price, found.currency, found.tax_id, found.stock) == (
        Decimal("1234.5000"), "BRL", vat.pk, Decimal(3),
    )  # fmt: skip
    page = browser.get(f"/products/{found.pk}/").content.decode()
    was = page.partition('name="was" value="')[2].partition('"')[0]
    sent = {**FORM, "price": "1.300", "was": was, "other_currency": ["usd", ""], "other_price": ["250,5", ""]}
    assert browser.post(f"/products/{found.pk}/", sent).status_code == 303
    found.refresh_from_db()
    assert (found.price, found.prices, found.stock) == (Decimal(1300), {"USD": "250.5"}, None)
    browser.post(f"/products/{found.pk}/archiving/")
    row = f'id="product-{found.pk}"'
    assert row not in browser.get("/products/").content.decode()
    assert row in browser.get("/products/?state=archived").content.decode()
    browser.post(f"/products/{found.pk}/archiving/?back=1", headers={"X-Requested-With": "fetch"})
    browser.post(f"/products/{found.pk}/deletion/")
    assert browser.get(f"/products/{found.pk}/").status_code == 404
    browser.post(f"/products/{found.pk}/restoring/")
    assert browser.get(f"/products/{found.pk}/").status_code == 200
    kinds = list(
        Event.objects.filter(kind__startswith="product.").order_by("pk").values_list("kind", flat=True)
    )
    assert kinds == [
        "product.created", "product.stock_changed", "product.changed", "product.stock_changed",
        "product.archived", "product.unarchived", "product.deleted", "product.restored",
    ]  # fmt: skip
    changed = Event.objects.get(kind="product.changed").data
    assert changed["price"] == ["1234.5", "1300"]


def test_two_who_change_a_product_are_told(people, client_as):
    found, browser = product(), client_as(people.ana)
    was = services.mark(found)
    services.change_product(product_id=found.pk, changes={"price": Decimal(90)}, by=SYSTEM)

    late = browser.post(f"/products/{found.pk}/", {**FORM, "was": was})

    assert late.status_code == 422
    assert "Somebody changed this product meanwhile" in late.content.decode()
    found.refresh_from_db()
    assert found.price == Decimal(90)


def test_a_code_stands_once_and_is_free_again_when_its_product_is_deleted(people):
    first = product(sku="a-1")

    with pytest.raises(services.ProductRefusedError) as refused:
        product("Other", sku="A-1")

    assert refused.value.field == "sku"
    services.delete_product(product_id=first.pk, by=SYSTEM)
    product("Other", sku="A-1")
    back = services.restore_product(product_id=first.pk, by=SYSTEM)
    assert back.sku == ""


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", " "), ("price", "-1"), ("price", "abc"), ("currency", "XXQ"), ("rate", "x")],
)
def test_what_cannot_be_is_refused_with_a_word(people, client_as, field, value):
    answer = client_as(people.ana).post("/products/new/", {**FORM, field: value})

    assert answer.status_code == (303 if field == "rate" else 422)
    assert Product.objects.count() == (1 if field == "rate" else 0)


def test_stock_has_an_account(people):
    counted, service = product(stock=Decimal(5)), product("Advice")

    services.move_stock(
        quantities={counted.pk: Decimal(7), service.pk: Decimal(1)}, cause=StockMove.Cause.SOLD, by=SYSTEM
    )

    counted.refresh_from_db()
    assert counted.stock == Decimal(-2)
    lines = (
        StockMove.objects.filter(product=counted).order_by("pk").values_list("cause", "quantity", "balance")
    )
    assert list(lines) == [
        ("counted", Decimal(5), Decimal(5)), ("sold", Decimal(-7), Decimal(-2)),
    ]  # fmt: skip
    assert not StockMove.objects.filter(product=service).exists()


def test_the_list_is_searched_ordered_and_read_on(people, client_as):
    for number in range(55):
        product(f"Chair {number:02}", price=Decimal(100 - number), sku=f"CH-{number:02}")
    browser = client_as(people.ana)

    first = browser.get("/products/")
    rest = browser.get(f"/products/?after={Product.objects.get(name='Chair 49').pk}").content.decode()

    assert first.content.decode().count('<tr id="product-') == 50
    assert [name for name in ("Chair 49", "Chair 50", "Chair 54") if name in rest] == ["Chair 50", "Chair 54"]
    assert "Chair 07" in browser.get("/products/?q=ch-07").content.decode()
    cheap = browser.get("/products/?sort=price").content.decode()
    assert cheap.index("Chair 54") < cheap.index("Chair 53")
    assert "Nothing matches" in browser.get("/products/?q=table").content.decode()


def test_the_list_asks_the_same_number_of_queries_however_long(people, client_as):
    browser, vat = client_as(people.ana), tax()
    product(tax_id=vat.pk)
    browser.get("/products/")
    with CaptureQueriesContext(connection) as one:
        browser.get("/products/")
    for number in range(4):
        product(f"Chair {number}", tax_id=vat.pk)
    with CaptureQueriesContext(connection) as many:
        browser.get("/products/")

    assert len(many) == len(one)


def test_taxes_are_made_changed_ordered_and_archived(people, client_as):
    browser = client_as(people.ana)

    browser.post("/settings/taxes/", {"name": "VAT 23", "rate": "23"})
    browser.post("/settings/taxes/", {"name": "ISS", "rate": "5,5", "is_included": "on"})

    vat, iss = Tax.objects.get(name="VAT 23"), Tax.objects.get(name="ISS")
    assert (iss.rate, iss.is_included) == (Decimal("5.5"), True)
    assert browser.post("/settings/taxes/", {"name": "iss", "rate": "1"}).status_code == 422
    assert browser.post("/settings/taxes/", {"name": "Much", "rate": "101"}).status_code == 422
    browser.post("/settings/taxes/", {"order": f"{iss.pk},{vat.pk}"})
    assert [one.name for one in selectors.taxes()] == ["ISS", "VAT 23"]
    browser.post(f"/settings/taxes/{iss.pk}/", {"name": "ISS SP", "rate": "5"})
    browser.post(f"/settings/taxes/{vat.pk}/archiving/")
    assert [one.name for one in selectors.taxes()] == ["ISS SP"]
    back = f"/settings/taxes/{vat.pk}/archiving/?back=1"
    assert f'action="{back}"' in browser.get("/settings/taxes/").content.decode()
    browser.post(back)
    assert [one.name for one in selectors.taxes()] == ["ISS SP", "VAT 23"]
    browser.post(f"/settings/taxes/{vat.pk}/archiving/")


def test_products_are_found_by_name_and_by_code(people):
    found = product("Mesa de carvalho", sku="MC-77")

    assert [row.pk for row in selectors.find_products(people.ana, "carvalho", 5)] == [found.pk]
    assert [row.pk for row in selectors.find_products(people.ana, "mc-77", 5)] == [found.pk]


def test_who_only_sees_the_catalogue_changes_nothing(people, client_as):
    found, browser = product(), client_as(people.bruno)

    page = browser.get(f"/products/{found.pk}/")

    assert page.status_code == 200
    assert b"Save" not in page.content
    assert browser.post(f"/products/{found.pk}/", FORM).status_code == 403
    assert browser.post(f"/products/{found.pk}/deletion/").status_code == 403
    assert browser.get("/settings/taxes/").status_code == 403
    found.refresh_from_db()
    assert (found.name, found.deleted_at) == ("Oak table", None)


def test_programs_read_and_change_the_catalogue(people):
    call, vat = caller(people.ana, ("products:read", "products:write")), tax()

    status, made = call(
        "POST", "/products", {"name": "Chair", "price": "12.50", "tax_id": vat.pk, "stock": "4"}
    )

    assert (status, made["price"], made["currency"], made["stock"]) == (201, "12.5", "BRL", "4")
    path = f"/products/{made['id']}"
    assert call("GET", path) == (200, made)
    status, changed = call("PATCH", path, {"prices": {"USD": "3"}, "stock": None, "is_archived": True})
    assert (status, changed["prices"], changed["stock"], changed["is_archived"]) == (
        200,
        {"USD": "3"},
        None,
        True,
    )
    assert call("GET", "/products?state=offered")[1]["items"] == []
    assert call("PATCH", path, {"tax_id": vat.pk + 999})[0] == 422
    assert call("POST", "/products", {"name": "X", "price": "-1"})[0] == 422
    assert call("DELETE", path)[0] == 204
    assert call("GET", path)[0] == 404
    assert call("POST", f"{path}/restoration")[0] == 200
    assert call("GET", "/taxes")[1]["items"][0]["rate"] == "18"
    reader = caller(make.member(role=Role.ANALYST), ("products:read", "products:write"))
    assert reader("PATCH", path, {"name": "Mine"})[0] == 403
    assert reader("POST", "/products", {"name": "Mine"})[0] == 403


def test_programs_set_up_taxes(people):
    call = caller(people.ana, ("products:read", "products:write"))

    status, vat = call("POST", "/taxes", {"name": "VAT 23", "rate": "23"})
    assert (status, vat["rate"], vat["is_included"], vat["is_archived"]) == (201, "23", False, False)
    status, low = call("POST", "/taxes", {"name": "VAT 8", "rate": 8, "is_included": True})
    assert (status, low["is_included"]) == (201, True)
    path = f"/taxes/{vat['id']}"
    assert call("PATCH", path, {"rate": "22.5"})[1] == {**vat, "rate": "22.5"}
    assert call("PATCH", path, {"is_archived": True})[1]["is_archived"] is True
    assert call("PATCH", path, {"is_archived": False})[1] == call("GET", path)[1]
    ordered = call("POST", "/taxes/order", {"tax_ids": [low["id"]]})[1]["items"]
    assert [one["name"] for one in ordered] == ["VAT 8", "VAT 23"]
    for body, field in (({"name": "vat 8"}, "name"), ({"name": " "}, "name")):
        status, said = call("PATCH", path, body)
        assert (status, said["error"]["field"]) == (422, field)
    assert call("POST", "/taxes", {"name": "Much", "rate": "100.5"})[0] == 422
    assert call("GET", "/taxes/999999")[0] == call("PATCH", "/taxes/999999", {"rate": "1"})[0] == 404
    told = Event.objects.filter(kind__startswith="tax.").order_by("pk").values_list("kind", flat=True)
    assert list(told) == [
        "tax.created", "tax.created", "tax.changed", "tax.archived", "tax.unarchived", "tax.ordered",
    ]  # fmt: skip


def test_who_may_not_set_up_changes_no_tax_by_program(people):
    vat = tax()
    reader = caller(people.bruno, ("products:read", "products:write"))

    assert reader("GET", f"/taxes/{vat.pk}")[0] == 200
    assert reader("PATCH", f"/taxes/{vat.pk}", {"rate": "1"})[0] == 403
    assert reader("POST", "/taxes", {"name": "Mine", "rate": "1"})[0] == 403
    assert reader("POST", "/taxes/order", {"tax_ids": [vat.pk]})[0] == 403
    vat.refresh_from_db()
    assert (vat.rate, Tax.objects.count()) == (Decimal(18), 1)


def test_a_product_has_a_history_of_who_changed_what(people, client_as):
    browser, vat = client_as(people.ana), tax("ICMS 18")
    hers = Actor("member", people.ana.pk, "Ana Souza")
    found, other = product(stock=Decimal(3)), product("Chair")
    changes = {"price": Decimal("1250.5"), "tax_id": vat.pk, "prices": {"USD": "3"}, "stock": Decimal(8)}
    services.change_product(product_id=found.pk, changes=changes, by=hers)
    services.change_product(product_id=other.pk, changes={"price": Decimal(77)}, by=hers)

    page = browser.get(f"/products/{found.pk}/").content.decode()

    shown = page.partition('id="history"')[2]
    for words in ("Product made", "Ana Souza", "1.250,5", "ICMS 18", "Price in USD", "from 3 to <b>8</b>"):
        assert words in shown
    assert "77" not in shown
    call = caller(people.ana, ("products:read",))
    status, told = call("GET", f"/products/{found.pk}/history")
    assert (status, [one["kind"] for one in told["items"]]) == (
        200, ["product.stock_changed", "product.changed", "product.stock_changed", "product.created"],
    )  # fmt: skip
    assert call("GET", "/products/999999/history")[0] == 404


def test_the_history_of_a_product_is_read_on_and_asks_as_much_however_long(people, client_as):
    browser, found = client_as(people.ana), product()
    page = f"/products/{found.pk}/"
    browser.get(page)
    with CaptureQueriesContext(connection) as short:
        browser.get(page)
    for number in range(25):
        services.archive_product(product_id=found.pk, by=SYSTEM, is_back=bool(number % 2))

    with CaptureQueriesContext(connection) as long:
        first = browser.get(page)

    assert len(long) == len(short)
    assert first.content.decode().count('<li id="event-') == 20
    older = browser.get(first.context["feed"].more_url, headers={"HX-Request": "true"}).content.decode()
    assert older.count('<li id="event-') == 6
    assert "Product made" in older


def test_the_history_of_a_product_reads_its_own_index(people):
    found = product()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM timeline_event WHERE workspace_id = %s AND product_id = %s"
            " ORDER BY id DESC LIMIT 20",
            [people.ana.workspace_id, found.pk],
        )
        plan = " ".join(row[0] for row in cursor.fetchall())

    assert "timeline_event_product" in plan
