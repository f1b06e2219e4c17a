"""What no task may be, on screen and for programs; and what becomes of the tasks of somebody who left."""

from __future__ import annotations

import datetime as dt

import pytest
import vobject
from django.utils import timezone

from afluente.accounts import services as accounts
from afluente.kernel import clock
from afluente.tasks import selectors, services
from afluente.tasks.models import Board, Task
from afluente.timeline.events import Actor
from afluente.timeline.models import Event
from tests import make
from tests.tasks.test_api import caller

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def call(people):
    return caller(people.ana, ("tasks:read", "tasks:write"))


@pytest.fixture
def by(people):
    return Actor("member", people.ana.pk, "Ana Souza")


def in_days(count: int) -> dt.datetime:
    return (clock.now() + dt.timedelta(days=count)).replace(microsecond=0)


def test_a_task_does_not_end_before_it_begins(client_as, people, call):
    task = make.task(start_at=in_days(3), due_at=in_days(4))
    day = timezone.localdate() + dt.timedelta(days=1)

    screen = client_as(people.ana).post(
        f"/tasks/{task.pk}/fields/due/", {"value": day.isoformat()}, headers=HTMX
    )
    changed, said = call("PATCH", f"/tasks/{task.pk}", {"due_at": in_days(1).isoformat(), "title": "Other"})
    made, _ = call(
        "POST",
        "/tasks",
        {"title": "New", "start_at": in_days(3).isoformat(), "due_at": in_days(1).isoformat()},
    )

    assert (screen.status_code, changed, made) == (422, 422, 422)
    assert "The deadline is before the start." in screen.content.decode()
    assert said["error"]["field"] == "due_at"
    assert list(Task.objects.values_list("title", "due_at")) == [(task.title, task.due_at)]


def test_a_rule_without_an_end_is_one_open_task_and_never_fills_a_table(people, by):
    (pk,) = services.create_tasks(
        tasks=[
            services.NewTask(
                title="Daily", repeat="FREQ=DAILY", due_at=in_days(-400), assignee_id=people.ana.pk
            )
        ],
        by=by,
    )
    services.complete_tasks(task_ids=[pk], by=by)

    after = Task.objects.get(made_from=pk)
    far = selectors.calendar(
        member=people.ana,
        asked=selectors.TaskFilter(),
        view="month",
        on=timezone.localdate() + dt.timedelta(days=3_000),
    )
    event = vobject.readOne(services.calendar_of(people.ana).decode()).vevent

    assert Task.objects.count() == 2
    assert clock.now() < after.due_at <= in_days(1)
    assert {len(day.entries) for week in far.weeks for day in week} == {1}
    assert event.rrule.value == "FREQ=DAILY"


def test_a_rule_needs_a_day_to_count_from(call):
    status, said = call("POST", "/tasks", {"title": "Some day", "repeat": "FREQ=DAILY"})

    assert (status, said["error"]["field"]) == (422, "repeat")
    assert not Task.objects.exists()


@pytest.mark.parametrize(
    "rule",
    ["FREQ=SECONDLY", "FREQ=DAILY;COUNT=0", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;COUNT=3;UNTIL=20300101"],
)
def test_a_rule_that_never_ends_by_mistake_is_refused(call, rule):
    body = {"title": "Mill", "due_at": in_days(1).isoformat(), "repeat": rule}

    status, said = call("POST", "/tasks", body)

    assert (status, said["error"]["field"]) == (422, "repeat")


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=3",
        "FREQ=YEARLY;BYMONTH=4,6;BYMONTHDAY=31",
    ],
)
def test_a_rule_that_means_no_day_is_refused_at_once(call, rule):
    body = {"title": "Mill", "due_at": in_days(1).isoformat(), "repeat": rule}

    status, said = call("POST", "/tasks", body)

    assert (status, said["error"]["field"]) == (422, "repeat")
    assert "never come again" in said["error"]["message"]


