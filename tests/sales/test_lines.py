"""The lines of a deal: what they come to, and how its value follows."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from afluente.deals import services as deals
from afluente.deals.events import ChangeRefusedError
from afluente.deals.models import Deal
from afluente.sales import selectors, services
from afluente.sales.models import Line
from afluente.timeline.events import SYSTEM
from afluente.timeline.models import Event
from tests import make
from tests.calls import caller

db = pytest.mark.django_db
D = Decimal
ZERO = D(0)


@dataclass
class Row:
    quantity: D
    price: D
    discount: D = ZERO
    discount_kind: str = "percent"
    tax_name: str = ""
    tax_rate: D = ZERO
    is_tax_included: bool = False


def test_each_tax_is_rounded_once_on_the_sum_of_its_lines():
    rows = [Row(D(1), D("0.33"), tax_name="VAT", tax_rate=D(23)) for _ in range(3)]

    found = selectors.sums(rows, "PLN")

    # By line it would be 3 times 0.08 = 0.24; on the sum 0.99 it is 0.2277, so 0.23.
    assert (found.net, found.tax, found.total) == (D("0.99"), D("0.23"), D("1.22"))


def test_included_tax_is_taken_out_and_the_other_put_on_top():
    rows = [
        Row(D(2), D(123), tax_name="VAT", tax_rate=D(23), is_tax_included=True),
        Row(D(1), D(100), discount=D(10), tax_name="VAT", tax_rate=D(8)),
    ]

    found = selectors.sums(rows, "PLN")

    assert [(one.base, one.amount) for one in found.taxes] == [(D(200), D(46)), (D(90), D("7.2"))]
    assert (found.net, found.discount, found.tax, found.total) == (D(290), D(10), D("53.2"), D("343.2"))


@pytest.mark.parametrize(("currency", "total"), [("BRL", D("3.34")), ("JPY", D(3)), ("KWD", D("3.335"))])
def test_a_half_goes_up_in_the_cents_of_the_currency(currency, total):
    assert selectors.sums([Row(D(1), D("3.335"))], currency).total == total


def scaled(least, most, places):
    return st.integers(least, most).map(lambda n: D(n).scaleb(-places))


LINES = st.builds(
    Row,
    quantity=scaled(1, 10**8, 4),
    price=scaled(0, 10**10, 4),
    discount=scaled(0, 10_000, 2),
    tax_name=st.sampled_from(["A", "B"]),
    tax_rate=scaled(0, 10_000, 2),
    is_tax_included=st.booleans(),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(LINES, max_size=8), currency=st.sampled_from(["BRL", "JPY", "KWD"]))
def test_what_is_paid_is_the_net_and_the_taxes_in_whole_cents(rows, currency):
    found = selectors.sums(rows, currency)

    assert found.total == found.net + found.tax == found.net + sum(one.amount for one in found.taxes)
    assert found.net >= 0
    unit = {"BRL": D("0.01"), "JPY": D(1), "KWD": D("0.001")}[currency]
    assert all(value % unit == 0 for value in (found.total, found.net, found.discount))
    assert selectors.sums(reversed(rows), currency).total == found.total


@pytest.fixture
def deal(people):
    make.pipeline()
    return make.deal(amount=500, contacts=(make.contact(),))


def product(**values):
    return services.create_product(
        **{"name": "Oak table", "price": D(100), "currency": "BRL", "by": SYSTEM, **values}
    )


def value(deal):
    return Deal.objects.get(pk=deal.pk).amount


@db
def test_the_value_follows_and_each_change_of_it_is_one_event(deal):
    vat = services.save_tax(tax_id=None, name="ICMS", rate=D(10), is_included=False, by=SYSTEM)

    line = services.add_line(deal_id=deal.pk, product_id=product(tax_id=vat.pk).pk, by=SYSTEM)
    services.change_line(line_id=line.pk, changes={"quantity": "2.5", "discount": 20}, by=SYSTEM)

    assert value(deal) == D(220)
    told = Event.objects.filter(deal_id=deal.pk, kind="deal.changed").order_by("pk")
    assert [one.data["amount"] for one in told] == [["500", "110"], ["110", "220"]]
    changed = Event.objects.filter(kind="deal.lines_changed").order_by("pk").last()
    assert changed.data["fields"] == {"quantity": ["1", "2.5"], "discount": ["0", "20"]}


@db
def test_a_value_set_by_hand_no_longer_follows_until_somebody_says_so(deal, people, client_as):
    browser = client_as(people.ana)
    services.add_line(deal_id=deal.pk, product_id=product().pk, by=SYSTEM)

    answer = browser.post(f"/deals/{deal.pk}/amount/", {"value": "90"}, headers={"HX-Request": "true"})

    assert "no longer follows" in answer["HX-Trigger"]
    services.add_line(deal_id=deal.pk, name="Delivery", price=D(30), by=SYSTEM)
    assert value(deal) == D(90)
    undo = f"/deals/{deal.pk}/lines/following/?on=1"
    assert undo in answer["HX-Trigger"]
    assert browser.post(undo, headers={"X-Requested-With": "fetch"}).status_code == 204
    assert value(deal) == D(130)
    services.let_follow(deal_id=deal.pk, follows=False, by=SYSTEM)
    deals.change_deal(deal_id=deal.pk, changes={"amount": D(7)}, by=SYSTEM)
    assert value(deal) == D(7)


@db
def test_another_currency_is_refused_and_nothing_converted(deal):
    euros = product(currency="EUR")

    with pytest.raises(services.LineRefusedError) as refused:
        services.add_line(deal_id=deal.pk, product_id=euros.pk, by=SYSTEM)
    with pytest.raises(services.LineRefusedError) as other:
        services.add_line(deal_id=deal.pk, name="Free", currency="EUR", by=SYSTEM)

    assert (refused.value.field, other.value.field) == ("price", "currency")
    services.change_product(product_id=euros.pk, changes={"prices": {"BRL": "640"}}, by=SYSTEM)
    services.add_line(deal_id=deal.pk, product_id=euros.pk, by=SYSTEM)
    assert value(deal) == D(640)
    with pytest.raises(ChangeRefusedError):
        deals.change_deal(deal_id=deal.pk, changes={"currency": "EUR"}, by=SYSTEM)
    assert Deal.objects.get(pk=deal.pk).currency == "BRL"


@db
@pytest.mark.parametrize(
    ("field", "typed"), [("quantity", 0), ("quantity", -1), ("price", "x"), ("discount", 101), ("name", " ")]
)
def test_what_no_line_can_be_is_refused(deal, field, typed):
    line = services.add_line(deal_id=deal.pk, name="Advice", price=D(10), by=SYSTEM)

    with pytest.raises(services.LineRefusedError) as refused:
        services.change_line(line_id=line.pk, changes={field: typed}, by=SYSTEM)

    assert refused.value.field == field
    assert value(deal) == D(10)


@db
def test_two_who_change_one_line_are_told(deal, people, client_as):
    line = services.add_line(deal_id=deal.pk, name="Advice", price=D(10), by=SYSTEM)
    services.change_line(line_id=line.pk, changes={"quantity": 3}, by=SYSTEM)
    sent = {"name": "Advice", "quantity": "5", "price": "10", "version": "1"}

    late = client_as(people.ana).post(
        f"/deals/{deal.pk}/lines/{line.pk}/", sent, headers={"HX-Request": "true"}
    )

    assert late.status_code == 422
    assert "Somebody changed this line meanwhile" in late.content.decode()
    assert Line.objects.get(pk=line.pk).quantity == D(3)


@db
def test_lines_are_typed_changed_ordered_and_taken_away_on_the_page(deal, people, client_as):
    browser, htmx = client_as(people.ana), {"HX-Request": "true"}
    table = product(sku="OT-1")
    url = f"/deals/{deal.pk}/lines/"

    assert "Oak table" in browser.get(f"{url}?q=ot-1", headers=htmx).content.decode()
    browser.post(url, {"product": table.pk}, headers=htmx)
    browser.post(url, {"name": "Delivery"}, headers=htmx)
    first, second = selectors.lines_of(deal.pk)
    sent = {
        "name": "Delivery",
        "quantity": "2",
        "price": "15,50",
        "discount": "1",
        "discount_kind": "amount",
        "version": "1",
    }
    drawn = browser.post(f"{url}{second.pk}/", sent, headers=htmx)
    assert (drawn.status_code, value(deal)) == (200, D(130))
    browser.post(url, {"order": f"{second.pk},{first.pk}"}, headers={"X-Requested-With": "fetch"})
    assert [one.pk for one in selectors.lines_of(deal.pk)] == [second.pk, first.pk]
    gone = browser.post(f"{url}{first.pk}/removal/", headers=htmx)
    assert "restoring" in gone["HX-Trigger"]
    assert value(deal) == D(30)
    browser.post(f"{url}{first.pk}/restoring/", headers={"X-Requested-With": "fetch"})
    assert value(deal) == D(130)
    page = browser.get(f"/deals/{deal.pk}/?tab=products").content.decode()
    assert 'value="Delivery"' in page
    plain = browser.post(url, {"product": table.pk})
    assert (plain.status_code, plain["Location"]) == (303, f"/deals/{deal.pk}/?tab=products")
    assert "added" in browser.get(f"/deals/{deal.pk}/").content.decode()


@db
def test_the_tab_asks_the_same_number_of_queries_however_many_lines(deal, people, client_as):
    browser, url = client_as(people.ana), f"/deals/{deal.pk}/?tab=products"
    services.add_line(deal_id=deal.pk, name="One", by=SYSTEM)
    browser.get(url)
    with CaptureQueriesContext(connection) as one:
        browser.get(url)
    for number in range(3):
        services.add_line(deal_id=deal.pk, name=f"More {number}", by=SYSTEM)
    with CaptureQueriesContext(connection) as many:
        browser.get(url)

    assert len(many) == len(one)


@db
def test_a_copy_of_a_deal_has_its_lines(deal):
    services.add_line(deal_id=deal.pk, name="Advice", price=D(10), by=SYSTEM)

    made = deals.copy_deal(deal_id=deal.pk, by=SYSTEM)

    assert [(one.name, one.price) for one in selectors.lines_of(made)] == [("Advice", D(10))]
    services.add_line(deal_id=made, name="More", price=D(5), by=SYSTEM)
    assert (value(deal), Deal.objects.get(pk=made).amount) == (D(10), D(15))


@db
def test_who_may_not_change_the_deal_changes_no_line(people, client_as):
    make.pipeline()
    theirs = make.deal(assignee=people.carla)
    browser = client_as(people.bruno)

    assert browser.get(f"/deals/{theirs.pk}/lines/").status_code == 403
    assert browser.post(f"/deals/{theirs.pk}/lines/", {"name": "Mine"}).status_code == 403
    assert not Line.objects.exists()


@db
def test_programs_read_and_change_lines(deal, people):
    call = caller(people.ana, ("deals:read", "deals:write"))
    path = f"/deals/{deal.pk}/lines"

    status, made = call("POST", path, {"product_id": product().pk, "quantity": "2"})

    assert (status, made["total"], made["items"][0]["amount"], made["is_value_followed"]) == (
        201,
        "200",
        "200",
        True,
    )
    line = f"{path}/{made['items'][0]['id']}"
    assert (
        call("PATCH", line, {"discount": "5", "discount_kind": "amount", "version": 1})[1]["total"] == "195"
    )
    assert call("PATCH", line, {"quantity": "3", "version": 1})[0] == 422
    assert call("POST", path, {"name": "Free", "currency": "EUR"})[1]["error"]["field"] == "currency"
    assert call("POST", path, {})[0] == 422
    second = call("POST", path, {"name": "Free", "price": "1"})[1]["items"][1]["id"]
    assert call("POST", f"{path}/order", {"line_ids": [second]})[1]["items"][0]["id"] == second
    assert call("PATCH", path, {"is_value_followed": False})[1]["is_value_followed"] is False
    assert call("DELETE", line)[1]["total"] == "1"
    assert call("DELETE", line)[0] == 404
    assert value(deal) == D(196)
    assert call("PATCH", f"/deals/{deal.pk}", {"currency": "EUR"})[0] == 422
    assert call("GET", "/deals/999999/lines")[0] == 404
