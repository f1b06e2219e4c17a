"""Real worker processes on one database: killed, doubled, stopped."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from afluente.accounts.models import User
from afluente.kernel import job_statements, jobs, live
from afluente.kernel.models import Heartbeat, Job, Schedule
from tests.kernel import doing  # noqa: F401  registers the jobs
from tests.serving import Server

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def workers():
    """Starts workers of its own, which know the tests' jobs."""
    started = []

    def start() -> Server:
        server = Server(str(connections["default"].settings_dict["NAME"]), 0, jobs="tests.kernel.doing")
        server.start("worker")
        started.append(server)
        wait_until(lambda: heartbeat_of(server).exists(), 60)
        return server

    yield start
    for server in started:
        server.stop()


def heartbeat_of(server: Server) -> QuerySet[Heartbeat]:
    """Another worker may run beside, for tests of the whole product."""
    return Heartbeat.objects.filter(worker__contains=f":{server.processes['worker'].pid}:")


def wait_until(condition: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "This did not happen in time."
        time.sleep(0.02)


def test_two_claimers_never_get_the_same_job():
    jobs.enqueue_many("test.greet", [{"email": f"{n}@example.com"} for n in range(200)])

    def claim_all(_: int) -> list[int]:
        mine = []
        try:
            while True:
                with transaction.atomic():
                    found = job_statements.claim(["test.greet"], limit=7, lease=30)
                if not found:
                    return mine
                mine += [job.id for job in found]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        claimed = [number for mine in pool.map(claim_all, range(4)) for number in mine]

    assert len(claimed) == 200
    assert len(set(claimed)) == 200


def test_work_queued_while_its_twin_is_about_to_be_claimed_is_seen_by_it():
    waiting = jobs.enqueue("test.greet", {"email": "ana@example.com"}, key="ana")

    with transaction.atomic():
        jobs.enqueue("test.greet", {"email": "ana@example.com"}, key="ana")
        with ThreadPoolExecutor(1) as pool:
            claimed = pool.submit(_claim_elsewhere).result()

    assert claimed == []
    assert _claim_elsewhere() == [waiting]


def _claim_elsewhere() -> list[int]:
    try:
        with transaction.atomic():
            return [job.id for job in job_statements.claim(["test.greet"], limit=7, lease=30)]
    finally:
        connection.close()


def test_a_woken_worker_begins_within_a_moment(workers):
    workers()
    wait_until(Heartbeat.objects.exists)

    waits = []

    for n in range(1, 6):
        began = time.monotonic()
        jobs.enqueue("test.greet", {"email": f"ana{n}@example.com"})
        wait_until(lambda wanted=n: User.objects.count() == wanted, 10)
        waits.append(time.monotonic() - began)

    assert min(waits) < 0.5  # the best of five: the poll alone takes up to a second each time


def test_a_job_whose_worker_was_killed_is_done_by_another(workers, tmp_path):
    notes = tmp_path / "notes"
    victim = workers()
    number = jobs.enqueue("test.note", {"file": str(notes), "seconds": 30})
    wait_until(lambda: notes.exists() and notes.stat().st_size)  # begun, and said so

    victim.kill("worker")
    Job.objects.filter(pk=number).update(lease_until=timezone.now(), args={"file": str(notes), "seconds": 0})
    workers()

    wait_until(lambda: Job.objects.get(pk=number).state == Job.State.DONE)
    assert len(notes.read_text().split()) == 2
    assert Job.objects.get(pk=number).attempts == 2


def test_a_worker_stops_within_three_seconds_and_lets_go(workers, tmp_path):
    worker = workers()
    beats = heartbeat_of(worker)
    numbers = jobs.enqueue_many(
        "test.note", [{"file": str(tmp_path / f"{n}"), "seconds": 30} for n in range(8)]
    )
    wait_until(lambda: len(list(tmp_path.iterdir())) == 4)

    began = time.monotonic()
    process = worker.processes["worker"]
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=25)

    assert time.monotonic() - began < 20  # each of the jobs would take thirty seconds
    assert Job.objects.filter(pk__in=numbers, state=Job.State.WAITING).count() == 4  # not begun
    assert not beats.exists()


def test_a_periodic_job_runs_once_with_two_workers(workers):
    Schedule.objects.create(name="test.hourly", next_at=timezone.now())
    workers()
    workers()

    wait_until(lambda: Job.objects.filter(name="test.hourly", state=Job.State.DONE).exists())
    time.sleep(1.2)

    assert Job.objects.filter(name="test.hourly").count() == 1


def test_a_worker_outlives_the_loss_of_its_connections(workers):
    workers()
    wait_until(Heartbeat.objects.exists)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
        )
    jobs.enqueue("test.greet", {"email": "ana@example.com"})

    wait_until(User.objects.exists)


def test_a_wake_up_reaches_a_listener_from_a_forked_process():
    with live.listening_connection() as listener:
        listener.execute("LISTEN afluente_jobs")
        live.wake(live.JOBS)
        assert [news.channel for news in listener.notifies(timeout=3, stop_after=1)] == [live.JOBS]

        child = os.fork()
        if not child:
            connections.close_all()
            live.wake(live.JOBS, 7)
            live.flush()
            os._exit(0)
        os.waitpid(child, 0)

        assert [news.payload for news in listener.notifies(timeout=3, stop_after=1)] == ["7"]
