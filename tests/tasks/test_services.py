"""Tasks: made, changed, completed, linked, put away; each change told where the task is shown."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from afluente.contacts import services as contacts
from afluente.contacts.models import Tag
from afluente.kernel import clock
from afluente.tasks import services
from afluente.tasks.models import Board, Step, Task, TaskTag
from afluente.timeline.events import Actor
from afluente.timeline.models import Event, Notification
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(people):
    return Actor("member", people.ana.pk, "Ana Souza")


def create(by, **fields):
    (task_id,) = services.create_tasks(tasks=[services.NewTask(**{"title": "Call", **fields})], by=by)
    return Task.objects.get(pk=task_id)


def told(kind):
    return list(Event.objects.filter(kind=kind).order_by("pk").values_list("contact_id", "deal_id"))


def test_the_first_task_makes_the_board_with_its_three_steps(by):
    task = create(by)
    again = create(by, title="  Write   again ")

    assert (task.board_id, task.step.kind, task.done_at) == (again.board_id, "new", None)
    assert again.title == "Write again"
    kinds = Step.objects.filter(board=Board.objects.get()).order_by("position").values_list("kind", flat=True)
    assert list(kinds) == ["new", "progress", "done"]


@pytest.mark.parametrize("title", ["", "   ", "x" * 121])
def test_a_title_is_needed_and_has_a_length(by, title):
    with pytest.raises(services.TaskRefusedError):
        create(by, title=title)

    assert not Task.objects.exists()


def test_a_deadline_before_the_start_is_refused(by):
    now = clock.now()

    with pytest.raises(services.TaskRefusedError):
        create(by, start_at=now, due_at=now - dt.timedelta(hours=1))


def test_a_step_of_another_board_is_refused_by_the_database(by):
    task = create(by)
    other = Board.objects.create(name="Other", created_at=clock.now())
    foreign = Step.objects.create(board=other, name="Elsewhere", position=0)

    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(step=foreign)


def test_one_event_on_the_history_of_each_place_and_none_twice(by):
    camila, tiago = make.contact(name="Camila"), make.contact(name="Tiago")
    deal = make.deal(contacts=(camila,))

    create(by, contact_ids=[camila.pk, tiago.pk], deal_ids=[deal.pk])

    assert told("task.created") == [(camila.pk, deal.pk), (tiago.pk, None)]
    assert [event.data.get("also", False) for event in Event.objects.order_by("pk")] == [False, True]


def test_completing_and_reopening_by_way_of_steps(by):
    task = create(by)
    progress = Step.objects.get(kind="progress")

    services.move_tasks(task_ids=[task.pk], to=progress, by=by)
    before = services.complete_tasks(task_ids=[task.pk], by=by)
    again = services.complete_tasks(task_ids=[task.pk], by=by)

    task.refresh_from_db()
    assert (before, again) == ({task.pk: progress.pk}, {})
    assert (task.step.kind, task.is_open) == ("done", False)
    services.reopen_tasks(task_ids=[task.pk], by=by)
    task.refresh_from_db()
    assert (task.step.kind, task.done_at) == ("new", None)
    kinds = Event.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["task.created", "task.moved", "task.completed", "task.reopened"]


def test_only_what_differs_is_written_and_told(by, people):
    task = create(by, priority=2)
    due = dt.datetime(2030, 5, 4, 12, tzinfo=dt.UTC)

    services.change_tasks(task_ids=[task.pk], changes={"due_at": due, "priority": 2, "title": "Call"}, by=by)
    services.change_tasks(task_ids=[task.pk], changes={"due_at": due}, by=by)
    services.change_tasks(task_ids=[task.pk], changes={"assignee_id": people.bruno.pk}, by=by)

    said = [event.data for event in Event.objects.filter(kind="task.changed").order_by("pk")]
    assert said == [
        {"task": task.pk, "due_at": [None, due.isoformat()]},
        {"task": task.pk, "assignee": ["", "Bruno Lima"]},
    ]


def test_nobody_elses_change_is_lost(by):
    task = create(by, title="Old")
    services.change_tasks(task_ids=[task.pk], changes={"title": "Theirs"}, by=by)

    with pytest.raises(services.ChangedMeanwhileError):
        services.change_tasks(task_ids=[task.pk], changes={"title": "Mine"}, by=by, seen={"title": "Old"})

    task.refresh_from_db()
    assert task.title == "Theirs"


def test_whoever_is_given_a_task_is_told_once_and_nobody_tells_themselves(by, people):
    create(by, assignee_id=people.ana.pk)
    task = create(by, assignee_id=people.bruno.pk)
    services.change_tasks(task_ids=[task.pk], changes={"title": "Call again"}, by=by)
    services.change_tasks(task_ids=[task.pk], changes={"assignee_id": people.carla.pk}, by=by)

    assert list(Notification.objects.order_by("pk").values_list("member_id", "kind", "record_id")) == [
        (people.bruno.pk, "task_assigned", task.pk),
        (people.carla.pk, "task_assigned", task.pk),
    ]


def test_linking_and_unlinking_tell_the_record_and_leave_the_task(by):
    camila, tiago = make.contact(name="Camila"), make.contact(name="Tiago")
    task = create(by, contact_ids=[camila.pk])

    new = services.link_tasks(task_ids=[task.pk], kind="contact", ids=[camila.pk, tiago.pk], by=by)
    gone = services.unlink_tasks(task_ids=[task.pk], kind="contact", ids=[camila.pk], by=by)

    assert (new, gone) == ([(task.pk, tiago.pk)], [(task.pk, camila.pk)])
    assert (told("task.linked"), told("task.unlinked")) == ([(tiago.pk, None)], [(camila.pk, None)])
    assert list(task.contacts.all()) == [tiago]


def test_deleted_contacts_are_not_linked(by):
    gone = make.contact(deleted_at=clock.now())
    task = create(by)

    assert services.link_tasks(task_ids=[task.pk], kind="contact", ids=[gone.pk], by=by) == []


def test_deleted_and_restored_as_it_was(by):
    camila = make.contact()
    task = create(by, contact_ids=[camila.pk])

    services.delete_tasks(task_ids=[task.pk], by=by)
    assert services.complete_tasks(task_ids=[task.pk], by=by) == {}
    services.restore_tasks(task_ids=[task.pk], by=by)

    assert list(Task.objects.present()) == [task]
    assert told("task.deleted") == told("task.restored") == [(camila.pk, None)]


def test_tags_are_those_of_contacts_and_follow_a_merge(by):
    hot, warm = contacts.ensure_tags(names=["Hot", "Warm"], by=by)
    both, one = create(by), create(by)
    services.set_tags(task_ids=[both.pk], tag_ids={hot.pk, warm.pk}, by=by)
    services.set_tags(task_ids=[one.pk], tag_ids={hot.pk}, by=by)

    contacts.merge_tags(tag_id=hot.pk, into_id=warm.pk, by=by)

    assert sorted(TaskTag.objects.values_list("task_id", "tag_id")) == [(both.pk, warm.pk), (one.pk, warm.pk)]
    assert list(Tag.objects.values_list("name", flat=True)) == ["Warm"]


def test_a_deleted_tag_leaves_the_tasks(by):
    (tag,) = contacts.ensure_tags(names=["Hot"], by=by)
    task = create(by, tag_ids=[tag.pk])

    contacts.delete_tag(tag_id=tag.pk, by=by)

    assert not TaskTag.objects.exists()
    assert Task.objects.filter(pk=task.pk).exists()
