"""Bringing in a file of tasks (issue 4, point 8)."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from django.http import QueryDict

from afluente.accounts.models import Reach
from afluente.contacts import selectors as contacts
from afluente.contacts import services as contact_services
from afluente.contacts.models import Contact
from afluente.tasks import selectors as task_selectors
from afluente.tasks import services as tasks
from afluente.tasks.models import Task, TaskCompany, TaskContact, TaskDeal, TaskObserver, TaskTag
from afluente.timeline.models import Event, Notification
from afluente.transfer import services
from afluente.transfer.models import Import, ImportRow
from tests import make
from tests.tasks.test_policies import hire

WHOLE = (
    "Tarefa;Descrição;Status;Prioridade;Responsável;Observadores;Início;Prazo;Repete;Etiquetas;Contato;E-mail;Negócio;Empresa;Cor\n"
    "Ligar;Sobre o telhado;Em andamento;Alta;Ana Souza;{bruno};10/02/2027;13/02/2027;FREQ=WEEKLY;VIP, casa;Bia;bia@exemplo.com.br;Telhado;Maré;azul\n"
    "Medir;;;;;;;13/02/2027 09:30;;;Bia Prado;;;;\n"
    "Pronto;;Concluída;;;;;;;;;;;;\n"
)


@pytest.fixture(autouse=True)
def board(people: Any) -> Any:
    return tasks.default_board()


@pytest.fixture
def bring_tasks(bring: Any) -> Any:
    def brought(content: str, **more: Any) -> Any:
        body = content.encode()
        given = services.begin_import(
            name="tasks.csv", body=io.BytesIO(body), size=len(body), about="tasks", member=more.pop("member")
        )
        return bring(given, **more)

    return brought


def test_tasks_come_in_whole_and_nobody_is_told_or_made(bring_tasks: Any, people: Any):
    by = services.actor_of(people.ana)
    color = contact_services.create_field(entity="task", name="Cor", kind="text", by=by)
    known = make.contact(name="Bia Prado", emails=("bia@exemplo.com.br",))
    make.pipeline()
    deal = make.deal(name="Telhado")
    company = contact_services.create_company(name="Maré", by=by)

    done = bring_tasks(WHOLE.format(bruno=people.bruno.user.name), member=people.ana)

    assert (done.state, done.created_count, done.failed_count) == ("done", 3, 0), done.report
    call, measure, ended = Task.objects.order_by("pk")
    assert (call.title, call.description, call.step.kind) == ("Ligar", "Sobre o telhado", "progress")
    assert (call.priority, call.assignee_id, call.source) == (3, people.ana.pk, "import")
    assert (call.due_is_day, call.repeat) == (True, "FREQ=WEEKLY")
    assert call.due_at == dt.datetime(2027, 2, 14, 2, 59, 59, tzinfo=dt.UTC)
    assert TaskObserver.objects.get(task=call).member_id == people.bruno.pk
    assert TaskTag.objects.filter(task=call).count() == 2
    assert TaskDeal.objects.get(task=call).deal_id == deal.pk
    assert TaskCompany.objects.get(task=call).company_id == company.pk
    assert contacts.held_values("task", [call.pk], [color.pk])[call.pk][color.pk] == "azul"
    links = TaskContact.objects.order_by("task_id").values_list("task_id", "contact_id")
    assert list(links) == [(call.pk, known.pk), (measure.pk, known.pk)]
    assert (measure.due_is_day, measure.step.kind) == (False, "new")
    assert (ended.step.kind, ended.done_at is not None) == ("done", True)
    assert Contact.objects.count() == 1
    assert not Notification.objects.exists()
    told = Event.objects.get(kind="task.created", task_id=call.pk)
    assert told.data["import"] == {"id": done.pk, "file": "tasks.csv", "row": 2}


def test_each_row_that_cannot_be_says_why_and_what_is_not_here_is_left_out(bring_tasks: Any, people: Any):
    make.contact(name="Bia")
    make.contact(name="Bia")

    done = bring_tasks(
        "Task,Board,Status,Priority,Start,Deadline,Repeats,Assignee,Contact,Kind\n"
        ",,,low,,,,,,\n"
        "A,Nowhere,,,,,,,,\n"
        "B,,Flying,,,,,,,\n"
        "C,,,huge,,,,,,\n"
        "D,,,,2027-03-02,2027-03-01,,,,\n"
        "E,,,,,,FREQ=DAILY,,,\n"
        "F,,,,,2027-03-01,EVERY DAY,,,\n"
        "G,,,,,,,Nobody Here,,\n"
        f"{'x' * 121},,,,,,,,,\n"
        "H,,,,,,,,Bia,call\n"
        "I,,,,,2027-02-13,FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30,,,\n",
        member=people.ana,
    )

    assert (done.created_count, done.failed_count) == (1, 10)
    why = dict(ImportRow.objects.filter(outcome="failed").values_list("number", "reason"))
    assert "what is to be done" in why[2]
    assert "no board called so" in why[3]
    assert "no status called so" in why[4]
    assert "low, medium or high" in why[5]
    assert "before the start" in why[6]
    assert "needs a deadline" in why[7]
    assert "no rule" in why[8]
    assert "Nobody here" in why[9]
    assert "longer than 120" in why[10]
    assert "No day is meant" in why[12]
    (task,) = Task.objects.all()
    assert (task.title, task.kind, TaskContact.objects.count()) == ("H", "task", 0)
    bad = {value[0] for column in done.report["bad"].values() for value in column}
    assert {"Bia", "call"} <= bad


def test_what_somebody_may_not_see_is_not_linked(bring_tasks: Any, people: Any):
    make.contact(name="Lia Reis", emails=("lia@exemplo.com.br",), assignee=people.ana)
    member = hire(people, Reach.OWN)

    bring_tasks("Task,E-mail\nA,lia@exemplo.com.br\n", member=member)

    assert Task.objects.get().title == "A"
    assert not TaskContact.objects.exists()


def test_known_by_number_is_left_alone_when_asked(bring_tasks: Any, people: Any):
    text = "Task,ID\nA,17\nB,18\nA again,17\n"

    first = bring_tasks(text, member=people.ana, policy="skip")
    second = bring_tasks(text + "C,19\n", member=people.ana, policy="skip")

    assert (first.match, first.created_count, first.skipped_count) == ("external", 2, 1)
    assert (second.created_count, second.skipped_count) == (1, 3)


def test_taken_back_but_for_what_was_changed_and_found_by_the_import(bring_tasks: Any, people: Any):
    mine = make.task(title="Mine")
    done = bring_tasks("Task\nA\nB\n", member=people.ana)
    touched = Task.objects.get(title="B")
    tasks.change_tasks(task_ids=[touched.pk], changes={"title": "Kept"}, by=services.actor_of(people.ana))

    def listed(query: str) -> set[str]:
        asked = task_selectors.TaskFilter.read(QueryDict(query))
        page = task_selectors.table(member=people.ana, asked=asked, state="all")
        return {row.task.title for row in page.rows}

    assert listed(f"where=import.is:{done.pk}") == {"A", "Kept"}
    assert listed(f"where=import.is_not:{done.pk}") == {mine.title}

    services.undo_import(import_id=done.pk)
    services.take_back(workspace_id=done.workspace_id, import_id=done.pk)

    done.refresh_from_db()
    assert (done.state, done.undone_count, done.kept_count) == ("undone", 1, 1)
    assert {one.title for one in Task.objects.present()} == {"Mine", "Kept"}
    assert "Since then" in ImportRow.objects.get(record_id=touched.pk).note


@pytest.mark.parametrize("rows", [2, 6])
def test_questions_do_not_grow_with_rows(
    rows: int, people: Any, check: Any, django_assert_max_num_queries: Any
):
    make.contact(name="Bia")
    body = ("Task;Contact;Tags\n" + "A;Bia;VIP\n" * rows).encode()
    given = services.begin_import(
        name="tasks.csv", body=io.BytesIO(body), size=len(body), about="tasks", member=people.ana
    )
    check(given)
    services.start_import(import_id=given.pk)

    with django_assert_max_num_queries(75):
        services.run_import(workspace_id=given.workspace_id, import_id=given.pk)
    assert Task.objects.count() == rows


def test_the_steps_are_walked_on_screen(client: Any, people: Any):
    client.force_login(people.ana.user)
    page = client.get("/imports/?about=tasks").content.decode()
    assert 'value="tasks" checked' in page
    sent = io.BytesIO(b"Card Name,List Name\nA,Somewhere\nB,\n")
    sent.name = "cards.csv"
    client.post("/imports/", {"about": "tasks", "file": sent}, follow=True)
    given = Import.objects.get()
    assert given.mapping == ["title", "step"]
    columns = client.get(f"/imports/{given.pk}/columns/").content.decode()
    assert "Status of rows that name none" in columns