def test_the_29th_of_february_comes_again(call):
    body = {
        "title": "Leap",
        "due_at": in_days(1).isoformat(),
        "repeat": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
    }

    assert call("POST", "/tasks", body)[0] == 201


def test_no_circle_at_whatever_distance(client_as, people, call):
    top = make.task(title="Top")
    middle = make.task(title="Middle", parent=top)
    low = make.task(title="Low", parent=middle)

    for parent in (top, middle, low):
        status, said = call("PATCH", f"/tasks/{top.pk}", {"parent_id": parent.pk})
        screen = client_as(people.ana).post(f"/tasks/{top.pk}/subtasks/", {"parent": parent.pk}, headers=HTMX)
        assert (status, said["error"]["field"], screen.status_code) == (422, "parent_id", 422)

    assert dict(Task.objects.values_list("title", "parent_id")) == {
        "Top": None,
        "Middle": top.pk,
        "Low": middle.pk,
    }


def test_nobody_is_given_a_task_who_left(client_as, people, call):
    task = make.task(assignee=people.carla)
    accounts.deactivate_member(member=people.bruno, by=people.ana)
    ana = client_as(people.ana)

    screen = ana.post(f"/tasks/{task.pk}/fields/assignee/", {"value": people.bruno.pk}, headers=HTMX)
    status, said = call("PATCH", f"/tasks/{task.pk}", {"assignee_id": people.bruno.pk})
    many = ana.post("/tasks/bulk/", {"do": f"assignee:{people.bruno.pk}", "id": task.pk}, headers=HTMX)

    assert (screen.status_code, status, said["error"]["field"]) == (422, 422, "assignee_id")
    assert many.status_code == 404
    assert Task.objects.get().assignee_id == people.carla.pk
    assert not Event.objects.filter(kind="task.changed").exists()


def test_the_tasks_of_somebody_who_leaves_are_offered_and_given_with_a_way_back(client_as, people):
    for number in range(3):
        make.task(title=f"Open {number}", assignee=people.bruno)
    make.task(title="Done", assignee=people.bruno, step="done")
    make.task(title="Of Carla", assignee=people.carla)
    ana = client_as(people.ana)

    left = ana.post(f"/settings/people/{people.bruno.pk}/deactivation/")
    page = ana.get(left["Location"]).content.decode()
    query = f"?where=assignee.is:{people.bruno.pk}"
    assert left["Location"] == f"/settings/people/{people.bruno.pk}/"
    assert "3 open tasks" in page
    assert f'value="{query}"' in page
    assert f'<option value="assignee:{people.bruno.pk}"' not in page

    ana.post("/tasks/bulk/", {"all": "1", "query": query, "do": f"assignee:{people.carla.pk}"})
    given = set(Task.objects.filter(assignee=people.carla).values_list("title", flat=True))
    after = ana.get(left["Location"]).content.decode()

    assert given == {"Open 0", "Open 1", "Open 2", "Of Carla"}
    assert "open task" not in after
    assert "/undo/" in after


def test_who_leaves_with_nothing_to_do_leaves_no_question(client_as, people):
    left = client_as(people.ana).post(f"/settings/people/{people.bruno.pk}/deactivation/")

    assert left["Location"] == "/settings/people/"


def test_a_board_gives_its_tasks_to_nobody_who_left(client_as, people):
    board = services.default_board()
    Board.objects.filter(pk=board.pk).update(default_assignee=people.bruno)
    step = board.steps.order_by("position")[0]
    ana = client_as(people.ana)

    ana.post(f"/tasks/steps/{step.pk}/new/", {"value": "For Bruno"})
    accounts.deactivate_member(member=people.bruno, by=people.ana)
    ana.post(f"/tasks/steps/{step.pk}/new/", {"value": "For whoever adds it"})

    assert dict(Task.objects.values_list("title", "assignee_id")) == {
        "For Bruno": people.bruno.pk,
        "For whoever adds it": people.ana.pk,
    }
