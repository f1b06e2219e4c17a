"""The home page: only real figures, only what the person sees, few queries; figures against their twins."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter, defaultdict
from decimal import Decimal
from statistics import median

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from afluente.deals.models import Deal
from afluente.insights import selectors
from afluente.insights.models import Journey
from afluente.kernel import clock
from tests import make

pytestmark = pytest.mark.django_db


def days_ago(number):
    return clock.now() - dt.timedelta(days=number)


@pytest.fixture
def pipeline(workspace):
    return make.pipeline()


def part(browser, name, query=""):
    headers = {"HX-Request": "true", "HX-Target": f"section#{name}"}
    return browser.get(f"/{query}", headers=headers).content.decode()


def test_a_new_workspace_shows_the_doors(people, pipeline, client_as):
    html = client_as(people.ana).get("/").content.decode()

    assert "Let the first lead in" in html
    assert "Today</h2>" not in html


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


def test_figures_come_after_the_page_and_with_it_when_asked(people, pipeline, client_as):
    make.deal()
    browser = client_as(people.ana)

    page, whole = (browser.get(url).content.decode() for url in ("/", "/?figures=1"))

    assert ("Open pipeline" in page, 'hx-trigger="load"' in page) == (False, True)
    assert ("Open pipeline" in whole, 'hx-trigger="load"' in whole) == (True, False)
    assert "Open pipeline" in part(browser, "figures")
    assert "Sales funnel" in part(browser, "funnel")
    assert "Channels in use" in part(browser, "channels")


@pytest.fixture
def busy(people, pipeline):
    """Three months of deals of everybody, some won, some lost, in two currencies, some answered."""
    chance = random.Random(11)
    stages = list(pipeline.stages.order_by("position"))
    for _ in range(80):
        opened, stage = chance.uniform(0, 70), chance.choice(stages)
        closed = stage.kind != "open"
        deal = make.deal(
            stage=stage,
            amount=Decimal(chance.randint(0, 9_000)),
            currency=chance.choice(("BRL", "BRL", "EUR")),
            assignee=chance.choice((people.ana, people.bruno, people.carla, None)),
            created_at=days_ago(opened),
            closed_at=days_ago(chance.uniform(0, opened)) if closed else None,
            source=chance.choice(("form", "api", "manual")),
        )
        answered = days_ago(chance.uniform(0, opened)) if chance.random() < 0.5 else None
        Journey.objects.create(
            deal=deal,
            opened_at=deal.created_at,
            furthest_id=chance.choice(stages[:3]).pk,
            answered_at=answered,
            answered_by=chance.choice((people.ana, people.bruno)) if answered else None,
        )
    for _ in range(40):
        make.task(
            step="done",
            assignee=chance.choice((people.ana, people.bruno)),
            done_at=days_ago(chance.uniform(0, 60)),
        )
    return pipeline


def sums(deals):
    found = defaultdict(Decimal)
    for deal in deals:
        found[deal.currency] += deal.amount
    return {kind: total for kind, total in found.items() if total}


def twin(deals, tasks, journeys):
    """The strip worked out by hand, from rows."""
    now = clock.now()
    month = timezone.localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    before = (month - dt.timedelta(days=1)).replace(day=1)
    before_end = min(before + (now - month), month)
    chance = {"New": 25, "In progress": 50, "Pending approval": 75}
    opened = [one for one in deals if one.closed_at is None]
    weighted = defaultdict(Decimal)
    for one in opened:
        weighted[one.currency] += one.amount * chance[one.stage.name] / 100
    closed = [one for one in deals if one.closed_at and one.stage.kind == "won"]
    won = [one for one in closed if one.closed_at >= month]
    won_before = [one for one in closed if before <= one.closed_at < before_end]
    week, two = days_ago(7), days_ago(14)
    spans = [(one.answered_at, one.answered_at - one.opened_at) for one in journeys if one.answered_at]
    return {
        "open_sums": sums(opened), "open_count": len(opened),
        "weighted": {kind: total for kind, total in weighted.items() if total},
        "won_sums": sums(won), "won_count": len(won),
        "won_before": sums(won_before), "won_count_before": len(won_before),
        "new": sum(one.created_at >= week for one in deals),
        "new_before": sum(two <= one.created_at < week for one in deals),
        "done": sum(one.done_at >= month for one in tasks),
        "done_before": sum(before <= one.done_at < before_end for one in tasks),
        "reply": median([span for at, span in spans if at >= week]),
        "reply_before": median([span for at, span in spans if two <= at < week]),
    }  # fmt: skip


def near(found, expected):
    """Equal; medians to the microsecond that the database rounds to."""
    spans = {"reply", "reply_before"}
    plain = {name: getattr(found, name) for name in expected}
    assert {name: plain[name] for name in expected if name not in spans} == {
        name: expected[name] for name in expected if name not in spans
    }
    for name in spans:
        assert abs(plain[name] - expected[name]) <= dt.timedelta(microseconds=1)


@pytest.mark.parametrize("whose", ["all", "mine"])
def test_the_figures_are_those_of_their_twin(people, busy, time_machine, whose):
    time_machine.move_to(clock.now(), tick=False)
    deals = [
        one
        for one in Deal.objects.select_related("stage")
        if whose == "all" or one.assignee_id == people.ana.pk
    ]
    tasks = [one for one in make.Task.objects.all() if whose == "all" or one.assignee_id == people.ana.pk]
    journeys = [one for one in Journey.objects.all() if whose == "all" or one.answered_by_id == people.ana.pk]

    found = selectors.figures(member=people.ana, whose=whose)

    near(found, twin(deals, tasks, journeys))


def test_who_sees_their_own_has_figures_of_their_own(people, busy, time_machine, client_as):
    time_machine.move_to(clock.now(), tick=False)
    deals = [
        one for one in Deal.objects.select_related("stage") if one.assignee_id in {people.bruno.pk, None}
    ]
    found = selectors.figures(member=people.bruno)

    assert found.open_count == sum(one.closed_at is None for one in deals)
    assert "Everybody" not in part(client_as(people.bruno), "figures")
    assert "Everybody" in part(client_as(people.ana), "figures")


def test_money_of_two_kinds_is_neither_added_up_nor_compared(people, pipeline):
    make.deal(amount=100)
    make.deal(amount=7, currency="EUR")
    make.deal(amount=5, currency="EUR", stage=make.stage_of(pipeline, "Won"))
    make.deal(amount=9, stage=make.stage_of(pipeline, "Won"))

    found = selectors.figures(member=people.ana)

    assert (found.open_sums, found.won_difference) == ({"BRL": 100, "EUR": 7}, {})


@pytest.mark.parametrize("days", [30, 90])
def test_the_funnel_is_that_of_its_twin(people, busy, days):
    stages = [one for one in busy.stages.order_by("position") if one.kind != "lost"]
    place = {stage.pk: number for number, stage in enumerate(stages)}
    furthest = {one.deal_id: one.furthest_id for one in Journey.objects.all()}
    reached = Counter()
    for deal in Deal.objects.filter(created_at__gte=days_ago(days)):
        far = max(place.get(deal.stage_id, 0), place.get(furthest[deal.pk], 0))
        for number in range(far + 1 if deal.stage_id == stages[-1].pk else min(far, 2) + 1):
            reached[number] += 1

    found = selectors.sales_funnel(member=people.ana, days=days)

    assert [step.count for step in found.steps] == [reached[number] for number in range(4)]
    assert found.opened == reached[0]
    assert [step.share for step in found.steps[1:]] == [reached[n] / reached[n - 1] for n in (1, 2, 3)]


def test_the_funnel_of_another_pipeline_and_of_nonsense(people, pipeline, client_as):
    other = make.pipeline(name="Courses")
    make.deal(stage=make.stage_of(other))
    browser = client_as(people.ana)

    assert selectors.sales_funnel(member=people.ana, pipeline_id=other.pk).opened == 1
    assert "Courses</option>" in part(browser, "funnel", f"?pipeline={other.pk}&span=90")
    assert selectors.sales_funnel(member=people.ana, pipeline_id=10**17).pipeline == pipeline


def test_a_deal_without_a_journey_counts_where_it_is(people, pipeline):
    for stage in ("New", "New", "In progress", "Won", "Lost"):
        make.deal(stage=make.stage_of(pipeline, stage))

    found = selectors.sales_funnel(member=people.ana)

    assert [(step.name, step.count) for step in found.steps] == [
        ("New", 5),
        ("In progress", 2),
        ("Pending approval", 1),
        ("Won", 1),
    ]
    assert found.won_share == 0.2


@pytest.mark.parametrize("days", [7, 30, 90])
def test_arrivals_are_those_of_their_twin(people, busy, days):
    first = timezone.localdate() - dt.timedelta(days=days - 1)
    came = [
        (timezone.localtime(one.created_at).date(), one.source)
        for one in Deal.objects.all()
        if timezone.localtime(one.created_at).date() >= first
    ]

    found = selectors.channels_in_use(member=people.ana, days=days)

    assert found.total == len(came) == sum(bar.count for bar in found.bars)
    assert {one.kind: one.count for one in found.ribbons} == Counter(kind for _, kind in came)
    week = lambda day: day - dt.timedelta(days=day.weekday()) if days == 90 else day  # noqa: E731
    by_day = Counter(week(day) for day, _ in came)
    assert {bar.day: bar.count for bar in found.bars if bar.count} == by_day
    assert all(bar.count == sum(piece.count for piece in bar.pieces) for bar in found.bars)


def test_days_without_anybody_have_a_bar_of_nothing(people, pipeline):
    make.deal(source="form", created_at=days_ago(6))

    found = selectors.channels_in_use(member=people.ana, days=7)

    assert [bar.count for bar in found.bars] == [1, 0, 0, 0, 0, 0, 0]
    assert (found.width, list(found.unused), found.before) == (70, ["webhook", "api"], 0)


def test_bars_say_their_numbers(people, pipeline, client_as):
    make.deal(source="form")
    make.deal(source="form")

    assert "2 new deals (Site form 2)</title>" in part(client_as(people.ana), "channels")


def test_a_deal_of_nobody_is_taken_once(people, pipeline, client_as):
    deal = make.deal(name="Kitchen")
    asked = {"HX-Request": "true", "HX-Target": "section#new-deals"}

    first = client_as(people.bruno).post(f"/deals/{deal.pk}/taking/", headers=asked)
    second = client_as(people.ana).post(f"/deals/{deal.pk}/taking/", headers=asked)

    assert Deal.objects.get().assignee_id == people.bruno.pk
    assert "Kitchen is yours" in first["HX-Trigger"]
    assert "Somebody was faster" in second["HX-Trigger"]


def test_a_deal_out_of_reach_cannot_be_taken(people, pipeline, client_as):
    deal = make.deal(assignee=people.ana)

    assert client_as(people.bruno).post(f"/deals/{deal.pk}/taking/").status_code == 403


@pytest.mark.parametrize("name", ["", "figures", "funnel", "channels", "queue"])
def test_the_page_and_its_parts_cost_the_same_for_little_and_for_much(people, pipeline, client_as, name):
    browser = client_as(people.ana)

    def fill(count):
        for number in range(count):
            deal = make.deal(
                contacts=(make.contact(name=f"Lia {number}"),), assignee=people.ana, source="form"
            )
            Journey.objects.create(deal=deal, opened_at=deal.created_at, is_waiting=True)
            make.task(assignee=people.ana, due_at=days_ago(1), deals=(deal,))

    def count():
        with CaptureQueriesContext(connection) as captured:
            assert part(browser, name) if name else browser.get("/").content
        return len(captured)

    fill(1)
    count()
    few = count()
    fill(8)

    assert count() == few


@pytest.mark.parametrize(
    "query", ["?days=7", "?days=9", "?days=x", "?days=-1", "?pipeline=x&span=1", "?whose=x"]
)
def test_any_address_is_answered(people, pipeline, client_as, query):
    make.deal()

    assert client_as(people.ana).get(f"/{query}&figures=1").status_code == 200


def test_channels_in_use_and_not_in_use_are_told_apart(people, pipeline, client_as):  # SP-080, SP-081
    make.deal(source="form")

    owners, members = (part(client_as(one), "channels") for one in (people.ana, people.bruno))

    assert "1 of 3 channels in use. 2 not yet" in owners
    assert 'href="/hooks/"' in owners
    assert "/hooks/" not in members
