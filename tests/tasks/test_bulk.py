"""Many tasks at once: all that match, by a job with progress, with one way back."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from afluente.contacts import services as contacts
from afluente.contacts.models import BulkChange
from afluente.contacts.services import bulk as engine
from afluente.contacts.services.bulk_shapes import Change
from afluente.tasks import jobs, services
from afluente.tasks.models import Task, TaskBulkEntry, TaskTag
from afluente.tasks.selectors.picking import TaskSelection
from afluente.tasks.services.bulk import change_many
from afluente.timeline.events import Actor

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
HOME = ZoneInfo("America/Sao_Paulo")


@pytest.fixture
def by(people):
    return Actor("member", people.ana.pk, "Ana Souza")


def create(by, *titles, **more):
    services.create_tasks(tasks=[services.NewTask(title=one, **more) for one in titles], by=by)
    return list(Task.objects.filter(title__in=titles).order_by("pk"))


def done_step():
    return services.default_board().steps.get(kind="done")


def test_all_that_match_are_moved_by_a_job_shown_and_taken_back(client_as, people, by, monkeypatch):
    monkeypatch.setattr(engine, "AT_ONCE", 2)
    monkeypatch.setattr(engine, "BATCH", 3)
    tasks = create(by, *(f"Call {n}" for n in range(7)))
    (other,) = create(by, "Write")
    ana = client_as(people.ana)

    asked = ana.post(
        "/tasks/bulk/",
        {"all": "1", "query": "?q=call", "except": str(tasks[0].pk), "do": f"step:{done_step().pk}"},
        headers=HTMX,
    )
    begun = BulkChange.objects.get()
    page = f"/tasks/bulk/{begun.pk}/"
    running = ana.get(page).content.decode()
    late = create(by, "Call late")[0]
    for _ in range(4):
        jobs.change_many(bulk_id=begun.pk)
    jobs.change_many(bulk_id=begun.pk)  # a job that comes twice does nothing
    ended = set(Task.objects.done().values_list("pk", flat=True))
    ana.post(f"{page}undo/")
    for _ in range(4):
        jobs.undo_many(bulk_id=begun.pk)

    assert asked["HX-Redirect"] == page
    assert 'hx-trigger="every 1s"' in running or "every" in running
    assert ended == {task.pk for task in tasks[1:]}
    assert late.pk not in ended
    assert other.pk not in ended
    assert not Task.objects.done().exists()
    assert BulkChange.objects.get().state == "undone"
    assert "6 tasks are as they were" in ana.get(page).content.decode()


def test_a_deadline_is_set_where_it_can_be_and_taken_away(client_as, people, by):
    now = timezone.now()
    plain, starting = (
        create(by, "Plain")[0],
        create(by, "Begins later", start_at=now + dt.timedelta(days=90))[0],
    )
    create(by, "Meet", kind="meeting", start_at=now, due_at=now + dt.timedelta(hours=1))
    ana, ids = client_as(people.ana), list(Task.objects.values_list("pk", flat=True))
    day = (timezone.localdate() + dt.timedelta(days=7)).isoformat()

    set_to = ana.post("/tasks/bulk/", {"id": ids, "do": "due", "due_day": day}, headers=HTMX)
    dated = Task.objects.get(pk=plain.pk)
    nothing = ana.post("/tasks/bulk/", {"id": ids, "do": "due", "due_day": "soon"}, headers=HTMX)
    ana.post("/tasks/bulk/", {"id": [plain.pk], "do": "due:none"}, headers=HTMX)

    assert "1 task changed. 2 stay" in set_to["HX-Trigger"]
    assert (dated.due_at.astimezone(HOME).date().isoformat(), dated.due_is_day) == (day, True)
    assert Task.objects.get(pk=starting.pk).due_at is None
    assert "Choose a day." in nothing["HX-Trigger"]
    assert Task.objects.get(pk=plain.pk).due_at is None


def test_a_tag_goes_on_many_and_comes_off_again_where_it_was_not_before(people, by):
    tag, other = (contacts.create_tag(name=name, by=by) for name in ("urgent", "later"))
    one, two = create(by, "One", "Two")
    services.set_tags(task_ids=[one.pk], tag_ids=[tag.pk, other.pk], by=by)
    picked = TaskSelection(ids=(one.pk, two.pk))

    done = change_many(selection=picked, change=Change("tags", "add", [tag.pk]), member=people.ana, by=by)
    both = TaskTag.objects.filter(tag=tag).count()
    engine.undo_bulk(bulk_id=done.pk, by=by)

    assert (done.changed, done.same, both) == (1, 1, 2)
    assert list(TaskTag.objects.values_list("task_id", "tag_id").order_by("tag_id")) == [
        (one.pk, tag.pk),
        (one.pk, other.pk),
    ]
    assert TaskBulkEntry.objects.get().is_undone


def test_what_somebody_changed_since_stays(people, by):
    (one, two) = create(by, "One", "Two")
    picked = TaskSelection(ids=(one.pk, two.pk))
    done = change_many(selection=picked, change=Change("priority", value=3), member=people.ana, by=by)
    services.change_tasks(task_ids=[one.pk], changes={"priority": 1}, by=by)

    undone = engine.undo_bulk(bulk_id=done.pk, by=by)

    assert (undone.restored, undone.kept) == (1, 1)
    assert list(Task.objects.order_by("pk").values_list("priority", flat=True)) == [1, 2]


def test_nobody_sees_or_takes_back_a_change_of_somebody_else(client_as, people, by):
    (one,) = create(by, "One")
    done = change_many(
        selection=TaskSelection(ids=(one.pk,)), change=Change("delete", value=False), member=people.ana, by=by
    )
    bruno = client_as(people.bruno)

    assert bruno.get(f"/tasks/bulk/{done.pk}/").status_code == 404
    assert bruno.post(f"/tasks/bulk/{done.pk}/undo/").status_code == 404
    assert not Task.objects.present().exists()
