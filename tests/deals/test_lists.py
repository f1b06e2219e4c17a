"""The list, the calendar and the forecast of a pipeline, and many deals at once."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afluente.contacts import services as contacts
from afluente.deals import selectors, services
from afluente.deals.models import Deal
from afluente.deals.selectors import BoardFilter, lists, orders
from afluente.kernel import clock
from afluente.timeline.events import SYSTEM
from afluente.timeline.models import Event
from tests import make

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def pipeline(people):
    return make.pipeline()


@pytest.fixture
def browser(people, client_as):
    return client_as(people.dora)


def with_stages(people):
    return selectors.move_targets(member=people.dora)[0]


@pytest.mark.parametrize("is_back", [False, True])
@pytest.mark.parametrize("order", [*orders._KNOWN, "field"])
def test_every_order_reads_each_deal_once_and_knows_its_neighbours(
    people, pipeline, monkeypatch, order, is_back
):
    monkeypatch.setattr(lists, "PAGE", 3)
    note = contacts.create_field(entity="deal", name="Note", by=SYSTEM)
    types = [services.create_type(name=name, by=SYSTEM) for name in ("Sale", "Resale")]
    company = contacts.create_company(name="Serra", by=SYSTEM)
    now = clock.now()
    for n in range(8):
        made = make.deal(
            stage=make.stage_of(pipeline, ("New", "In progress")[n % 2]),
            name=f"Deal {n % 4}",
            amount=n % 3,
            due_at=now + dt.timedelta(days=n // 2) if n % 3 else None,
            type=types[n % 2] if n % 3 else None,
            company=company if n % 2 else None,
            contacts=(make.contact(),) if n % 4 else (),
        )
        if n % 3:
            services.fill_values(given={made.pk: {note.pk: f"Text {n % 2}"}}, by=SYSTEM)
    order = f"field-{note.pk}" if order == "field" else order
    order = f"-{order}" if is_back else order

    found, after = [], ""
    while True:
        page = selectors.list_page(
            pipeline=with_stages(people), member=people.dora, asked=BoardFilter(), order=order, after=after
        )
        found += [row.card.id for row in page.rows]
        after = page.after
        if not after:
            break

    whole = orders.order_of(order, people.dora).sorted(Deal.objects.all())
    assert found == list(whole.values_list("pk", flat=True))
    assert len(set(found)) == 8
    around = [
        selectors.around(
            pipeline=with_stages(people),
            member=people.dora,
            asked=BoardFilter(),
            order=order,
            deal_id=one,
        )
        for one in found
    ]
    assert [one.following for one in around] == [*found[1:], None]
    assert [one.previous for one in around] == [None, *found[:-1]]


def test_the_list_costs_the_same_for_one_deal_and_for_many(browser, pipeline):
    contacts.create_field(entity="deal", name="Note", by=SYSTEM)
    company = contacts.create_company(name="Serra", by=SYSTEM)
    stage = make.stage_of(pipeline)
    url = f"/deals/pipelines/{pipeline.pk}/?status=list"

    def cost():
        with CaptureQueriesContext(connection) as found:
            assert browser.get(url).status_code == 200
        return len(found)

    make.deal(stage=stage, contacts=(make.contact(),), company=company)
    cost()
    first = cost()
    for _ in range(3):
        make.deal(stage=stage, contacts=(make.contact(),), company=company)
    assert cost() == first


def test_the_list_shows_columns_filters_and_forgets_nonsense(browser, pipeline):
    late = clock.now() - dt.timedelta(days=2)
    make.deal(stage=make.stage_of(pipeline), name="Kitchen", amount=1500, due_at=late)
    make.deal(stage=make.stage_of(pipeline), name="Bathroom")
    url = f"/deals/pipelines/{pipeline.pk}/"

    page = browser.get(url, {"status": "list", "where": "due.is:overdue"}).content.decode()

    assert "Kitchen" in page
    assert "Bathroom" not in page
    assert 'class="due late"' in page
    assert browser.get(url, {"status": "list", "after": "x"}).status_code == 302
    assert browser.get(url, {"status": "list", "sort": "x"}).status_code == 200


def test_the_calendar_shows_a_deal_on_its_day(browser, pipeline):
    deal = make.deal(stage=make.stage_of(pipeline), name="Kitchen")
    services.set_due(deal_ids=[deal.pk], due=services.due_on(dt.date(2031, 3, 31)), by=SYSTEM)
    url = f"/deals/pipelines/{pipeline.pk}/"

    march = browser.get(url, {"status": "calendar", "month": "2031-03"}).content.decode()
    may = browser.get(url, {"status": "calendar", "month": "2031-05"}).content.decode()

    assert "March 2031" in march
    assert "Kitchen" in march
    assert "Kitchen" not in may
    assert browser.get(url, {"status": "calendar", "month": "9999-99"}).status_code == 200


def test_the_forecast_weighs_by_the_chance_of_each_stage(people, pipeline):
    stage = make.stage_of(pipeline)
    services.change_stage(stage_id=stage.pk, changes={"probability": 40}, by=SYSTEM)
    other = make.stage_of(pipeline, "Pending approval")  # the third of three: 75 %
    ahead = clock.now() + dt.timedelta(days=400)
    make.deal(stage=stage, amount=1000, due_at=ahead)
    make.deal(stage=other, amount=100, due_at=ahead)
    make.deal(stage=stage, amount=10, due_at=clock.now() - dt.timedelta(days=1))
    make.deal(stage=stage, amount=1)
    make.deal(stage=make.stage_of(pipeline, "Won"), amount=5000, due_at=ahead)

    past, future, never = selectors.forecast(
        pipeline=with_stages(people), member=people.dora, asked=BoardFilter()
    )

    assert (past.is_past, dict(past.weighted)) == (True, {"BRL": Decimal(4)})
    assert (future.count, dict(future.sums), dict(future.weighted)) == (
        2,
        {"BRL": Decimal(1100)},
        {"BRL": Decimal(475)},
    )
    assert (never.month, dict(never.sums)) == (None, {"BRL": Decimal(1)})


def test_the_forecast_has_a_page(browser, pipeline):
    make.deal(stage=make.stage_of(pipeline), amount=800)

    page = browser.get(f"/deals/pipelines/{pipeline.pk}/?status=forecast").content.decode()

    assert "No due date" in page
    assert "200" in page  # the first of three open stages: 25 %


def test_many_are_moved_and_put_back_where_they_were(browser, pipeline):
    first, second = make.stage_of(pipeline), make.stage_of(pipeline, "In progress")
    target = make.stage_of(pipeline, "Pending approval")
    one, two = make.deal(stage=first), make.deal(stage=second)

    answer = browser.post(
        "/deals/bulk/", {"act": "move", "stage": target.pk, "id": [one.pk, two.pk]}, headers=HTMX
    )

    assert set(Deal.objects.values_list("stage_id", flat=True)) == {target.pk}
    url = answer.headers["HX-Trigger"].split('"undo": "')[1].split('"')[0]
    browser.post(url)
    assert dict(Deal.objects.values_list("pk", "stage_id")) == {one.pk: first.pk, two.pk: second.pk}


def test_many_are_given_and_deleted_and_taken_back(browser, people, pipeline):
    deals = [make.deal(stage=make.stage_of(pipeline), assignee=people.bruno) for _ in range(2)]
    ids = [deal.pk for deal in deals]

    given = browser.post(
        "/deals/bulk/", {"act": "assign", "assignee": people.ana.pk, "id": ids}, headers=HTMX
    )
    assert set(Deal.objects.values_list("assignee_id", flat=True)) == {people.ana.pk}
    browser.post(given.headers["HX-Trigger"].split('"undo": "')[1].split('"')[0])
    assert set(Deal.objects.values_list("assignee_id", flat=True)) == {people.bruno.pk}
    gone = browser.post("/deals/bulk/", {"act": "delete", "id": ids}, headers=HTMX)
    assert not Deal.objects.present().exists()
    browser.post(gone.headers["HX-Trigger"].split('"undo": "')[1].split('"')[0])
    assert Deal.objects.present().count() == 2


def test_what_a_member_may_not_change_is_left_alone(client_as, people, pipeline):
    foreign = make.deal(stage=make.stage_of(pipeline), assignee=people.bruno)
    target = make.stage_of(pipeline, "In progress")

    answer = client_as(people.carla).post(
        "/deals/bulk/", {"act": "move", "stage": target.pk, "id": [foreign.pk]}, headers=HTMX
    )

    assert answer.status_code in {200, 403, 404}
    assert not Event.objects.exists()


@pytest.mark.parametrize("kind", ["won", "lost"])
def test_closed_deals_are_a_list_with_columns_orders_and_acts_on_many(client_as, people, kind):
    pipeline = make.pipeline()
    stage = pipeline.stages.get(kind=kind)
    moments = [clock.now() - dt.timedelta(days=number) for number in (1, 3, 2)]
    deals = [
        make.deal(name=f"Deal {n}", stage=stage, closed_at=at, amount=n, lost_reason="Price")
        for n, at in enumerate(moments)
    ]
    make.deal(name="Open one")

    page = client_as(people.ana).get(f"/deals/pipelines/{pipeline.pk}/?status={kind}")

    rows = [row.card.id for row in page.context["page"].rows]
    assert rows == [deals[0].pk, deals[2].pk, deals[1].pk]
    text = page.content.decode()
    assert ("Price" in text) == (kind == "lost")
    assert f"state={kind}" in text
    assert f"/deals/{deals[0].pk}/reopening/" in text
    assert "Open one" not in text
    sorted_by = client_as(people.ana).get(f"/deals/pipelines/{pipeline.pk}/?status={kind}&sort=-amount")
    assert [row.card.id for row in sorted_by.context["page"].rows] == [one.pk for one in deals]
