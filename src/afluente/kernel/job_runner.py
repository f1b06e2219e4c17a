"""The worker's side of jobs: claim, run, settle."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from django.db import Error, InterfaceError, OperationalError, close_old_connections, connection, transaction

from afluente.kernel import crash, job_statements, jobs
from afluente.kernel.workspace import scope

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from afluente.kernel.job_statements import Claim

THREADS = 4
LEASE = 30.0  # seconds a job is ours without another word
EXTEND_EVERY = 8.0  # seconds between two words
UNBEGUN = 2.0  # seconds a claimed job may wait for a thread before others may have it

_ADDRESS = re.compile(r"[^\s<>()\"']+@[^\s<>()\"']+")

log = logging.getLogger(__name__)


class LeaseLostError(Exception):
    """Another worker has the job by now; what this one did is taken back."""


def run(job: Claim) -> None:
    """Do one job and settle it: done, to be tried again, or set aside. Raises only database errors
    that keep it from being settled; its lease then runs out.
    """
    try:
        _perform(job)
    except LeaseLostError:
        log.warning("Job %s %d was taken over by another worker.", job.name, job.id)
    except Exception as problem:
        if isinstance(problem, (OperationalError, InterfaceError)):
            connection.close()  # it may be the connection that failed
        if not isinstance(problem, jobs.HopelessError):
            log.warning("Job %s %d failed at attempt %d.", job.name, job.id, job.attempt, exc_info=problem)
        settle_failure(job, reason(problem), is_hopeless=isinstance(problem, jobs.HopelessError))


def _perform(job: Claim) -> None:
    kind = jobs.kind(job.name)
    if not kind.is_atomic:
        kind.run(**job.args, workspace_id=job.workspace_id)
        crash.point("jobs.after_effect")
        job_statements.complete(job)
        return
    with _transaction(job.workspace_id):
        kind.run(**job.args)
        crash.point("jobs.before_commit")
        if not job_statements.complete(job):
            raise LeaseLostError
    crash.point("jobs.after_commit")


def _transaction(workspace_id: int | None) -> AbstractContextManager[None]:
    return transaction.atomic() if workspace_id is None else scope(workspace_id)


def settle_failure(job: Claim, error: str, *, is_hopeless: bool = False) -> None:
    """Put a failed job back with a pause, or set it aside when its attempts are used up."""
    retries = jobs.kind(job.name).retries if job.name in jobs.names() else jobs.RETRIES
    if is_hopeless or job.attempt > retries:
        job_statements.bury(job, error=error)
    else:
        job_statements.retry(job, seconds=jobs.pause_after(job.attempt), error=error)


def reason(problem: BaseException) -> str:
    """What went wrong, for a person; never a traceback, and no e-mail address: the table of jobs is
    everybody's.
    """
    text = _ADDRESS.sub("…", str(problem).strip().partition("\n")[0])
    name = type(problem).__name__
    if isinstance(problem, jobs.HopelessError):
        return text[:500] or name
    return f"{name}: {text}"[:500] if text else name


def reclaim() -> int:
    """Free the jobs of workers that died; how many. A job that kills its worker each time uses up
    its attempts like any other.
    """
    with transaction.atomic():
        found = job_statements.orphans()
        for job in found:
            settle_failure(job, "The worker process ended while it was at this job.")
    return len(found)


def queue_periodic() -> None:
    """Queue the periodic jobs whose moment has come."""
    with transaction.atomic():
        for name in job_statements.come_due(jobs.intervals()):
            jobs.enqueue(name, {}, key=name)


class Runner:
    """Claims jobs for a few threads and keeps their leases alive.

    One thread calls `turn` again and again; `held` and the jobs themselves belong to all.
    """

    def __init__(self, *, wake: Callable[[], None], threads: int = THREADS) -> None:
        self._wake = wake
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="job")
        self._lock = threading.Lock()
        self._turning = threading.Lock()
        self._is_stopping = False
        self._waiting: deque[tuple[float, Claim]] = deque()  # claimed at, not begun
        self._running: dict[int, Claim] = {}
        self._extended_at = time.monotonic()

    def turn(self) -> None:
        """Claim what there is room for. Raises database errors; call again later."""
        with self._turning:
            if not self._is_stopping:
                self._give_back_unbegun()
                self._claim()

    def _claim(self) -> None:
        """Two for each idle thread, so that none waits for the next claim; none when all are busy,
        because other workers may be idle.
        """
        room = (self._threads - len(self._running)) * 2 - len(self._waiting)
        if room <= 0:
            return
        with transaction.atomic():
            claimed = job_statements.claim(jobs.names(), limit=room, lease=LEASE)
        now = time.monotonic()
        with self._lock:
            self._waiting.extend((now, job) for job in claimed)
        for _ in claimed:
            self._pool.submit(self._work)

    def keep_leases(self) -> None:
        """Extend the leases when it is time."""
        if time.monotonic() - self._extended_at < EXTEND_EVERY:
            return
        with self._lock:
            held = [*self._running.values(), *(job for _, job in self._waiting)]
        if held:
            job_statements.extend(held, lease=LEASE)
        self._extended_at = time.monotonic()

    def stop(self, *, patience: float) -> None:
        """Begin nothing new, give back what was not begun, wait for the rest at most `patience`
        seconds. What is cut off is taken over by another worker, at the latest after its lease.
        """
        deadline = time.monotonic() + patience
        self._is_stopping = True
        with self._turning:  # a turn under way may still claim
            self._give_back(older_than=0.0)
        while self._running and time.monotonic() < deadline:
            time.sleep(0.02)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _work(self) -> None:
        with self._lock:
            if not self._waiting:
                return
            _, job = self._waiting.popleft()
            self._running[job.id] = job
        try:
            close_old_connections()
            run(job)
        except Error as problem:
            log.warning("Job %s %d could not be settled: %s", job.name, job.id, reason(problem))
            connection.close()
        finally:
            with self._lock:
                del self._running[job.id]
            self._wake()

    def _give_back_unbegun(self) -> None:
        """All threads are taken by long jobs: let other workers have what we only hold."""
        self._give_back(older_than=UNBEGUN)

    def _give_back(self, *, older_than: float) -> None:
        now = time.monotonic()
        with self._lock:
            old = [job for since, job in self._waiting if now - since >= older_than]
            self._waiting = deque(pair for pair in self._waiting if now - pair[0] < older_than)
        if old:
            job_statements.release(old)
