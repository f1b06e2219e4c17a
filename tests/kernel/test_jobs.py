"""Background jobs: once, in the workspace, tried again, set aside, given another chance."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from afluente.accounts.models import Team, User
from afluente.kernel import job_runner, job_statements, jobs
from afluente.kernel.models import Job, Schedule
from afluente.kernel.workspace import scope
from tests import make
from tests.kernel import doing  # noqa: F401  registers the jobs

pytestmark = pytest.mark.django_db


def work_off() -> int:
    """Do everything that is due, as a worker would; how many jobs."""
    done = 0
    while True:
        with transaction.atomic():
            claimed = job_statements.claim(jobs.names(), limit=10, lease=30)
        if not claimed:
            return done
        for job in claimed:
            job_runner.run(job)
            done += 1


def only_job() -> Job:
    return Job.objects.get()


def test_a_job_is_queued_with_the_change_or_not_at_all():
    def change_and_fail() -> None:
        with transaction.atomic():
            jobs.enqueue("test.greet", {"email": "ana@example.com"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_and_fail()

    assert Job.objects.count() == 0


def test_an_unknown_job_is_refused_when_it_is_queued():
    with pytest.raises(jobs.UnknownJobError):
        jobs.enqueue("test.no_such", {})


def test_a_job_does_its_work_and_is_done():
    jobs.enqueue("test.greet", {"email": "ana@example.com"})

    assert work_off() == 1
    assert User.objects.get().email == "ana@example.com"
    assert only_job().state == Job.State.DONE


def test_a_job_works_in_the_workspace_it_was_queued_for():
    workspace = make.workspace()
    jobs.enqueue("test.found_team", {"name": "Sales"}, workspace_id=workspace.pk)

    work_off()

    with scope(workspace.pk):
        assert Team.objects.get().name == "Sales"


def test_arguments_of_a_later_version_do_not_hurt():
    jobs.enqueue("test.greet", {"email": "ana@example.com", "colour": "blue"})

    work_off()

    assert only_job().state == Job.State.DONE


def test_of_jobs_with_one_key_one_waits_and_the_earlier_time_counts():
    later = timezone.now() + timedelta(hours=1)
    first = jobs.enqueue("test.greet", {"email": "ana@example.com"}, key="ana", due_at=later)
    second = jobs.enqueue("test.greet", {"email": "ana@example.com"}, key="ana")

    assert first == second
    assert work_off() == 1


def test_work_queued_while_its_twin_runs_is_not_lost():
    jobs.enqueue("test.greet", {"email": "ana@example.com"}, key="ana")
    (running,) = job_statements.claim(["test.greet"], limit=1, lease=30)

    jobs.enqueue("test.greet", {"email": "bia@example.com"}, key="ana")
    job_runner.run(running)

    assert work_off() == 1
    assert User.objects.count() == 2


def test_a_failed_job_leaves_to_its_waiting_twin_what_both_would_do():
    jobs.enqueue("test.fail", {"email": "ana@example.com"}, key="ana")
    (running,) = job_statements.claim(["test.fail"], limit=1, lease=30)
    twin = jobs.enqueue("test.fail", {"email": "ana@example.com"}, key="ana")

    job_runner.run(running)

    assert Job.objects.get(pk=running.id).state == Job.State.DONE
    assert Job.objects.get(pk=twin).state == Job.State.WAITING


def test_many_jobs_are_queued_in_one_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        ids = jobs.enqueue_many("test.greet", [{"email": f"{n}@example.com"} for n in range(50)])

    assert len(set(ids)) == 50
    assert work_off() == 50


def test_a_timer_waits_for_its_moment():
    jobs.enqueue("test.greet", {"email": "ana@example.com"}, due_at=timezone.now() + timedelta(hours=1))

    assert work_off() == 0
    Job.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert work_off() == 1


def test_a_timer_can_be_taken_back():
    jobs.enqueue("test.greet", {"email": "a@example.com"}, key="ana", due_at=timezone.now() + timedelta(1))

    assert jobs.cancel("test.greet", key="ana")
    assert not jobs.cancel("test.greet", key="ana")
    assert Job.objects.count() == 0


def test_a_failed_job_changes_nothing_and_is_tried_again_later():
    jobs.enqueue("test.fail", {"email": "ana@example.com"})

    assert work_off() == 1
    job = only_job()
    assert User.objects.count() == 0
    assert (job.state, job.attempts) == (Job.State.WAITING, 1)
    assert job.error == "ValueError: The number is not a number."
    assert timedelta(seconds=1) < job.due_at - timezone.now() < timedelta(seconds=3)


def test_a_job_out_of_attempts_is_set_aside_with_its_reason():
    jobs.enqueue("test.fail", {"email": "ana@example.com"})

    for _ in range(3):
        work_off()
        Job.objects.update(due_at=timezone.now() - timedelta(seconds=1))

    job = only_job()
    assert (job.state, job.attempts) == (Job.State.DEAD, 3)
    assert job.error == "ValueError: The number is not a number."


def test_a_hopeless_job_is_set_aside_at_once():
    jobs.enqueue("test.hopeless", {})

    work_off()

    assert (only_job().state, only_job().error) == (Job.State.DEAD, "The address does not exist.")


def test_a_reason_names_nobody():
    problem = ValueError("550 <camila@example.com>: no such mailbox\nReceived: from …")

    assert job_runner.reason(problem) == "ValueError: 550 <…>: no such mailbox"


def test_a_dead_job_gets_another_chance_once_however_often_the_button_is_pressed():
    dead = jobs.enqueue("test.hopeless", {})
    work_off()

    assert jobs.replay_dead([dead], workspace_id=None) == 1
    assert jobs.replay_dead([dead], workspace_id=None) == 0
    assert only_job().attempts == 0


def test_dead_jobs_of_another_workspace_are_out_of_reach():
    dead = jobs.enqueue("test.hopeless", {}, workspace_id=make.workspace().pk)
    work_off()

    assert jobs.replay_dead([dead], workspace_id=make.workspace().pk) == 0


def test_of_two_dead_jobs_with_one_key_one_comes_back():
    pair = []
    for _ in range(2):
        pair.append(jobs.enqueue("test.hopeless", {}, key="same"))
        work_off()

    jobs.replay_dead(pair, workspace_id=None)

    assert sorted(Job.objects.values_list("state", flat=True)) == ["done", "waiting"]


def test_who_lost_the_lease_changes_nothing():
    jobs.enqueue("test.greet", {"email": "ana@example.com"})
    (slow,) = job_statements.claim(["test.greet"], limit=1, lease=-1)
    job_runner.reclaim()
    Job.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    (quick,) = job_statements.claim(["test.greet"], limit=1, lease=30)

    job_runner.run(slow)

    assert User.objects.count() == 0
    job_runner.run(quick)
    assert User.objects.count() == 1


def test_a_job_that_kills_its_worker_each_time_is_set_aside():
    jobs.enqueue("test.fail", {"email": "ana@example.com"})

    for _ in range(3):
        job_statements.claim(["test.fail"], limit=1, lease=-1)
        assert job_runner.reclaim() == 1
        Job.objects.update(due_at=timezone.now() - timedelta(seconds=1))

    assert only_job().state == Job.State.DEAD
    assert only_job().error == "The worker process ended while it was at this job."


def test_pauses_double_and_differ():
    pauses = [jobs.pause_after(3) for _ in range(20)]

    assert all(7 <= pause <= 9 for pause in pauses)
    assert len(set(pauses)) > 10
    assert jobs.pause_after(30) <= 3600 * 1.125


def test_a_periodic_job_is_queued_once_for_its_moment():
    job_statements.plan(["test.hourly"])
    first = job_statements.come_due({"test.hourly": 3600})
    second = job_statements.come_due({"test.hourly": 3600})

    assert (first, second) == (["test.hourly"], [])
    wait = Schedule.objects.get().next_at - timezone.now()
    assert timedelta(minutes=59) < wait <= timedelta(hours=1)


def test_moments_missed_while_nobody_worked_are_made_up_for_once():
    Schedule.objects.create(name="test.hourly", next_at=timezone.now() - timedelta(days=1, minutes=10))

    assert job_statements.come_due({"test.hourly": 3600}) == ["test.hourly"]
    assert job_statements.come_due({"test.hourly": 3600}) == []
    assert Schedule.objects.get().next_at > timezone.now()


def test_done_jobs_are_removed_after_a_day():
    jobs.enqueue("test.greet", {"email": "ana@example.com"})
    work_off()
    Job.objects.update(ended_at=timezone.now() - timedelta(days=2))

    jobs.sweep()

    assert Job.objects.count() == 0


def test_claiming_reads_what_is_due_and_not_what_is_done():
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_job (name, args, state, attempts, due_at, key, error, created_at)"
            " SELECT 'test.greet', '{}', CASE WHEN n % 200 = 0 THEN 'waiting' ELSE 'done' END, 0,"
            " now() + n * interval '1 minute', NULL, '', now() FROM generate_series(1, 4000) AS n"
        )
        cursor.execute("ANALYZE kernel_job")
        cursor.execute(
            "EXPLAIN " + job_statements.CLAIM, {"names": ["test.greet"], "limit": 4, "lease": 30.0}
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())

    # Either index holds what waits and nothing that is done; with few waiting the planner likes both.
    assert "Seq Scan" not in plan, plan
    assert "kernel_job_due" in plan or "kernel_job_waiting_once" in plan, plan
