"""Whom changes of tasks are told to, and that nothing is told twice (K13)."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.db import connection

from afluente.kernel import clock
from afluente.kernel.jobs import enqueue
from afluente.kernel.models import Job
from afluente.tasks import services
from afluente.tasks.jobs import OVERDUE_JOB
from afluente.tasks.services import reminding
from afluente.timeline import services as timeline
from afluente.timeline.events import Actor
from afluente.timeline.models import Notification, Reminder
from afluente.timeline.selectors import notifications
from tests import make
from tests.kernel.test_jobs import work_off

pytestmark = pytest.mark.django_db


def by(member):
    return Actor("member", member.pk, member.user.name)


def tell() -> None:
    """What the worker does with the jobs that were queued."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM kernel_job WHERE name = %s RETURNING args -> 'events'", [timeline.TELL_JOB]
        )
        for (numbers,) in cursor.fetchall():
            timeline.tell(events=numbers if isinstance(numbers, list) else json.loads(numbers))


def read(member) -> list[str]:
    return [line.plain for line in notifications.page(member=member, unread=True, before=None)[0]]


def test_who_made_it_and_who_follows_it_are_told_that_it_is_done(people):
    task = make.task(title="Call", assignee=people.bruno, created_by=people.ana, observers=(people.dora,))

    services.complete_tasks(task_ids=[task.pk], by=by(people.bruno))
    tell()

    said = ["Bruno Lima has done the task Call"]
    assert [read(one) for one in (people.ana, people.dora, people.bruno)] == [said, said, []]


def test_a_task_shown_in_many_places_is_told_once(people):
    deals = (make.deal(), make.deal())
    task = make.task(title="Call", assignee=people.bruno, created_by=people.ana, deals=deals)

    services.complete_tasks(task_ids=[task.pk], by=by(people.bruno))
    tell()

    assert len(read(people.ana)) == 1


def test_another_deadline_is_told_to_who_has_the_task(people):
    task = make.task(title="Call", assignee=people.bruno)
    at = dt.datetime(2031, 3, 5, 12, 0, tzinfo=dt.UTC)

    services.change_tasks(task_ids=[task.pk], changes={"due_at": at}, by=by(people.ana))
    services.change_tasks(task_ids=[task.pk], changes={"title": "Call her"}, by=by(people.ana))
    services.change_tasks(task_ids=[task.pk], changes={"due_at": None}, by=by(people.ana))
    tell()

    assert [line.split("deadline of the task Call her: ")[1] for line in read(people.bruno)] == [
        "no deadline",
        "no deadline",
    ]


def test_whoever_gets_a_task_with_a_deadline_is_told_that_alone(people):
    task = make.task(title="Call", assignee=people.bruno)
    changes = {"assignee_id": people.dora.pk, "due_at": clock.now() + dt.timedelta(days=1)}

    services.change_tasks(task_ids=[task.pk], changes=changes, by=by(people.ana))
    tell()

    assert read(people.dora) == ["Ana Souza gave you the task Call"]


def test_who_is_let_follow_a_task_is_told_once(people):
    task = make.task(title="Call", assignee=people.ana)

    services.set_observers(task_ids=[task.pk], member_ids=[people.bruno.pk], by=by(people.ana))
    services.set_observers(task_ids=[task.pk], member_ids=[people.bruno.pk, people.ana.pk], by=by(people.ana))

    assert read(people.bruno) == ["Ana Souza lets you follow the task Call"]
    assert read(people.ana) == []


def test_many_at_once_are_one_line(people):
    tasks = [make.task(title=f"Call {n}").pk for n in range(8)]

    services.change_tasks(task_ids=tasks, changes={"assignee_id": people.bruno.pk}, by=by(people.ana))

    assert read(people.bruno) == ["Ana Souza gave you the task Call 0 and 7 more"]


def test_a_comment_is_told_to_who_follows_each_once(people):
    task = make.task(
        title="Call", assignee=people.bruno, created_by=people.ana, observers=(people.dora, people.bruno)
    )

    timeline.add_comment(
        text="@Bruno Lima, ready?", by=people.ana, task_id=task.pk, mentions=[people.bruno.pk]
    )

    assert read(people.bruno) == ["Ana Souza mentioned you on Call"]  # not also as assignee and observer
    assert read(people.dora) == ["Ana Souza wrote about Call"]
    assert read(people.ana) == []


