"""What there is to do today: late, due, waiting; what comes first; and what is done about it in place."""

from __future__ import annotations

import datetime as dt
import json
import random
import zoneinfo
from decimal import Decimal
from statistics import mean

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afluente.deals.models import Deal
from afluente.insights import selectors
from afluente.insights.models import Journey
from afluente.kernel import clock
from afluente.tasks.models import Task
from tests import make

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
HERE = zoneinfo.ZoneInfo("America/Sao_Paulo")  # where the people are


@pytest.fixture
def pipeline(workspace):
    return make.pipeline()


@pytest.fixture(autouse=True)
def noon(time_machine):
    """A day with room on both sides: tests say «in ten minutes» and mean today."""
    today = dt.datetime(2026, 11, 20, 12, 0, tzinfo=dt.UTC)
    time_machine.move_to(today, tick=False)


def ago(**span):
    return clock.now() - dt.timedelta(**span)


def ahead(**span):
    return clock.now() + dt.timedelta(**span)


def lead(name="Portal", *, waited, amount=0, **fields):
    fields.setdefault("source", "form")
    made = make.deal(name=name, amount=amount, created_at=ago(**waited), **fields)
    Journey.objects.create(deal=made, opened_at=made.created_at, is_waiting=True)
    return made


def due(title, member, at, **fields):
    return make.task(title=title, assignee=member, due_at=at, **fields)


def titles(dues):
    return [one.row.task.title for one in dues]


def names(lines):
    return [line.card.name for line in lines]


def test_tasks_are_late_or_today_and_tomorrow_is_not_shown(people, pipeline):
    due("Late", people.ana, ago(days=2))
    due("Later", people.ana, ago(hours=1), priority=3)
    due("Evening", people.ana, ahead(hours=5))
    due("Tomorrow", people.ana, ahead(days=1))
    due("Bruno's", people.bruno, ago(days=1))
    make.task(title="Done", assignee=people.ana, due_at=ago(days=1), step="done")

    found = selectors.queue(member=people.ana)

    assert titles([found.first_task]) == ["Later"]  # the more important of what is late
    assert (titles(found.late), titles(found.today)) == (["Late"], ["Evening"])
    assert (found.late_count, found.today_count, found.more) == (2, 1, 0)


def test_what_begins_in_a_moment_goes_before_what_is_late(people, pipeline):
    due("Late", people.ana, ago(days=1))
    due("Meeting", people.ana, ahead(hours=1), start_at=ahead(minutes=10), kind="meeting")

    assert selectors.queue(member=people.ana).first_task.row.task.title == "Meeting"


def test_a_lead_that_has_just_come_goes_before_what_is_late(people, pipeline):
    due("Late", people.ana, ago(days=1))
    lead("Old", waited={"days": 3}, amount=900)
    lead("Fresh", waited={"minutes": 4})

    found = selectors.queue(member=people.ana)

    assert (found.first_lead.card.name, found.first_task) == ("Fresh", None)
    assert (names(found.leads), titles(found.late), found.lead_count) == (["Old"], ["Late"], 2)


def test_who_waits_goes_before_what_is_due_in_the_evening(people, pipeline):
    due("Evening", people.ana, ahead(hours=5))
    lead("Old", waited={"days": 3})

    found = selectors.queue(member=people.ana)

    assert (found.first_lead.card.name, titles(found.today)) == ("Old", ["Evening"])


def test_leads_wait_for_me_or_for_nobody_and_for_two_weeks(people, pipeline):
    lead("Mine", waited={"hours": 9}, assignee=people.ana)
    lead("Nobody's", waited={"hours": 8})
    lead("Bruno's", waited={"hours": 7}, assignee=people.bruno)
    lead("Cold", waited={"days": 15})
    lead("Lost", waited={"hours": 6}, stage=make.stage_of(pipeline, "Lost"))
    make.deal(name="By hand", created_at=ago(hours=5))

    found = selectors.queue(member=people.ana)

    assert [found.first_lead.card.name, *names(found.leads)] == ["Mine", "Nobody's"]


def test_the_order_is_that_of_its_twin_in_python(people, pipeline):
    chance = random.Random(7)
    leads = [
        lead(
            f"Lead {n}",
            waited={"hours": chance.randint(2, 300)},
            amount=Decimal(chance.choice((0, 100, 900, 5_000, 40_000))),
            currency=chance.choice(("BRL", "EUR")),
        )
        for n in range(12)
    ]

    def urgency(deal):
        usual = mean(one.amount for one in leads if one.currency == deal.currency)
        waited = (clock.now() - deal.created_at).total_seconds()
        return waited * (1 + min(float(deal.amount / usual), 4))

    found = selectors.queue(member=people.ana)

    ranked = sorted(leads, key=urgency, reverse=True)
    assert [found.first_lead.card.name, *names(found.leads)] == [one.name for one in ranked[:5]]


def test_people_are_reached_from_the_line(people, pipeline):
    person = make.contact(phones=("+5511984123307",), emails=("lia@example.com",))
    lead(waited={"hours": 2}, contacts=(person,))
    due("Call her", people.ana, ago(days=1), contacts=(person,))
    due("Call there", people.ana, ago(days=1), phone="+55 11 3333-4444", kind="call")

    found = selectors.queue(member=people.ana)
    ways = {one.row.task.title: one.ways for one in (found.first_task, *found.late)}

    assert (ways["Call her"].call, ways["Call her"].mail) == ("tel:+5511984123307", "mailto:lia@example.com")
    assert ways["Call there"].call == "tel:+551133334444"
    assert found.leads[0].ways.chat == "https://wa.me/5511984123307"


