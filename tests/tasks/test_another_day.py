"""A task goes to another day: from the calendar and from one's own day, with a way back."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from afluente.accounts.models import Reach, Workspace
from afluente.tasks import selectors
from tests import make
from tests.tasks.test_policies import hire

if TYPE_CHECKING:
    from afluente.tasks.models import Task

pytestmark = pytest.mark.django_db
WARSAW = ZoneInfo("Europe/Warsaw")
HTMX = {"HX-Request": "true"}
QUIET = {"X-Requested-With": "fetch"}


def at(said: str) -> dt.datetime:
    return dt.datetime.fromisoformat(said).replace(tzinfo=WARSAW)


@pytest.fixture
def browser(people, client_as):
    Workspace.objects.filter(pk=people.workspace.pk).update(timezone="Europe/Warsaw")
    return client_as(people.ana)


def moments(task: Task) -> tuple[dt.datetime | None, dt.datetime | None, bool]:
    task.refresh_from_db()
    return task.start_at, task.due_at, task.due_is_day


def way_back(response) -> str:
    return json.loads(response.headers["HX-Trigger"])["af:toast"]["undo"]


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"due_at": at("2031-03-05T18:00")}, (None, at("2031-04-01T18:00"), False)),
        (
            {"due_at": at("2031-03-05T23:59:59"), "due_is_day": True},
            (None, at("2031-04-01T23:59:59"), True),
        ),
        (
            {"kind": "call", "start_at": at("2031-03-05T10:00"), "due_at": at("2031-03-05T10:30")},
            (at("2031-04-01T10:00"), at("2031-04-01T10:30"), False),
        ),
        (  # from the night before into the next day: it still lasts two hours
            {"kind": "meeting", "start_at": at("2031-03-05T23:00"), "due_at": at("2031-03-06T01:00")},
            (at("2031-04-01T23:00"), at("2031-04-02T01:00"), False),
        ),
        ({}, (None, at("2031-04-01T23:59:59"), True)),
    ],
    ids=["its hour", "a day", "a call", "over midnight", "none before"],
)
def test_it_keeps_its_hour_and_its_length_across_a_change_of_clocks_and_comes_back(
    people, browser, fields, wanted
):
    task = make.task(title="Call", assignee=people.ana, **fields)
    before = moments(task)

    moved = browser.post(f"/tasks/{task.pk}/day/", {"value": "2031-04-01"}, headers=HTMX)
    there = moments(task)
    browser.post(way_back(moved), headers=QUIET)

    assert there == wanted
    assert moments(task) == before


@pytest.mark.parametrize("value", ["", "tomorrow", "2031-02-30", "0001-01-01", "9999-12-31"])
def test_a_day_that_is_none_is_refused_in_words(people, browser, value):
    task = make.task(title="Call", assignee=people.ana, due_at=at("2031-03-05T18:00"))

    answer = browser.post(f"/tasks/{task.pk}/day/", {"value": value}, headers=HTMX)

    assert answer.status_code == 422
    assert "2026-12-24" in answer.headers["HX-Trigger"]
    assert moments(task) == (None, at("2031-03-05T18:00"), False)


@pytest.mark.parametrize(
    "query",
    ["due=soon", "due=2031-03-05", "due=2031-03-05T10:00:00%2B01:00&start=2032-01-01T10:00:00%2B01:00"],
)
def test_a_way_back_that_was_changed_leads_nowhere(people, browser, query):
    task = make.task(title="Call", assignee=people.ana, due_at=at("2031-03-05T18:00"))

    answer = browser.post(f"/tasks/{task.pk}/day/?{query}", headers=HTMX)

    assert answer.status_code == 422
    assert moments(task) == (None, at("2031-03-05T18:00"), False)


def test_without_script_the_list_says_where_it_went(people, browser):
    task = make.task(title="Call", assignee=people.ana, due_at=at("2031-03-05T18:00"))

    html = browser.post(f"/tasks/{task.pk}/day/", {"value": "2031-04-01"}, follow=True).content.decode()

    assert "Call: " in html
    assert f"/tasks/{task.pk}/day/?due=" in html


def test_a_call_of_today_is_said_by_its_beginning_and_put_off_as_long_as_it_was(
    people, client_as, time_machine
):
    time_machine.move_to(at("2031-03-05T08:00"))
    moment = {"start_at": at("2031-03-05T10:00"), "due_at": at("2031-03-05T10:30")}
    call = make.task(title="Call", kind="call", assignee=people.ana, **moment)

    html = client_as(people.ana).get("/tasks/").content.decode()

    with timezone.override(WARSAW):
        assert selectors.due_words(call) == "Today 10:00\N{NARROW NO-BREAK SPACE}AM"
    assert f'action="/tasks/{call.pk}/day/"' in html
    assert 'name="value" value="2031-03-06"' in html


def test_only_what_one_may_change_can_be_dragged(people, client_as):
    member = hire(people, Reach.ALL, Reach.OWN)
    own = make.task(title="Own", assignee=member, due_at=at("2031-03-05T18:00"))
    other = make.task(title="Other", assignee=people.ana, due_at=at("2031-03-05T18:00"))
    browser = client_as(member)

    html = browser.get("/tasks/calendar/?on=2031-03-01&whose=all").content.decode()

    assert f'id="on-day-{own.pk}" data-move' in html
    assert f'href="/tasks/{other.pk}/"' in html
    assert f'id="on-day-{other.pk}"' not in html
    assert browser.post(f"/tasks/{other.pk}/day/", {"value": "2031-04-01"}).status_code == 403