def test_an_answer_is_told_to_the_thread_and_to_followers_each_once(people):
    task = make.task(title="Call", assignee=people.bruno, observers=(people.dora,))
    first = timeline.add_comment(text="Ready?", by=people.dora, task_id=task.pk)
    Notification.objects.all().delete()

    timeline.add_comment(text="Yes.", by=people.ana, parent=first)

    assert read(people.dora) == ["Ana Souza replied on Call"]
    assert read(people.bruno) == ["Ana Souza wrote about Call"]


@pytest.mark.parametrize("kind", ["contact", "deal"])
def test_a_comment_on_a_record_is_told_to_whose_it_is(people, kind):
    record = make.contact(assignee=people.bruno) if kind == "contact" else make.deal(assignee=people.bruno)

    timeline.add_comment(text="Look.", by=people.ana, **{f"{kind}_id": record.pk})
    timeline.add_comment(text="Mine.", by=people.bruno, **{f"{kind}_id": record.pk})

    assert len(read(people.bruno)) == 1


def test_a_changed_comment_is_not_news(people):
    deal = make.deal(assignee=people.bruno)
    comment = timeline.add_comment(text="Look.", by=people.ana, deal_id=deal.pk)
    timeline.edit_comment(comment=comment, text="Look here.", by=people.ana)

    assert len(read(people.bruno)) == 1


def due_in(hours):
    return clock.now() + dt.timedelta(hours=hours)


def made(people, **fields):
    (pk,) = services.create_tasks(
        tasks=[services.NewTask(title="Call", assignee_id=people.bruno.pk, **fields)], by=by(people.bruno)
    )
    return pk


def overdue():
    """Let every reminder be due, and tell."""
    Reminder.objects.update(at=due_in(-1))
    make.Task.objects.exclude(due_at=None).update(due_at=due_in(-1))
    timeline.remind(kind=services.OVERDUE)


def test_an_overdue_task_is_told_once(people):
    made(people, due_at=due_in(1))
    overdue()
    overdue()

    assert [line.split(":")[0] for line in read(people.bruno)] == ["The task Call is overdue"]


def test_what_was_done_in_time_is_not_overdue(people):
    pk = made(people, due_at=due_in(1))
    services.complete_tasks(task_ids=[pk], by=by(people.bruno))
    overdue()

    assert read(people.bruno) == []


def test_what_reminds_at_its_moment_is_not_told_again_as_overdue(people):
    made(people, due_at=due_in(1), remind_before=0)
    made(people, due_at=due_in(1), remind_before=15)
    made(people, due_at=due_in(2), start_at=due_in(1), kind="meeting")

    assert Reminder.objects.filter(kind=services.OVERDUE).count() == 1


def test_a_day_is_overdue_on_the_next_morning(people):
    made(people, due_at=dt.datetime(2031, 3, 6, 2, 59, 59, tzinfo=dt.UTC), due_is_day=True)

    assert Reminder.objects.get(kind=services.OVERDUE).at == dt.datetime(2031, 3, 6, 12, 0, tzinfo=dt.UTC)


def swept():
    """What the job does after the update; how often it runs."""
    following, times = 0, 0
    while following is not None:
        following, times = reminding.plan_overdue(after_id=following), times + 1
    return times


def test_tasks_of_before_are_told_once_they_are_overdue_and_never_twice(people, monkeypatch):
    monkeypatch.setattr(reminding, "BATCH", 2)
    for hours in (-30, -2, 1, 2):
        make.task(title=f"Due {hours}", assignee=people.bruno, due_at=due_in(hours))
    make.task(title="A meeting", assignee=people.bruno, due_at=due_in(1), kind="meeting")
    make.task(title="Done", assignee=people.bruno, due_at=due_in(1), step="done")
    make.task(title="Reminds itself", assignee=people.bruno, due_at=due_in(-2), remind_before=0)

    assert (swept(), Reminder.objects.count()) == (3, 3)
    timeline.remind(kind=services.OVERDUE)
    first = read(people.bruno)
    swept()
    timeline.remind(kind=services.OVERDUE)

    assert [line.split(":")[0] for line in first] == ["The task Due -2 is overdue"]
    assert read(people.bruno) == first
    overdue()
    assert len(read(people.bruno)) == 3


def test_the_sweep_is_a_job_of_every_workspace(people):
    make.task(assignee=people.bruno, due_at=due_in(1))
    enqueue(OVERDUE_JOB, {}, workspace_id=people.workspace.pk)

    work_off()

    assert Reminder.objects.filter(kind=services.OVERDUE).count() == 1
    assert not Job.objects.filter(name=OVERDUE_JOB, state="waiting").exists()
