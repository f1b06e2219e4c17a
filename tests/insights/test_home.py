"""The home page: only real figures, only what the person sees, few queries."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afluente.deals.models import Deal
from afluente.insights import selectors
from afluente.kernel import clock
from tests import make

pytestmark = pytest.mark.django_db


def days_ago(number):
    return clock.now() - dt.timedelta(days=number)


@pytest.fixture
def pipeline(workspace):
    return make.pipeline()


def test_a_new_workspace_shows_the_doors(people, pipeline, client_as):
    html = client_as(people.ana).get("/").content.decode()

    assert "Let the first lead in" in html
    assert "Open pipeline" not in html


def test_who_may_not_open_a_door_is_not_shown_it(people, pipeline, client_as):
    html = client_as(people.bruno).get("/").content.decode()

    assert "By hand" in html
    assert "/hooks/" not in html
    assert "/settings/tokens/" not in html


def test_the_welcome_gives_way_to_the_first_deal(people, pipeline, client_as):
    browser, asked = client_as(people.ana), {"HX-Request": "true", "HX-Target": "af-refresh#welcome"}
    before = browser.get("/", headers=asked)
    make.deal()
    after = browser.get("/", headers=asked)

    assert (before.status_code, before.headers.get("HX-Refresh")) == (204, None)
    assert after.headers["HX-Refresh"] == "true"


def test_the_figures_are_of_what_the_member_sees(people, pipeline):
    won = make.stage_of(pipeline, "Won")
    make.deal(amount=100, assignee=people.bruno)
    make.deal(amount=200, assignee=people.ana, created_at=days_ago(10))
    make.deal(amount=50)
    make.deal(amount=30, stage=won, assignee=people.bruno)

    ana, bruno = (selectors.figures(member=one) for one in (people.ana, people.bruno))

    assert (ana.open_sums, ana.open_count, ana.unassigned) == ({"BRL": 350}, 3, 1)
    assert (bruno.open_sums, bruno.open_count, bruno.unassigned) == ({"BRL": 150}, 2, 1)
    assert (ana.won_sums, ana.won_count) == ({"BRL": 30}, 1)
    assert (ana.new_this_week, ana.new_before, ana.difference) == (3, 1, 2)


def test_money_of_two_kinds_is_not_added_up(people, pipeline):
    make.deal(amount=100)
    make.deal(amount=7, currency="EUR")

    assert selectors.figures(member=people.ana).open_sums == {"BRL": 100, "EUR": 7}


def test_my_deals_are_open_mine_and_longest_unmoved_first(people, pipeline):
    late = make.deal(name="Late", assignee=people.ana, created_at=days_ago(9))
    make.deal(name="Bruno's", assignee=people.bruno)
    make.deal(name="Won", stage=make.stage_of(pipeline, "Won"), assignee=people.ana)
    fresh = make.deal(name="Fresh", assignee=people.ana)

    assert [line.card.id for line in selectors.my_deals(member=people.ana)] == [late.pk, fresh.pk]


def test_a_deal_of_nobody_is_taken_once(people, pipeline, client_as):
    deal = make.deal(name="Kitchen")

    first = client_as(people.bruno).post(f"/deals/{deal.pk}/taking/", headers={"HX-Request": "true"})
    second = client_as(people.ana).post(f"/deals/{deal.pk}/taking/", headers={"HX-Request": "true"})

    assert Deal.objects.get().assignee_id == people.bruno.pk
    assert "Kitchen is yours" in first["HX-Trigger"]
    assert "Somebody was faster" in second["HX-Trigger"]


def test_a_deal_out_of_reach_cannot_be_taken(people, pipeline, client_as):
    deal = make.deal(assignee=people.ana)

    assert client_as(people.bruno).post(f"/deals/{deal.pk}/taking/").status_code == 403


def test_channels_are_counted_for_the_period_asked(people, pipeline):
    for source, age in (("form", 1), ("form", 2), ("api", 3), ("form", 20)):
        make.deal(source=source, created_at=days_ago(age))

    week, month = (selectors.channels_in_use(member=people.ana, days=days) for days in (7, 30))

    assert [(ribbon.kind, ribbon.count) for ribbon in week.ribbons] == [("form", 2), ("api", 1)]
    assert (week.total, month.total, list(week.unused)) == (3, 4, ["webhook"])


def test_the_funnel_counts_who_came_this_far(people, pipeline):
    for stage in ("New", "New", "In progress", "Won", "Lost"):
        make.deal(stage=make.stage_of(pipeline, stage))

    funnel = selectors.sales_funnel(member=people.ana)

    assert [(step.name, step.count) for step in funnel.steps] == [
        ("New", 5),
        ("In progress", 2),
        ("Pending approval", 1),
        ("Won", 1),
    ]
    assert funnel.won_share == 0.2


def test_the_page_costs_the_same_for_little_and_for_much(people, pipeline, client_as):
    browser = client_as(people.ana)
    make.deal(contacts=(make.contact(),), assignee=people.bruno)
    make.deal(contacts=(make.contact(),), assignee=people.ana)

    def count():
        with CaptureQueriesContext(connection) as captured:
            assert browser.get("/").status_code == 200
        return len(captured)

    count()
    few = count()
    for number in range(8):
        make.deal(contacts=(make.contact(name=f"Lia {number}"),), assignee=people.ana, source="form")

    assert count() == few


@pytest.mark.parametrize("query", ["?days=7", "?days=9", "?days=x", "?days=-1"])
def test_any_period_is_answered(people, pipeline, client_as, query):
    make.deal()

    assert client_as(people.ana).get(f"/{query}").status_code == 200
