"""Taking tasks out into a file (issue 4, point 8)."""

from __future__ import annotations

import datetime as dt
import io
import json
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from afluente.accounts.models import AuditEntry
from afluente.tasks import services as tasks
from afluente.tasks.models import Task, TaskContact
from afluente.tasks.selectors import export_rows
from afluente.tasks.selectors.picking import TaskSelection
from afluente.timeline.events import SYSTEM
from afluente.transfer import services
from afluente.transfer.models import Export
from afluente.transfer.selectors.usual import USUAL_TASKS
from tests import cast, make
from tests.calls import token_of
from tests.transfer.test_exporting import cells, content


def made(member: Any, format: str = "csv", query: str = "", columns: Any = USUAL_TASKS) -> Export:  # noqa: A002
    begun = services.begin_export(
        about="tasks", selection=TaskSelection(query=query), columns=columns, format=format, member=member
    )
    services.make_export(workspace_id=begun.workspace_id, export_id=begun.pk)
    begun.refresh_from_db()
    return begun


@pytest.fixture
def task(people: Any) -> Task:
    person = make.contact(name="Ana Prado", emails=("a@a.example",))
    found = make.task(
        title="=HYPERLINK(1)",
        assignee=people.ana,
        contacts=(person,),
        priority=3,
        due_at=dt.datetime(2027, 2, 13, 12, 30, tzinfo=dt.UTC),
    )
    tasks.set_observers(task_ids=[found.pk], member_ids=[people.bruno.pk], by=SYSTEM)
    return found


def test_a_file_of_tasks_holds_its_columns_and_is_written_down(ana: Any, task: Task):
    keys = ["name", "step", "priority", "assignee", "contact_email", "observers"]
    found = made(ana, columns=keys)

    assert cells(found) == [
        ["Task", "Status", "Priority", "Assignee", "E-mail of a person", "Observers"],
        ["'=HYPERLINK(1)", task.step.name, "High", "Ana Souza", "a@a.example", "Bruno Lima"],
    ]
    entry = AuditEntry.objects.get(kind="export.made")
    assert (entry.actor_id, entry.after["tasks"]) == (ana.pk, 1)


def test_a_spreadsheet_holds_the_same(ana: Any, task: Task):
    book = CalamineWorkbook.from_filelike(io.BytesIO(content(made(ana, "xlsx", columns=["name", "number"]))))

    assert book.get_sheet_by_index(0).to_python() == [["Task", "Number"], ["=HYPERLINK(1)", task.pk]]


def test_the_filter_and_the_state_narrow_and_the_right_to_export_counts(ana: Any, bruno: Any, task: Task):
    make.task(title="Small", priority=1)
    make.task(title="Ended", step="done")

    assert [row[0] for row in cells(made(ana, query="where=priority.is:1"))[1:]] == ["Small"]
    assert [row[0] for row in cells(made(ana, query="state=done"))[1:]] == ["Ended"]
    assert made(bruno).reason == "There is no task to export."


def test_what_went_out_comes_in_again(ana: Any, task: Task, bring: Any):
    body = content(made(ana))
    given = services.begin_import(
        name="tasks.csv", body=io.BytesIO(body), size=len(body), member=ana, about="tasks"
    )

    done = bring(given)

    again = Task.objects.exclude(pk=task.pk).get()
    assert (done.failed_count, done.report["bad"]) == (0, {})
    assert (again.title, again.priority, again.step_id) == ("=HYPERLINK(1)", 3, task.step_id)
    assert (again.due_at, again.due_is_day, again.assignee_id) == (task.due_at, False, ana.pk)
    links = set(TaskContact.objects.values_list("contact_id", flat=True))
    assert len(links) == 1
    assert again.observers.get() == task.observers.get()


@pytest.mark.parametrize("rows", [1, 4])
def test_questions_do_not_grow_with_rows(rows: int, ana: Any, task: Task, django_assert_num_queries: Any):
    for _ in range(rows - 1):
        make.task(assignee=ana, contacts=(make.contact(),))

    with django_assert_num_queries(10):
        ids = [one.pk for one in Task.objects.all()]
        assert len(export_rows(ids=ids, keys=USUAL_TASKS, member=ana)) == rows


def test_programs_take_tasks_out_and_bring_them_in(people: Any, task: Task):
    token = token_of(people.ana, ("contacts:read", "contacts:write", "contacts:export"))
    headers = {"Authorization": f"Bearer {token}"}

    def call(method: str, path: str, body: Any = None) -> Any:
        data = json.dumps(body) if body is not None else ""
        return cast.Browser().generic(
            method, f"/api/v1{path}", data=data, content_type="application/json", headers=headers
        )

    keys = [one["key"] for one in call("GET", "/exports/columns?about=tasks").json()["items"]]
    assert {"step", "observers"} <= set(keys)
    begun = call("POST", "/exports", {"about": "tasks", "task_ids": [task.pk]})
    assert (begun.status_code, begun.json()["about"]) == (201, "tasks")
    assert call("POST", "/exports", {"about": "tasks", "deal_ids": [1]}).status_code == 422
    assert call("POST", "/exports", {"about": "tasks", "format": "vcf"}).status_code == 422
    assert call("POST", "/exports", {"about": "tasks", "query": "where=tag.is:99"}).status_code == 422
    codes = [one["code"] for one in call("GET", "/imports/targets?about=tasks").json()["items"]]
    assert {"title", "step", "deal"} <= set(codes)
    sent = io.BytesIO(b"Task,Priority\nRoof,high\n")
    sent.name = "tasks.csv"
    begun = cast.Browser().post("/api/v1/imports?about=tasks", {"file": sent}, headers=headers).json()
    path = f"/imports/{begun['id']}/columns"
    answer = call("POST", path, {"match": "none", "step_id": task.step_id}).json()
    assert (answer["about"], answer["state"]) == ("tasks", "checking")
    assert call("POST", path, {"step_id": 99999}).status_code == 422


def test_the_list_leads_to_a_file(client: Any, people: Any, task: Task):
    client.force_login(people.ana.user)
    page = client.get("/tasks/list/?where=priority.is:3&state=all").content.decode()
    assert "/exports/new/?about=tasks" in page
    assert "/imports/?about=tasks" in page
    asked = client.get(f"/exports/new/?about=tasks&ids={task.pk}").content.decode()
    assert "Phone to call" in asked
    said = {"about": "tasks", "ids": str(task.pk), "format": "csv", "column": ["name"]}
    assert client.post("/exports/new/", said).status_code == 303
    assert Export.objects.get().about == "tasks"
    client.force_login(people.bruno.user)
    page = client.get("/tasks/list/").content.decode()
    assert "/exports/new/" not in page
    assert "/imports/?about=tasks" in page
