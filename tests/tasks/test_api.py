"""Tasks for other programs."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afluente.kernel import clock
from afluente.tasks.models import Step, Task
from tests import make
from tests.calls import caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(people):
    """`call("GET", "/tasks")` with a token of the owner; `as_` for one of somebody else."""
    return caller(people.ana, ("tasks:read", "tasks:write"))


def test_a_task_is_made_read_changed_and_completed(call, people):
    camila, deal = make.contact(), make.deal()
    body = {
        "title": "Call Camila",
        "priority": "high",
        "assignee_id": people.bruno.pk,
        "observer_ids": [people.carla.pk],
        "tags": ["Urgent"],
        "contact_ids": [camila.pk],
        "deal_ids": [deal.pk],
        "due_at": "2030-05-04T17:30:00Z",
    }

    status, made = call("POST", "/tasks", body)

    assert status == 201
    assert {name: made[name] for name in body if name != "due_at"} == {
        k: v for k, v in body.items() if k != "due_at"
    }
    assert (made["step"], made["is_done"], made["created_by_id"]) == ("New", False, people.ana.pk)
    path = f"/tasks/{made['id']}"
    assert call("GET", path) == (200, made)
    status, changed = call(
        "PATCH", path, {"title": "Call her", "due_at": None, "assignee_id": None, "tags": []}
    )
    assert (changed["title"], changed["due_at"], changed["assignee_id"], changed["tags"]) == (
        "Call her", None, None, [],
    )  # fmt: skip
    assert changed["priority"] == "high"
    assert call("POST", f"{path}/completion") == (204, None)
    assert call("GET", path)[1]["is_done"] is True
    assert call("DELETE", f"{path}/completion") == (204, None)
    assert call("GET", path)[1]["is_done"] is False
    done = Step.objects.get(kind="done")
    assert call("PATCH", path, {"step_id": done.pk})[1]["is_done"] is True


def test_links_come_and_go_and_a_deleted_task_is_gone(call):
    camila, task = make.contact(), make.task()
    path = f"/tasks/{task.pk}"

    linked = call("POST", f"{path}/links", {"kind": "contact", "record_id": camila.pk})[1]
    unlinked = call("DELETE", f"{path}/links/contact/{camila.pk}")[1]

    assert (linked["contact_ids"], unlinked["contact_ids"]) == ([camila.pk], [])
    assert call("DELETE", path) == (204, None)
    assert call("GET", path)[0] == 404
    assert Task.objects.get().deleted_at is not None


def test_the_list_is_narrowed_and_paged(call, people):
    camila, now = make.contact(), clock.now()
    late = make.task(title="Late", due_at=now - dt.timedelta(days=1), contacts=(camila,))
    make.task(title="Done", step="done")
    mine = make.task(title="Mine", assignee=people.ana, due_at=now + dt.timedelta(days=9))

    def titles(query):
        return [task["title"] for task in call("GET", f"/tasks?{query}")[1]["items"]]

    assert titles("") == ["Mine", "Done", "Late"]
    assert titles("status=open") == ["Mine", "Late"]
    assert titles("status=overdue") == ["Late"]
    assert titles("status=done") == ["Done"]
    assert titles(f"assignee_id={people.ana.pk}") == ["Mine"]
    assert titles("assignee_id=0&status=open") == ["Late"]
    assert titles(f"contact_id={camila.pk}") == ["Late"]
    assert titles("due_after=2020-01-01T00:00:00Z") == ["Mine", "Late"]
    first = call("GET", "/tasks?limit=2")[1]
    assert (len(first["items"]), first["next"] is not None) == (2, True)
    rest = call("GET", f"/tasks?limit=2&cursor={first['next']}")[1]
    assert ([task["id"] for task in rest["items"]], rest["next"]) == ([late.pk], None)
    assert mine.pk == first["items"][0]["id"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x", "assignee_id": 999999}, "assignee_id"),
        ({"title": "x", "contact_ids": [999999]}, "contact_ids"),
        ({"title": "x", "step_id": 999999}, "step_id"),
        ({"title": "x", "due_at": "2030-01-01T00:00:00Z", "start_at": "2031-01-01T00:00:00Z"}, "due_at"),
        ({"title": "x", "due_at": "9999-12-31T23:59:59Z"}, "due_at"),
        ({"title": "x", "tags": [" "]}, "tags"),
        ({"title": "x", "colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_is_refused_by_name(call, body, field):
    status, answer = call("POST", "/tasks", body)

    assert (status, answer["error"]["field"]) == (422, field)
    assert not Task.objects.exists()


def test_scopes_and_rights(call, people):
    from afluente.accounts.models import Role

    task = make.task()
    people.bruno.role = Role.ANALYST
    people.bruno.save()

    assert call("GET", "/tasks", scopes=("contacts:read",))[0] == 403
    assert call("POST", "/tasks", {"title": "x"}, scopes=("tasks:read",))[0] == 403
    assert call("GET", f"/tasks/{task.pk}", as_=people.bruno)[0] == 200
    for method, path in (("PATCH", ""), ("DELETE", ""), ("POST", "/completion")):
        assert call(method, f"/tasks/{task.pk}{path}", {}, as_=people.bruno)[0] == 403
    assert call("POST", "/tasks", {"title": "x"}, as_=people.bruno)[0] == 403
    assert call("GET", "/tasks/999999")[0] == 404


def test_boards_with_their_steps(call):
    make.task()

    status, answer = call("GET", "/tasks/boards")

    assert status == 200
    assert [step["kind"] for step in answer["items"][0]["steps"]] == ["new", "progress", "done"]


def test_a_page_costs_the_same_for_one_task_and_for_four(call, people):
    def add():
        make.task(contacts=(make.contact(),), deals=(make.deal(),), observers=(people.carla,))

    def count():
        with CaptureQueriesContext(connection) as caught:
            call("GET", "/tasks")
        return len(caught)

    add()
    one = count()
    for _ in range(3):
        add()

    assert count() == one


def test_the_history_of_a_contact_tells_tasks_only_to_who_sees_them(call, people):
    from afluente.accounts.models import Reach
    from tests.tasks.test_policies import hire

    camila = make.contact(assignee=people.carla)
    call("POST", "/tasks", {"title": "x", "contact_ids": [camila.pk], "assignee_id": people.ana.pk})
    task = Task.objects.get()
    call("PATCH", f"/tasks/{task.pk}", {"title": "Secret"})
    nina = hire(people, Reach.OWN, contacts_view=Reach.ALL)

    def said(member):
        items = call("GET", f"/contacts/{camila.pk}/history", as_=member, scopes=("contacts:read",))[1][
            "items"
        ]
        return [event["data"] for event in items if event["kind"] == "task.changed"]

    assert said(people.ana) == [{"task": task.pk, "title": ["x", "Secret"]}]
    assert said(nina) == [{"task": task.pk}]


def test_a_meeting_repeats_reminds_and_stands_below_another_task(call):
    above = call("POST", "/tasks", {"title": "Launch"})[1]["id"]
    body = {
        "title": "Weekly demo",
        "kind": "meeting",
        "place": "Office",
        "repeat": "FREQ=WEEKLY;BYDAY=MO",
        "remind_before": 30,
        "parent_id": above,
        "start_at": "2030-05-06T13:00:00Z",
        "due_at": "2030-05-06T14:00:00Z",
    }

    status, made = call("POST", "/tasks", body)
    circle, refused = call("PATCH", f"/tasks/{above}", {"parent_id": made["id"], "title": "Other"})
    no_rule, _ = call("PATCH", f"/tasks/{made['id']}", {"repeat": "FREQ=HOURLY"})
    early, _ = call("PATCH", f"/tasks/{made['id']}", {"due_at": "2030-05-06T12:00:00Z"})

    assert status == 201
    assert {name: made[name] for name in body if not name.endswith("_at")} == {
        name: value for name, value in body.items() if not name.endswith("_at")
    }
    assert (circle, refused["error"]["field"], no_rule, early) == (422, "parent_id", 422, 422)
    assert call("GET", f"/tasks/{above}")[1]["title"] == "Launch"
