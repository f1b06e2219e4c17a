"""Reminders: set once, moved, dropped, and told once when their moment comes, also when a worker dies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afluente.kernel import clock
from afluente.kernel.workspace import scope
from afluente.timeline import services
from afluente.timeline.models import Notification, Reminder
from afluente.timeline.selectors import notifications
from tests import cast, make
from tests.timeline import reminders as kit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kind() -> None:
    kit.register()


def planned() -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args::text, key, due_at FROM kernel_job WHERE name = %s AND state = 'waiting'",
            [services.REMIND_JOB],
        )
        return cursor.fetchall()


def test_what_is_due_is_told_once_and_the_rest_waits_for_its_moment(people):
    due, later = (make.contact(name=name, assignee=people.ana) for name in ("Camila Prado", "Davi Lima"))
    moment = kit.ago(-60)
    kit.remind_of(due.pk, at=kit.ago(1))
    kit.remind_of(later.pk, at=moment)

    first, second = services.remind(kind=kit.KIND), services.remind(kind=kit.KIND)

    assert (first, second) == (1, 0)
    (line,) = notifications.page(member=people.ana, unread=True, before=None)[0]
    assert line.plain == "Call Camila Prado back today"
    assert list(Reminder.objects.values_list("record_id", "at")) == [(later.pk, moment)]


def test_the_job_waits_for_the_earliest_moment(people):
    contact, other = make.contact(), make.contact()
    moment = kit.ago(-60)

    kit.remind_of(contact.pk, other.pk, at=kit.ago(-90))
    kit.remind_of(contact.pk, at=moment)

    ((args, key, due_at),) = planned()
    assert json.loads(args) == {"kind": kit.KIND}
    assert (key, due_at) == (f"{people.workspace.pk}:{kit.KIND}", moment)
    assert Reminder.objects.count() == 2


def test_a_record_that_is_over_tells_nobody(people):
    contact = make.contact(assignee=people.ana)
    kit.remind_of(contact.pk, at=kit.ago(1))
    contact.deleted_at = clock.now()
    contact.save()

    assert services.remind(kind=kit.KIND) == 1
    assert not Notification.objects.exists()
    assert not Reminder.objects.exists()


def test_a_dropped_reminder_is_not_told(people):
    contact, other = make.contact(assignee=people.ana), make.contact(assignee=people.ana)
    kit.remind_of(contact.pk, other.pk, at=kit.ago(1))

    assert services.drop_reminders("contact", [contact.pk], kit.KIND) == 1
    services.remind(kind=kit.KIND)

    assert list(Notification.objects.values_list("record_id", flat=True)) == [other.pk]


def test_an_unknown_kind_is_refused(people):
    for record_kind, name in (("contact", "contact.none"), ("deal", kit.KIND)):
        with pytest.raises(services.UnknownReminderError):
            services.set_reminders(
                [services.NewReminder(record_kind=record_kind, record_id=1, kind=name, at=kit.ago(1))]
            )
    assert (Reminder.objects.count(), planned()) == (0, [])


def test_many_take_as_many_statements_as_one(people):
    asked = []
    for count in (1, 50):
        contacts = [make.contact(assignee=people.ana).pk for _ in range(count)]
        with CaptureQueriesContext(
            connection,
        ) as setting:
            kit.remind_of(*contacts, at=kit.ago(1))
        with CaptureQueriesContext(connection) as telling:
            assert services.remind(kind=kit.KIND) == count
        asked.append((len(setting), len(telling)))

    assert asked[0] == asked[1]
    assert Notification.objects.count() == 51


def test_more_than_one_batch_goes_on_at_once(people, monkeypatch):
    monkeypatch.setattr("afluente.timeline.services.reminders.BATCH", 2)
    kit.remind_of(*[make.contact(assignee=people.ana).pk for _ in range(3)], at=kit.ago(1))

    assert [services.remind(kind=kit.KIND) for _ in range(3)] == [2, 1, 0]
    assert Notification.objects.count() == 3


def test_other_workspaces_keep_theirs(people, stranger):
    with cast.outside(), scope(stranger.workspace_id):
        kit.remind_of(make.contact(assignee=stranger).pk, at=kit.ago(1))

    assert services.remind(kind=kit.KIND) == 0


WORKER = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "afluente.config.settings"
import django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[1]
from afluente.config.worker import register_jobs
from afluente.kernel import job_runner, job_statements
from django.db import transaction
from tests.timeline import reminders
reminders.register()
register_jobs()
with transaction.atomic():
    (job,) = job_statements.claim(["timeline.remind"], limit=1, lease=0.0)
job_runner.run(job)
"""


@pytest.mark.parametrize("place", ["timeline.reminded", "jobs.before_commit", "jobs.after_commit"])
def test_a_killed_worker_tells_each_once(committed_db, tmp_path, place):
    workspace = make.workspace()
    with scope(workspace.pk):
        people = cast.assemble(workspace)
        kit.remind_of(*[make.contact(assignee=people.ana).pk for _ in range(3)], at=kit.ago(1))

    assert _work(tmp_path, place) == -signal.SIGKILL
    with scope(workspace.pk):
        assert Notification.objects.count() + Reminder.objects.count() == 3
    if not place.endswith("after_commit"):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE kernel_job SET state = 'waiting' WHERE state = 'running'")
        assert _work(tmp_path, "") == 0

    with scope(workspace.pk):
        assert Notification.objects.values("record_id").distinct().count() == 3
        assert (Notification.objects.count(), Reminder.objects.count()) == (3, 0)


def _work(tmp_path: Any, place: str) -> int:
    """One job of a worker; with `place` it is killed there. Its exit code."""
    told = tmp_path / "crash"
    if place:
        told.write_text(place)
    environment = {**os.environ, "AFLUENTE_CRASH_FILE": str(told), "AFLUENTE_TESTING": "1"}
    name: Any = connection.settings_dict["NAME"]
    return subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, "-c", WORKER, name], env=environment, timeout=120, check=False
    ).returncode
