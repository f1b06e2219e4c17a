"""A calendar of many tasks: the first of each day, and how many there are."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from afluente.kernel import clock
from afluente.tasks import selectors, services
from afluente.tasks.models import Task, TaskObserver
from afluente.tasks.selectors import days

pytestmark = pytest.mark.django_db
MARCH = dt.date(2026, 3, 1)


@pytest.fixture(autouse=True)
def here():
    with timezone.override("America/Sao_Paulo"):
        yield


def fill(member, day: dt.date, count: int, **fields) -> None:
    """`count` tasks due on a day, a minute apart from nine o'clock."""
    board = services.default_board()
    step = board.steps.order_by("position")[0]
    nine = timezone.make_aware(dt.datetime.combine(day, dt.time(9)))
    now = clock.now()
    said = {"board": board, "step": step, "assignee": member, "created_at": now, "updated_at": now} | fields
    Task.objects.bulk_create(
        Task(title=f"{day:%d} {n}", due_at=nine + dt.timedelta(minutes=n), **said) for n in range(count)
    )


def month(member, *, view="month", on=MARCH, only_own=True):
    shown = selectors.calendar(
        member=member, asked=selectors.TaskFilter(), view=view, on=on, only_own=only_own
    )
    return {day.date.day: day for week in shown.weeks for day in week if not day.is_other}


def said(day) -> list[str]:
    return [entry.task.title for entry in day.entries]


@pytest.mark.parametrize("few", [days.FEW, 0], ids=["as they are", "day by day"])
@pytest.mark.parametrize("only_own", [True, False])
def test_a_day_shows_its_first_and_says_how_many_more(people, monkeypatch, few, only_own):
    monkeypatch.setattr(days, "FEW", few)
    fill(people.ana, dt.date(2026, 3, 10), 4)
    fill(people.ana, dt.date(2026, 3, 11), 9)

    found = month(people.ana, only_own=only_own)

    assert (said(found[10]), found[10].more) == (["10 0", "10 1", "10 2", "10 3"], 0)
    assert (said(found[11]), found[11].more, found[11].is_full) == (["11 0", "11 1", "11 2"], 6, False)
    assert (found[9].entries, found[12].entries) == ([], [])


@pytest.mark.parametrize("few", [days.FEW, 0], ids=["as they are", "day by day"])
def test_what_has_no_time_comes_first_and_a_meeting_stands_where_it_begins(people, monkeypatch, few):
    monkeypatch.setattr(days, "FEW", few)
    day = dt.date(2026, 3, 10)
    fill(people.ana, day, 2)
    whole = selectors.end_of_day(day)
    begin = selectors.midnight(day) + dt.timedelta(hours=8)
    Task.objects.filter(title="10 1").update(due_at=whole, due_is_day=True)
    fill(people.ana, dt.date(2026, 3, 12), 1, kind="meeting", start_at=begin)

    found = month(people.ana)

    assert said(found[10]) == ["10 1", "12 0", "10 0"]
    assert [entry.at for entry in found[10].entries][:2] == [None, begin]
    assert found[12].entries == []


def test_more_than_are_counted_are_said_to_be_at_least_so_many(client_as, people):
    day = dt.date(2026, 3, 10)
    fill(people.ana, day, days.FEW + 1)
    ana = client_as(people.ana)

    found = month(people.ana)
    page = ana.get("/tasks/calendar/?on=2026-03-01").content.decode()
    week = ana.get("/tasks/calendar/?on=2026-03-10&view=week").content.decode()

    assert (len(found[10].entries), found[10].is_full) == (3, True)
    assert f"{days.EACH - 2}+ more" in page
    assert week.count('class="cal-task') == 50
    assert "/tasks/list/?state=all&amp;where=assignee.is:me&amp;where=due.on:2026-03-10" in week


def test_beneath_a_month_stands_the_day_that_was_chosen_whole(client_as, people):
    busy = dt.date(2026, 3, 11)
    fill(people.ana, busy, 9)
    ana = client_as(people.ana)

    usual = selectors.calendar(member=people.ana, asked=selectors.TaskFilter(), view="month", on=MARCH).chosen
    page = ana.get("/tasks/calendar/?on=2026-03-01").content.decode()
    chosen = ana.get("/tasks/calendar/?day=2026-03-11").content.decode()
    empty = ana.get("/tasks/calendar/?day=2026-03-12").content.decode()

    assert usual is not None
    assert (usual.date, len(usual.entries), usual.more) == (busy, 3, 6)
    assert 'href="/tasks/calendar/?day=2026-03-11">6 more' in page
    assert [f"11 {n}</b>" in chosen for n in range(9)] == [True] * 9
    assert 'data-on="task.*" hx-get="/tasks/calendar/?day=2026-03-11"' in chosen
    assert chosen.count('hx-push-url="true" aria-current="true"') == 1
    assert "Nothing to do on this day." in empty


def test_one_own_are_those_to_do_and_those_followed_each_once(people):
    day = dt.date(2026, 3, 10)
    fill(people.ana, day, 1)
    fill(people.bruno, day, 1)
    fill(people.carla, day, 1)
    for task in Task.objects.filter(assignee__in=[people.ana, people.bruno]):
        TaskObserver.objects.create(task=task, member=people.ana)

    assert len(month(people.ana)[10].entries) == 2
    assert len(month(people.ana, only_own=False)[10].entries) == 3


@pytest.mark.parametrize("only_own", [True, False])
def test_a_thousand_tasks_take_as_many_questions_as_three_hundred(people, only_own):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            month(people.ana, only_own=only_own)
        return len(queries)

    fill(people.ana, dt.date(2026, 3, 10), days.FEW + 100)
    asked()
    few = asked()
    for number in range(11, 15):
        fill(people.ana, dt.date(2026, 3, number), 200)

    assert asked() == few


def test_a_rule_is_counted_by_the_clock_of_the_workspace_and_shown_by_ones_own(people):
    with timezone.override("Asia/Tokyo"):
        fill(people.ana, dt.date(2026, 3, 2), 1, repeat="FREQ=WEEKLY;COUNT=3")

        found = month(people.ana)

    assert [number for number, day in found.items() if day.entries] == [2, 9, 16]
    assert [day.entries[0].is_ahead for day in found.values() if day.entries] == [False, True, True]
