"""Boards, checklists, fields and calendar addresses for other programs."""

from __future__ import annotations

import pytest

from afluente.contacts import services as contacts
from afluente.tasks import services
from afluente.tasks.models import Board, CheckItem, Step, Task
from afluente.timeline.events import Actor
from tests import cast, make
from tests.calls import caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(people):
    return caller(people.ana, ("tasks:read", "tasks:write"))


def names(board):
    return [step["name"] for step in board["steps"]]


def test_a_board_is_made_with_steps_changed_ordered_and_deleted(call, people):
    first = services.default_board()
    steps = [{"name": "Idea"}, {"name": "Working", "kind": "progress"}, {"name": "Ready", "kind": "done"}]

    status, made = call("POST", "/tasks/boards", {"name": "Design", "color": 3, "steps": steps})
    path = f"/tasks/boards/{made['id']}"
    _, changed = call("PATCH", path, {"name": "Drawings", "default_assignee_id": people.bruno.pk})
    _, ordered = call("PUT", "/tasks/boards/order", {"board_ids": [made["id"], first.pk]})
    _, undone = call("PUT", "/tasks/boards/order", {"board_ids": [first.pk, made["id"]]})
    gone, _ = call("DELETE", path)

    assert (status, names(made), made["color"]) == (201, ["Idea", "Working", "Ready"], 3)
    assert (changed["name"], changed["default_assignee_id"]) == ("Drawings", people.bruno.pk)
    assert [board["is_first"] for board in ordered["items"]] == [True, False]
    assert undone["items"][0]["id"] == first.pk
    assert gone == 204
    assert Board.objects.count() == 1


def test_steps_are_put_and_deleted_with_a_place_for_their_tasks(call, people):
    board = services.default_board()
    new, progress, done = board.steps.order_by("position")
    task = make.task(title="Proposal")
    path = f"/tasks/boards/{board.pk}/steps"

    _, put = call(
        "PUT",
        path,
        {
            "steps": [
                {"id": progress.pk, "name": "Doing", "kind": "progress"},
                {"name": "Later"},
                {"id": done.pk, "name": "Done", "kind": "done"},
                {"id": new.pk, "name": "New"},
            ]
        },
    )
    without, said = call("DELETE", f"{path}/{new.pk}")
    moved, _ = call("DELETE", f"{path}/{new.pk}?to={progress.pk}")

    assert names(put) == ["Doing", "Later", "Done", "New"]
    assert (without, said["error"]["field"], moved) == (422, "to", 204)
    assert Task.objects.get(pk=task.pk).step_id == progress.pk


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"steps": [{"name": "Only", "kind": "new"}]}, "kind"),
        ({"steps": [{"name": "A"}, {"name": "a", "kind": "done"}]}, "steps"),
        ({"steps": [{"id": 999_999, "name": "A"}, {"name": "B", "kind": "done"}]}, "steps"),
    ],
)
def test_steps_that_cannot_be_are_refused_and_nothing_changes(call, people, body, field):
    board = services.create_board(name="Design", by=Actor("member", people.ana.pk, "Ana"))
    Step.objects.filter(board=board, kind="done").delete()
    before = list(board.steps.order_by("pk").values("name", "position"))

    status, said = call("PUT", f"/tasks/boards/{board.pk}/steps", body)

    assert (status, said["error"]["field"]) == (422, field)
    assert list(board.steps.order_by("pk").values("name", "position")) == before


def test_a_step_of_another_board_is_no_step_of_this_one(call, people):
    board = services.create_board(name="Design", by=Actor("member", people.ana.pk, "Ana"))
    task = make.task(title="Proposal")
    foreign = board.steps.order_by("position")[0]

    status, said = call("PATCH", f"/tasks/{task.pk}", {"step_id": foreign.pk, "title": "Changed"})
    gone, _ = call("DELETE", f"/tasks/boards/{task.board_id}/steps/{foreign.pk}?to={task.step_id}")

    assert (status, said["error"]["field"], gone) == (422, "step_id", 404)
    assert Task.objects.get(pk=task.pk).title == "Proposal"


