"""Boards and their steps, the board of cards, the list with picked tasks, the calendar."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from afluente.accounts.models import Reach
from afluente.contacts import services as contacts
from afluente.contacts.models import SavedFilter
from afluente.tasks import services
from afluente.tasks.models import Board, Step, Task, TaskTag
from afluente.timeline.events import Actor
from afluente.timeline.models import Event
from tests import make
from tests.tasks.test_policies import hire

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def by(people):
    return Actor("member", people.ana.pk, "Ana Souza")


def create(by, *titles, **fields):
    ids = services.create_tasks(tasks=[services.NewTask(title=title, **fields) for title in titles], by=by)
    return [Task.objects.get(pk=pk) for pk in ids]


def titles(step):
    return list(Task.objects.present().filter(step=step).order_by("position").values_list("title", flat=True))


def steps_of(board):
    return list(Step.objects.filter(board=board).order_by("position"))


def test_new_tasks_stand_on_top_and_move_between_their_neighbours(by):
    first, second, third = create(by, "One", "Two", "Three")
    (newest,) = create(by, "Four")
    assert titles(first.step) == ["Four", "One", "Two", "Three"]

    services.move_tasks(task_ids=[newest.pk], to=first.step, by=by, after_id=second.pk)
    services.move_tasks(task_ids=[third.pk], to=first.step, by=by, before_id=first.pk)

    assert titles(first.step) == ["Three", "One", "Two", "Four"]
    assert not Event.objects.filter(kind="task.moved").exists()
    assert Event.objects.filter(kind="task.reordered", contact_id=None).count() == 2


def test_many_move_as_one_in_the_order_given(by):
    tasks = create(by, "One", "Two", "Three")
    done = Step.objects.get(kind="done")

    before = services.move_tasks(task_ids=[tasks[2].pk, tasks[0].pk], to=done, by=by)

    assert set(before) == {tasks[2].pk, tasks[0].pk}
    assert titles(done) == ["Three", "One"]
    assert Task.objects.filter(done_at__isnull=False).count() == 2


def test_room_between_two_neighbours_never_ends(by):
    above, below = create(by, "Above", "Below")
    Task.objects.filter(pk=above.pk).update(position="1.00000000000000000001")
    Task.objects.filter(pk=below.pk).update(position="1.00000000000000000002")
    (between,) = create(by, "Between")

    services.move_tasks(task_ids=[between.pk], to=above.step, by=by, after_id=above.pk)

    assert titles(above.step) == ["Above", "Between", "Below"]


def test_a_deleted_step_asks_where_its_tasks_go(by):
    task, gone = create(by, "Call", "Away")
    services.delete_tasks(task_ids=[gone.pk], by=by)
    new, progress, done = steps_of(task.board)

    with pytest.raises(services.TaskRefusedError, match="where the tasks go"):
        services.delete_step(step=new, to=None, by=by)
    assert services.delete_step(step=new, to=progress, by=by) == 1

    assert titles(progress) == ["Call"]
    assert Task.objects.get(pk=gone.pk).step == progress
    with pytest.raises(services.TaskRefusedError, match="tasks are done"):
        services.delete_step(step=done, to=progress, by=by)


def test_a_step_that_comes_to_mean_done_ends_its_tasks(by):
    (task,) = create(by, "Call")
    drafts = [services.StepDraft(id=step.pk, name=step.name, kind=step.kind) for step in steps_of(task.board)]
    first, *others = drafts
    ended = services.StepDraft(id=first.id, name="Settled", kind="done", color=2)

    services.save_steps(board=task.board, drafts=[*others, ended], by=by)

    task.refresh_from_db()
    assert task.done_at is not None
    assert [step.name for step in steps_of(task.board)] == ["In progress", "Done", "Settled"]
    with pytest.raises(services.TaskRefusedError, match="tasks begin"):
        services.save_steps(
            board=task.board,
            drafts=[services.StepDraft(id=one.id, name=one.name, kind="done") for one in drafts],
            by=by,
        )


def test_a_deleted_board_hands_its_tasks_over_and_the_first_one_stays(by):
    first = services.default_board()
    other = services.create_board(name="Onboarding", by=by, color=7)
    (task,) = create(by, "Call", step_id=steps_of(other)[0].pk)

    with pytest.raises(services.TaskRefusedError, match="first board stays"):
        services.delete_board(board=first, to=steps_of(other)[0], by=by)
    assert services.delete_board(board=other, to=steps_of(first)[1], by=by) == 1

    task.refresh_from_db()
    assert (task.board, task.step) == (first, steps_of(first)[1])
    assert list(Board.objects.all()) == [first]
    kinds = Event.objects.filter(kind__startswith="board.").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["board.created", "board.deleted"]


def test_the_first_board_is_where_tasks_begin(by):
    first, other = services.default_board(), services.create_board(name="Onboarding", by=by)

    services.order_boards(ids=[other.pk, first.pk], by=by)

    (task,) = create(by, "Call")
    assert task.board == other
    with pytest.raises(services.TaskRefusedError, match="of this name"):
        services.create_board(name="onboarding", by=by)


def test_the_settings_make_change_and_delete_boards(client_as, people, by):
    ana = client_as(people.ana)
    data = {"name": "Onboarding", "color": "5", "default_assignee": people.bruno.pk}

    made = ana.post("/settings/boards/", data)
    board = Board.objects.get(name="Onboarding")
    new, progress, done = steps_of(board)
    lines = {
        "steps-TOTAL_FORMS": "4",
        "steps-INITIAL_FORMS": "3",
        **{f"steps-{n}-id": one.pk for n, one in enumerate((progress, new, done))},
        **{f"steps-{n}-name": name for n, name in enumerate(("Doing", "New", "Done", "Waiting"))},
        **{f"steps-{n}-kind": kind for n, kind in enumerate(("progress", "new", "done", "progress"))},
        "steps-3-color": "4",
    }
    saved = ana.post(f"/settings/boards/{board.pk}/steps/", lines)
    asked = ana.get(f"/settings/steps/{progress.pk}/deletion/")
    gone = ana.post(f"/settings/steps/{progress.pk}/deletion/", {"to": new.pk})

    assert (made.status_code, saved.status_code, asked.status_code, gone.status_code) == (303, 303, 200, 303)
    assert (board.color, board.default_assignee) == (5, people.bruno)
    assert [(step.name, step.color) for step in steps_of(board)] == [
        ("New", None),
        ("Done", None),
        ("Waiting", 4),
    ]
    assert client_as(people.bruno).get("/settings/boards/").status_code == 403


def test_a_board_shows_columns_of_cards_and_a_card_moves(client_as, people, by):
    camila = make.contact(name="Camila Albuquerque")
    (task,) = create(by, "Call", assignee_id=people.ana.pk, contact_ids=[camila.pk], priority=3)
    _new, progress, _done = steps_of(task.board)
    ana = client_as(people.ana)

    page = ana.get(f"/tasks/boards/{task.board_id}/").content.decode()
    answer = ana.post(f"/tasks/{task.pk}/moves/", {"stage": progress.pk}, headers=HTMX)

    for words in (f'id="task-{task.pk}"', "Call", "Camila Albuquerque", "High priority", "In progress"):
        assert words in page
    assert f'data-stage="{progress.pk}"' in answer.content.decode()
    assert f'id="count-{progress.pk}">1<' in answer.content.decode()
    assert f"/tasks/{task.pk}/moves/?stage={task.step_id}&undo=1" in answer["HX-Trigger"]


def test_a_board_asks_as_often_for_many_tasks_as_for_one(client_as, people, by):
    ana, board = client_as(people.ana), services.default_board()

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert ana.get(f"/tasks/boards/{board.pk}/").status_code == 200
        return len(found)

    camila = make.contact()
    create(by, "One", assignee_id=people.ana.pk, contact_ids=[camila.pk])
    queries()
    one = queries()
    create(by, *map(str, range(30)), assignee_id=people.bruno.pk, contact_ids=[make.contact().pk])

    assert queries() == one


def test_a_column_is_read_on_where_the_screen_ends(client_as, people, by):
    tasks = create(by, *(f"Task {n:02}" for n in range(25)))
    ana, step = client_as(people.ana), tasks[0].step_id
    board = ana.get(f"/tasks/boards/{tasks[0].board_id}/").content.decode()
    after = board.split("after=")[1].split('"')[0]

    more = ana.get(f"/tasks/steps/{step}/?after={after}", headers=HTMX).content.decode()

    assert "Task 19" in board
    assert "Task 20" not in board
    assert [f"Task {n:02}" in more for n in range(18, 25)] == [False, False, *[True] * 5]
    assert ana.get(f"/tasks/steps/{step}/?after=nonsense", headers=HTMX).status_code == 400


def test_quick_add_puts_a_task_on_top_of_its_column(client_as, people, by):
    board = services.create_board(name="Onboarding", by=by, default_assignee_id=people.bruno.pk)
    step = steps_of(board)[1]

    answer = client_as(people.ana).post(f"/tasks/steps/{step.pk}/new/", {"value": "Welcome"}, headers=HTMX)

    task = Task.objects.get()
    assert (task.title, task.step, task.assignee) == ("Welcome", step, people.bruno)
    assert f'"ids": [{task.pk}]' in answer["HX-Trigger"]


def test_a_board_is_filtered_and_the_filter_kept(client_as, people, by):
    mine, other = create(by, "Mine", assignee_id=people.ana.pk), create(by, "Theirs")
    board, ana = mine[0].board_id, client_as(people.ana)
    assert other[0].board_id == board

    page = ana.get(f"/tasks/boards/{board}/?where=assignee.is%3Ame").content.decode()
    broken = ana.get(f"/tasks/boards/{board}/?where=tag.is%3A999999").content.decode()
    kept = ana.post(
        "/tasks/filters/", {"name": "My own", "query": "where=assignee.is%3Ame", "page": "/tasks/list/"}
    )

    assert ("Mine" in page, ">Theirs<" in page) == (True, False)
    assert "This tag was deleted." in broken
    assert kept["Location"] == "/tasks/list/?where=assignee.is%3Ame"
    assert "My own" in ana.get("/tasks/list/").content.decode()
    assert SavedFilter.objects.get().entity == "task"
    assert (
        ana.post("/tasks/filters/", {"name": "X", "page": "https://evil.example/tasks/"}).status_code == 302
    )


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("status.is:open", {"Open", "Late"}),
        ("status.is:done", {"Ended"}),
        ("status.is:overdue", {"Late"}),
        ("priority.is:3", {"Late"}),
        ("title.contains:ope", {"Open"}),
        ("due.empty", {"Open", "Ended"}),
        ("tag.filled", {"Open"}),
        ("observer.is:me", {"Ended"}),
    ],
)
def test_tasks_are_found_by_what_is_asked(client_as, people, by, where, found):
    tag = contacts.create_tag(name="vip", by=by)
    create(by, "Open", tag_ids=[tag.pk])
    create(by, "Late", priority=3, due_at=timezone.now() - dt.timedelta(days=2))
    done = Step.objects.get(kind="done")
    create(by, "Ended", step_id=done.pk, observer_ids=[people.ana.pk])

    page = client_as(people.ana).get("/tasks/list/", {"state": "all", "where": where}).content.decode()

    assert {title for title in ("Open", "Late", "Ended") if f">{title}</b>" in page} == found


def test_picked_tasks_change_their_status_at_once_with_one_way_back(client_as, people, by):
    tasks = create(by, "One", "Two", "Three")
    _new, progress, done = steps_of(tasks[0].board)
    services.move_tasks(task_ids=[tasks[1].pk], to=progress, by=by)
    ana, ids = client_as(people.ana), [task.pk for task in tasks]

    answer = ana.post("/tasks/bulk/", {"id": ids, "do": f"step:{done.pk}"}, headers=HTMX)
    ended = Task.objects.filter(done_at__isnull=False).count()
    way_back = answer["HX-Trigger"].split('"undo": "')[1].split('"')[0]
    ana.post(way_back, headers={"X-Requested-With": "fetch"})

    assert "3 tasks changed" in answer["HX-Trigger"]
    assert ended == 3
    assert list(Task.objects.order_by("pk").values_list("step__kind", flat=True)) == [
        "new",
        "progress",
        "new",
    ]


def test_picked_tasks_are_assigned_tagged_and_deleted(client_as, people, by):
    ids = [task.pk for task in create(by, "One", "Two")]
    ana = client_as(people.ana)

    ana.post("/tasks/bulk/", {"id": ids, "do": f"assignee:{people.bruno.pk}"})
    ana.post("/tasks/bulk/", {"id": ids, "do": "tag", "tag_name": "urgent"})
    ana.post("/tasks/bulk/", {"id": ids, "do": "priority:3"})
    answer = ana.post("/tasks/bulk/", {"id": ids, "do": "delete"}, headers=HTMX)
    gone = Task.objects.present().count()
    ana.post(answer["HX-Trigger"].split('"undo": "')[1].split('"')[0])

    assert gone == 0
    assert set(Task.objects.present().values_list("assignee", "priority")) == {(people.bruno.pk, 3)}
    assert TaskTag.objects.filter(tag__name="urgent").count() == 2
    assert ana.post("/tasks/bulk/999999/undo/").status_code == 404


def test_who_picks_a_task_out_of_reach_changes_only_their_own(client_as, people, by):
    nina = hire(people, Reach.ALL, edit=Reach.OWN)
    (own,) = create(by, "Own", assignee_id=nina.pk)
    (other,) = create(by, "Other", assignee_id=people.carla.pk)

    answer = client_as(nina).post(
        "/tasks/bulk/", {"id": [own.pk, other.pk, 999_999], "do": "priority:1"}, headers=HTMX
    )

    assert "1 task changed. 1 stays" in answer["HX-Trigger"]
    assert list(Task.objects.order_by("pk").values_list("priority", flat=True)) == [1, 2]


def test_the_list_reads_on_from_those_with_a_deadline_to_those_without(people, by):
    from afluente.tasks import selectors

    for n in range(3):
        create(by, f"Due {n}", due_at=timezone.now() + dt.timedelta(days=n))
    create(by, "Bare 0", "Bare 1")
    asked, seen, after = selectors.TaskFilter(), [], None

    while True:
        page = selectors.table(member=people.ana, asked=asked, state="open", after=after, size=2)
        seen += [row.task.title for row in page.rows]
        after = page.next_after
        if after is None:
            break

    assert seen == ["Due 0", "Due 1", "Due 2", "Bare 0", "Bare 1"]


def test_the_calendar_shows_a_month_and_a_week(client_as, people, by):
    with timezone.override("America/Sao_Paulo"):
        day = timezone.make_aware(dt.datetime.combine(dt.date(2026, 3, 10), dt.time(15)))
    create(by, "Mine in March", due_at=day, assignee_id=people.ana.pk)
    create(by, "Of Bruno", due_at=day, assignee_id=people.bruno.pk)
    ana = client_as(people.ana)

    month = ana.get("/tasks/calendar/?on=2026-03-01").content.decode()
    week = ana.get("/tasks/calendar/?on=2026-03-12&view=week&whose=all").content.decode()
    april = ana.get("/tasks/calendar/?on=2026-05-01").content.decode()

    assert ("Mine in March" in month, "Of Bruno" in month) == (True, False)
    assert ("Mine in March" in week, "Of Bruno" in week) == (True, True)
    assert "Mine in March" not in april
    assert ana.get("/tasks/calendar/?on=0001-01-01").status_code == 200
    assert ana.get("/tasks/calendar/?on=9999-12-31&view=week").status_code == 200


def test_what_comes_next_stands_out(client_as, people, by):
    create(by, "Late one", due_at=timezone.now() - dt.timedelta(days=1), assignee_id=people.ana.pk)

    page = client_as(people.ana).get("/tasks/").content.decode()

    assert page.index('class="card lead late"') < page.index("Late one")
    assert page.count("Late one</b>") == 1


def test_who_moves_a_card_second_is_told_and_it_stays_where_the_first_put_it(people, client_as):
    task = make.task(title="Call", assignee=people.bruno)
    new, progress, done = Step.objects.filter(board_id=task.board_id).order_by("position")
    wish = {"stage": progress.pk, "seen": new.pk}

    first = client_as(people.ana).post(f"/tasks/{task.pk}/moves/", wish, headers={"HX-Request": "true"})
    second = client_as(people.bruno).post(
        f"/tasks/{task.pk}/moves/", wish | {"stage": done.pk}, headers={"HX-Request": "true"}
    )

    assert (first.status_code, second.status_code) == (200, 409)
    said = json.loads(second.headers["HX-Trigger"])
    assert said["af:toast"]["text"] == f"Somebody moved it to {progress.name} meanwhile. It stays there."
    assert said["af:cards"]["ids"] == [task.pk]
    task.refresh_from_db()
    assert (task.step_id, task.done_at) == (progress.pk, None)
    assert [one.kind for one in Event.objects.filter(kind__startswith="task.").order_by("pk")][-1:] == [
        "task.moved"
    ]
    assert Event.objects.filter(kind="task.completed").count() == 0
    again = {"stage": done.pk, "seen": progress.pk}  # having looked, they may
    assert (
        client_as(people.bruno)
        .post(f"/tasks/{task.pk}/moves/", again, headers={"HX-Request": "true"})
        .status_code
        == 200
    )