def test_the_queue_costs_the_same_for_little_and_for_much(people, pipeline):
    def fill(count):
        for number in range(count):
            person = make.contact(name=f"Lia {number}", phones=(f"+551198412330{number}",))
            lead(waited={"hours": 2 + number}, contacts=(person,))
            due(f"Task {number}", people.ana, ago(days=1), contacts=(person,))

    def count():
        with CaptureQueriesContext(connection) as captured:
            selectors.queue(member=people.ana)
        return len(captured)

    fill(1)
    few = count()
    fill(6)

    assert count() == few


@pytest.mark.parametrize(("to", "hours"), [("hours", 2), ("tomorrow", 24 - 3), ("week", 7 * 24 - 3)])
def test_a_task_is_put_off_and_comes_back(people, pipeline, client_as, to, hours):
    task = due("Call", people.ana, ago(hours=3))
    browser = client_as(people.ana)

    answer = browser.post(f"/today/tasks/{task.pk}/postponing/", {"to": to}, headers=HTMX)
    moved = Task.objects.get(pk=task.pk).due_at
    browser.post(json.loads(answer["HX-Trigger"])["af:toast"]["undo"])

    assert moved == ahead(hours=hours)
    assert Task.objects.get(pk=task.pk).due_at == task.due_at


def test_a_meeting_that_is_put_off_keeps_its_length_and_a_day_stays_a_day(people, pipeline, client_as):
    meeting = due("Meeting", people.ana, ago(hours=1), start_at=ago(hours=3), kind="meeting")
    day = due("Some time", people.ana, dt.datetime(2026, 11, 19, 23, 59, 59, tzinfo=HERE), due_is_day=True)
    browser = client_as(people.ana)

    for one in (meeting, day):
        browser.post(f"/today/tasks/{one.pk}/postponing/", {"to": "tomorrow"}, headers=HTMX)

    meeting.refresh_from_db()
    day.refresh_from_db()
    assert (meeting.start_at, meeting.due_at) == (ahead(hours=21), ahead(hours=23))
    assert (day.due_at, day.due_is_day) == (dt.datetime(2026, 11, 21, 23, 59, 59, tzinfo=HERE), True)


@pytest.mark.parametrize("query", ["?due=x", "?due=2026-11-20", "?due=2026-13-41T10:00:00Z", ""])
def test_nonsense_puts_nothing_off(people, pipeline, client_as, query):
    task = due("Call", people.ana, ago(hours=3))

    answer = client_as(people.ana).post(f"/today/tasks/{task.pk}/postponing/{query}", {"to": "never"})

    assert (answer.status_code, Task.objects.get(pk=task.pk).due_at) == (404, task.due_at)


def test_answered_takes_a_lead_off_the_list_and_undo_brings_it_back(people, pipeline, client_as):
    deal = lead(waited={"hours": 2})
    browser = client_as(people.ana)

    answer = browser.post(f"/deals/{deal.pk}/answering/", headers=HTMX)
    after = selectors.queue(member=people.ana).lead_count
    browser.post(json.loads(answer["HX-Trigger"])["af:toast"]["undo"])

    assert (after, selectors.queue(member=people.ana).lead_count) == (0, 1)


def test_taking_a_deal_can_be_taken_back(people, pipeline, client_as):
    deal = make.deal()
    browser = client_as(people.bruno)

    answer = browser.post(f"/deals/{deal.pk}/taking/", headers=HTMX)
    taken = Deal.objects.get().assignee_id
    browser.post(json.loads(answer["HX-Trigger"])["af:toast"]["undo"])

    assert (taken, Deal.objects.get().assignee_id) == (people.bruno.pk, None)


def test_what_is_out_of_reach_is_not_answered_for(people, pipeline, client_as):
    deal = lead(waited={"hours": 2}, assignee=people.ana)

    assert client_as(people.bruno).post(f"/deals/{deal.pk}/answering/").status_code == 403
    assert Journey.objects.get().is_waiting is True


def test_without_script_the_page_says_what_happened(people, pipeline, client_as):
    deal = lead(waited={"hours": 2})

    answer = client_as(people.ana).post(f"/deals/{deal.pk}/answering/", follow=True)

    assert answer.redirect_chain == [("/", 303)]
    assert "Answered: Portal" in answer.content.decode()


def test_more_leads_than_are_shown_can_be_opened_in_place(pipeline, people, client_as):
    for number in range(8):
        lead(f"Portal {number}", waited={"hours": 2 + number})

    short = client_as(people.ana).get("/", headers={"HX-Request": "true", "HX-Target": "div#queue"})
    long = client_as(people.ana).get(
        "/?waiting=all", headers={"HX-Request": "true", "HX-Target": "div#queue"}
    )

    assert "3 more wait" in short.content.decode()
    assert short.content.decode().count("Portal") < long.content.decode().count("Portal")
    assert all(f"Portal {number}" in long.content.decode() for number in range(8))
    assert "Show fewer" in long.content.decode()
    assert "?waiting=all" in long.content.decode().partition("hx-trigger")[0]  # what is read again stays open