def test_who_may_not_set_boards_up_is_refused(people):
    board = services.default_board()
    call = caller(people.bruno, ("tasks:read", "tasks:write"))

    answers = [
        call("POST", "/tasks/boards", {"name": "Mine"})[0],
        call("PATCH", f"/tasks/boards/{board.pk}", {"name": "Mine"})[0],
        call("DELETE", f"/tasks/boards/{board.pk}")[0],
        call("PUT", "/tasks/boards/order", {"board_ids": []})[0],
    ]

    assert answers == [403] * 4
    assert call("GET", f"/tasks/boards/{board.pk}")[0] == 200


def test_a_checklist_is_written_ticked_ordered_and_cleared(call, people):
    task, other = make.task(title="Proposal"), make.task(title="Other")
    path = f"/tasks/{task.pk}/items"

    status, made = call("POST", path, {"texts": ["Read", "Write", "Send"]})
    read, write, send = [item["id"] for item in made["items"]]
    _, ticked = call("PATCH", f"{path}/{read}", {"text": "Read twice", "is_done": True})
    _, ordered = call("PUT", f"{path}/order", {"item_ids": [send, read]})
    _, left = call("DELETE", f"{path}/{write}")
    foreign = call("PATCH", f"/tasks/{other.pk}/items/{send}", {"is_done": True})[0]
    wrong = call("PUT", f"/tasks/{other.pk}/items/order", {"item_ids": [send]})[0]

    assert status == 201
    assert ticked["items"][0] | {"done_at": None} == {
        "id": read,
        "text": "Read twice",
        "is_done": True,
        "done_at": None,
        "done_by_id": people.ana.pk,
    }
    assert [item["id"] for item in ordered["items"]] == [send, read, write]
    assert [item["id"] for item in left["items"]] == [send, read]
    assert call("GET", path)[1] == left
    assert (foreign, wrong) == (404, 422)
    assert CheckItem.objects.filter(done_at=None).count() == 1


def test_fields_are_set_by_name_or_number_and_told(call, people):
    by = Actor("member", people.ana.pk, "Ana")
    board = services.default_board()
    room = contacts.create_field(name="Room", entity="task", scope_id=board.pk, by=by)
    seats = contacts.create_field(name="Seats", kind="number", entity="task", by=by)

    status, made = call("POST", "/tasks", {"title": "Meet", "attributes": {"Room": "Blue"}})
    _, changed = call("PATCH", f"/tasks/{made['id']}", {"attributes": {str(seats.pk): 4}})
    wrong, said = call("PATCH", f"/tasks/{made['id']}", {"title": "No", "attributes": {"Seats": "many"}})
    unknown, also = call("POST", "/tasks", {"title": "No", "attributes": {"Colour": "red"}})

    assert status == 201
    assert {one["name"]: one["value"] for one in changed["attributes"]} == {"Room": "Blue", "Seats": 4}
    assert (wrong, said["error"]["field"]) == (422, "attributes.Seats")
    assert (unknown, also["error"]["field"]) == (422, "attributes.Colour")
    assert list(Task.objects.values_list("title", flat=True)) == ["Meet"]
    assert room.pk


def test_a_calendar_address_is_made_renewed_and_ended(call, people):
    _, none = call("GET", "/tasks/calendar")
    _, first = call("POST", "/tasks/calendar")
    _, second = call("POST", "/tasks/calendar")
    browser = cast.browser()
    answers = [
        browser.get(one["address"].partition("/calendar/")[2].join(["/calendar/", ""]))
        for one in (first, second)
    ]
    ended, _ = call("DELETE", "/tasks/calendar")

    assert none == {"address": None}
    assert [answer.status_code for answer in answers] == [404, 200]
    assert ended == 204
    assert call("GET", "/tasks/calendar")[1] == {"address": None}


def test_a_task_below_itself_is_refused_with_a_sentence(call, people):
    top, middle = make.task(title="Top"), make.task(title="Middle")
    services.set_parent(task_ids=[middle.pk], parent_id=top.pk, by=Actor("member", people.ana.pk, "Ana"))

    status, said = call("PATCH", f"/tasks/{top.pk}", {"parent_id": middle.pk})

    assert (status, said["error"]["field"]) == (422, "parent_id")
    assert "subtask of itself" in said["error"]["message"]
    assert Task.objects.get(pk=top.pk).parent_id is None
