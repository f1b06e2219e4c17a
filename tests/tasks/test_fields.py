"""Fields of boards on tasks."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afluente.contacts import services as contacts
from afluente.contacts.models import Field
from afluente.kernel import clock
from afluente.tasks import services
from afluente.tasks.models import Board, Task, TaskValue
from afluente.timeline.events import Actor
from afluente.timeline.models import Event
from tests import make

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def by(people):
    return Actor("member", people.ana.pk, "Ana Souza")


@pytest.fixture
def board(people):
    return services.default_board()


def field(by, name="Room", kind="text", *, board=None, required=False):
    return contacts.create_field(
        name=name, kind=kind, by=by, entity="task", scope_id=board, is_required=required
    )


def test_a_field_of_a_board_is_filled_on_its_tasks_and_on_no_others(client_as, people, by, board):
    room, other = field(by, board=board.pk), services.create_board(name="Other", by=by)
    task = make.task(title="Proposal")
    (apart,) = services.create_tasks(
        tasks=[services.NewTask(title="Apart", step_id=other.steps.order_by("position")[0].pk)], by=by
    )
    ana = client_as(people.ana)

    saved = ana.post(f"/tasks/{task.pk}/values/{room.pk}/", {"typed": "Blue"}, headers=HTMX)
    refused = ana.post(f"/tasks/{apart}/values/{room.pk}/", {"typed": "Blue"}, headers=HTMX)

    assert (saved.status_code, refused.status_code) == (200, 404)
    assert TaskValue.objects.get().text == "Blue"
    assert "Blue" in ana.get(f"/tasks/{task.pk}/").content.decode()
    assert "Room" not in ana.get(f"/tasks/{apart}/").content.decode()
    told = Event.objects.get(kind="task.changed")
    assert (told.task_id, told.data["field:Room"]) == (task.pk, ["", "Blue"])


def test_without_script_a_value_is_changed_on_a_page_of_its_own(client_as, people, by, board):
    room, task, ana = field(by), make.task(title="Proposal"), client_as(people.ana)

    page = ana.get(f"/tasks/{task.pk}/values/{room.pk}/").content.decode()
    saved = ana.post(f"/tasks/{task.pk}/values/{room.pk}/", {"typed": "Red"})

    assert f'action="/tasks/{task.pk}/values/{room.pk}/"' in page
    assert (saved.status_code, saved["Location"]) == (303, f"/tasks/{task.pk}/")


def test_somebody_elses_value_is_not_written_over(client_as, people, by, board):
    room, task = field(by), make.task(title="Proposal")
    services.fill_values(given={task.pk: {room.pk: "Blue"}}, by=by)

    answer = client_as(people.ana).post(
        f"/tasks/{task.pk}/values/{room.pk}/", {"typed": "Red", "seen": "not what is there"}, headers=HTMX
    )

    assert answer.status_code == 422
    assert TaskValue.objects.get().text == "Blue"


def test_a_required_field_is_asked_for_wherever_a_task_is_made(client_as, people, by, board):
    room, ana, contact = field(by, board=board.pk, required=True), client_as(people.ana), make.contact()
    step = board.steps.order_by("position")[0]
    forms = [
        ("/tasks/new/", {"title": "One"}),
        ("/tasks/new/", {"title": "Two", "contact": contact.pk}),
        (f"/tasks/steps/{step.pk}/new/", {"value": "Three"}),
    ]

    bare = [ana.post(url, said, headers=HTMX).status_code for url, said in forms]
    whole = [
        ana.post(url, said | {f"field-{room.pk}-typed": "Blue"}, headers=HTMX).status_code
        for url, said in forms
    ]

    assert bare == [422, 422, 422]
    assert whole == [204, 204, 200]
    assert Task.objects.count() == TaskValue.objects.count() == 3
    assert "Room" in ana.get(f"/contacts/{contact.pk}/?tab=tasks").content.decode()
    emptied = ana.post(f"/tasks/{Task.objects.first().pk}/values/{room.pk}/", {"typed": ""}, headers=HTMX)
    assert emptied.status_code == 422


def test_tasks_are_filtered_by_a_field_and_settings_offer_boards(client_as, people, by, board):
    room, ana = field(by, board=board.pk), client_as(people.ana)
    with_it, _ = make.task(title="With it"), make.task(title="Without it")
    services.fill_values(given={with_it.pk: {room.pk: "Blue"}}, by=by)

    page = ana.get("/tasks/list/", {"where": f"field-{room.pk}.is:Blue"}).content.decode()
    settings = ana.get("/settings/contacts/fields/", {"of": "task"}).content.decode()

    assert "With it" in page
    assert "Without it" not in page
    assert board.name in settings


def test_the_next_of_a_repeated_task_has_what_the_last_one_had(people, by, board):
    room = field(by)
    (pk,) = services.create_tasks(
        tasks=[
            services.NewTask(title="Report", due_at=clock.now() + dt.timedelta(days=1), repeat="FREQ=DAILY")
        ],
        by=by,
    )
    services.fill_values(given={pk: {room.pk: "Blue"}}, by=by)

    services.complete_tasks(task_ids=[pk], by=by)

    following = Task.objects.get(made_from_id=pk)
    assert TaskValue.objects.get(task=following).text == "Blue"


def test_a_card_costs_the_same_however_many_fields_there_are(client_as, people, by, board):
    task, ana, counts = make.task(title="Proposal"), client_as(people.ana), []
    for number in (1, 3):
        for n in range(number):
            one = field(by, name=f"Field {number}{n}")
            services.fill_values(given={task.pk: {one.pk: "x"}}, by=by)
        ana.get(f"/tasks/{task.pk}/")
        with CaptureQueriesContext(connection) as queries:
            ana.get(f"/tasks/{task.pk}/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert Field.objects.filter(entity="task").count() == 4
    assert Board.objects.count() == 1
