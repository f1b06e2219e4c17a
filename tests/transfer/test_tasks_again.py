"""A file of tasks that are here already: found by their number, brought up to date, taken back (issue 4, point 8)."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afluente.accounts.models import Reach
from afluente.contacts import services as contact_services
from afluente.tasks import services as tasks
from afluente.tasks.models import Step, Task, TaskCompany, TaskContact, TaskDeal
from afluente.timeline.events import SYSTEM
from afluente.timeline.models import Event, Notification
from afluente.transfer import services
from afluente.transfer.models import ImportRow
from afluente.transfer.selectors import preview
from tests import make
from tests.tasks.test_policies import hire

FULL = (
    "Number,Task,Board,Status,Priority,Assignee,Observers,Start,Deadline,Description,Tags,E-mail of a person,Deal,Company,Tamanho\n"
    "{number},Call twice,,Done,High,{bruno},{bruno},2031-02-10,2031-02-13,Soon,VIP,bia@b.example,Telhado,Maré,G\n"
)


@pytest.fixture(autouse=True)
def board(people: Any) -> Any:
    return tasks.default_board()


def begun(content: str, member: Any) -> Any:
    body = content.encode()
    return services.begin_import(
        name="tasks.csv", body=io.BytesIO(body), size=len(body), member=member, about="tasks"
    )


@pytest.fixture
def bring_tasks(bring: Any, people: Any) -> Any:
    def brought(content: str, **more: Any) -> Any:
        return bring(begun(content, more.pop("member", people.ana)), **more)

    return brought


def take_back(done: Any) -> Any:
    services.undo_import(import_id=done.pk)
    services.take_back(workspace_id=done.workspace_id, import_id=done.pk)
    done.refresh_from_db()
    return done


def state_of(task: Task) -> dict[str, Any]:
    """Everything that a file can change of a task."""
    links = [
        sorted(model.objects.filter(task=task).values_list(column, flat=True))
        for model, column in ((TaskContact, "contact_id"), (TaskDeal, "deal_id"), (TaskCompany, "company_id"))
    ]
    place = Task.objects.values_list("position", "done_at", "board_id").get(pk=task.pk)
    return tasks.held_of([task.pk])[task.pk] | {"links": links, "place": place}


def test_a_file_brings_a_task_up_to_date_tells_nobody_and_everything_back(
    bring_tasks: Any, people: Any
) -> None:
    contact_services.create_field(entity="task", name="Tamanho", kind="text", by=SYSTEM)
    make.contact(name="Bia", emails=("bia@b.example",))
    make.pipeline()
    make.deal(name="Telhado")
    contact_services.create_company(name="Maré", by=SYSTEM)
    task = make.task(title="Call", assignee=people.ana)
    below = make.task(title="Below")
    before, other = state_of(task), state_of(below)

    done = bring_tasks(FULL.format(number=task.pk, bruno=people.bruno.user.name))

    assert (done.match, done.updated_count, done.created_count) == ("number", 1, 0), done.report
    task.refresh_from_db()
    assert (task.title, task.description, task.priority) == ("Call twice", "Soon", 3)
    assert (task.assignee_id, task.step.kind, task.is_open) == (people.bruno.pk, "done", False)
    assert (task.due_is_day, task.start_at is not None) == (True, True)
    assert state_of(task)["observers"] == [people.bruno.pk]
    assert [len(one) for one in state_of(task)["links"]] == [1, 1, 1]
    told = Event.objects.filter(task_id=task.pk, data__import__id=done.pk).values_list("kind", flat=True)
    assert {"task.changed", "task.completed", "task.linked"} <= set(told)
    assert not Notification.objects.exists()
    back = take_back(done)
    assert (back.undone_count, back.kept_count) == (1, 0)
    assert state_of(task) == before
    assert state_of(below) == other


def test_what_the_preview_says_is_what_happens(check: Any, people: Any) -> None:
    same, other = make.task(title="Same"), make.task(title="Other")
    text = (
        f"Number,Task,Board,Priority,Tags\n{same.pk},Same,,medium,\n{other.pk},,,high,VIP\n"
        ",New,,low,\n987654321,Lost,,,\n"
    )

    given = check(begun(text, people.ana))

    report = given.report
    assert [report[name] for name in ("created", "updated", "skipped", "failed")] == [1, 1, 1, 1]
    (shown,) = report["samples"]["updated"]
    assert (shown["record"], shown["name"]) == (other.pk, "Other")
    assert shown["changes"] == {"priority": ["Medium", "High"], "tags": ["", "VIP"]}
    assert preview.reasons(given) == [("There is no task #987654321.", 1)]
    assert {one.priority for one in Task.objects.all()} == {2}
    services.start_import(import_id=given.pk)
    services.run_import(workspace_id=given.workspace_id, import_id=given.pk)
    given.refresh_from_db()
    assert (given.created_count, given.updated_count, given.skipped_count, given.failed_count) == (1, 1, 1, 1)


def test_the_second_file_of_another_system_updates_and_only_its_own_changes_go_back(bring_tasks: Any) -> None:
    bring_tasks("Task,ID,Status\nA,17,To do\nB,18,\n")

    again = bring_tasks("Task,ID,Status,Deadline\nA2,17,Done,\nB,18,,2031-05-01\nC,19,,\nC2,19,,\n")

    assert (again.created_count, again.updated_count, again.failed_count) == (1, 3, 0)
    assert list(Task.objects.order_by("pk").values_list("title", flat=True)) == ["A2", "B", "C2"]
    assert (take_back(again).undone_count, again.kept_count) == (4, 0)
    rows = Task.objects.present().order_by("pk").values_list("title", "done_at", "due_at")
    assert list(rows) == [("A", None, None), ("B", None, None)]


def test_only_what_is_empty_is_filled(bring_tasks: Any, people: Any) -> None:
    task = make.task(title="Call", assignee=people.ana)

    text = "Number,Task,Board,Status,Priority,Assignee,Place\n{},X,,Done,High,{},Here\n"
    done = bring_tasks(text.format(task.pk, people.bruno.user.email), policy="fill")

    task.refresh_from_db()
    assert done.updated_count == 1
    assert (task.title, task.priority, task.assignee_id) == ("Call", 2, people.ana.pk)
    assert (task.place, task.is_open) == ("Here", True)


def test_what_would_not_fit_and_what_is_not_theirs_fails_as_the_preview_said(
    bring_tasks: Any, people: Any
) -> None:
    at = dt.datetime(2031, 3, 1, 12, tzinfo=dt.UTC)
    late, call, unknown = (make.task(title="Call", assignee=people.ana, due_at=at) for _ in range(3))
    heads = "Number,Task,Board,Start,Kind,Status\n"
    theirs = hire(people, Reach.OWN)

    done = bring_tasks(
        f"{heads},Fine,,,,\n{late.pk},New,,2031-03-02,,\n{call.pk},New,,,call,\n{unknown.pk},New,,,,Flying\n"
    )
    bring_tasks(f"{heads},Fine,,,,\n{call.pk},New,,,,\n", member=theirs)

    assert (done.report["failed"], done.failed_count, done.updated_count) == (3, 3, 0)
    why = ImportRow.objects.filter(outcome="failed").order_by("pk").values_list("reason", flat=True)
    said = ("before the start", "when it begins", "no status called so", "not yours to change")
    assert all(part in reason for part, reason in zip(said, why, strict=True)), list(why)
    assert set(Task.objects.exclude(title="Fine").values_list("title", "start_at")) == {("Call", None)}


def test_what_somebody_changed_since_stays_also_where_moments_would_no_longer_fit(
    bring_tasks: Any, people: Any
) -> None:
    start, due = (dt.datetime(2031, 3, day, 12, tzinfo=dt.UTC) for day in (8, 9))
    task = make.task(title="Call", start_at=start, due_at=due)
    text = "Number,Task,Board,Start,Deadline\n{},New,,2031-02-01 09:00,2031-02-02 09:00\n"
    done = bring_tasks(text.format(task.pk))
    assert done.updated_count == 1, done.report
    by = services.actor_of(people.ana)
    mine = dt.datetime(2031, 2, 3, 12, tzinfo=dt.UTC)
    tasks.change_tasks(task_ids=[task.pk], changes={"due_at": mine}, by=by)

    take_back(done)

    task.refresh_from_db()
    row = ImportRow.objects.get(batch=done)
    assert (task.title, task.due_at, row.undone) == ("Call", mine, "partly")
    assert task.start_at == dt.datetime(2031, 2, 1, 12, tzinfo=dt.UTC)
    assert "Changed since and kept: Deadline, Start" in row.note


def test_a_field_of_another_board_goes_with_the_task_that_moves_there(bring_tasks: Any) -> None:
    there = tasks.create_board(name="There", by=SYSTEM)
    field = contact_services.create_field(
        entity="task", name="Cor", kind="text", scope_id=there.pk, by=SYSTEM
    )
    task = make.task(title="Call")
    before = state_of(task)

    done = bring_tasks(f"Number,Task,Board,Cor\n{task.pk},,There,azul\n")

    task.refresh_from_db()
    assert (task.board_id, task.step.kind) == (there.pk, Step.Kind.NEW), done.report
    assert tasks.held_of([task.pk])[task.pk][f"field-{field.pk}"] == "azul"
    take_back(done)
    assert state_of(task) == before


def test_a_task_that_repeats_is_done_once_and_its_next_one_goes_again(bring_tasks: Any) -> None:
    at = dt.datetime(2031, 3, 1, 12, tzinfo=dt.UTC)
    task = make.task(title="Call", due_at=at, repeat="FREQ=WEEKLY")

    done = bring_tasks(f"Number,Task,Board,Status\n{task.pk},,,Done\n")

    assert Task.objects.present().count() == 2
    take_back(done)
    assert list(Task.objects.present().values_list("pk", "done_at")) == [(task.pk, None)]


def test_no_more_questions_for_more_rows(check: Any, people: Any) -> None:
    make.contact(name="Bia", emails=("bia@b.example",))

    def asked(count: int) -> int:
        made = [make.task() for _ in range(count)]
        lines = "".join(
            f"{one.pk},Task {one.pk},,Done,2031-02-{one.pk % 27 + 1:02},bia@b.example,VIP\n" for one in made
        )
        heads = "Number,Task,Board,Status,Deadline,E-mail of a person,Tags\n"
        given = check(begun(heads + lines, people.ana))
        services.start_import(import_id=given.pk)
        with CaptureQueriesContext(connection) as found:
            services.run_import(workspace_id=given.workspace_id, import_id=given.pk)
        given.refresh_from_db()
        assert given.updated_count == count
        return len(found)

    asked(1)

    assert asked(2) == asked(9)
