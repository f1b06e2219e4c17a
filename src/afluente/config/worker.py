"""The worker process: applies what arrived, does background jobs, says that it is alive.

Nothing here runs or connects before `main`, so that the supervisor may fork a process that has
imported it.
"""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import sys
import threading
import time
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

import django
from django.apps import apps
from django.db import Error, close_old_connections, connections

from afluente import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger("afluente.worker")

POLL = 1.0  # seconds after which a loop looks by itself
BEAT_EVERY = 5.0  # seconds between two signs of life
PATIENCE = 1.5  # seconds running work gets when the process is asked to stop
LAST_WORDS = 0.7  # seconds until the process ends in any case after that
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0  # seconds a loop rests after an error

STATEMENT, LOCK, IDLE = 60, 10, 300  # seconds; kernel.timeouts


class Loop:
    """One thread that does `turn` whenever it is woken, and every POLL seconds. A turn returns True
    to be called again at once. An error is logged and followed by a pause; it never ends the loop.
    """

    def __init__(self, name: str, turn: Callable[[], bool]) -> None:
        self._turn = turn
        self._woken = threading.Event()
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        self._woken.set()

    def stop(self) -> None:
        """Ask it to end after the present turn."""
        self._is_stopping = True
        self._woken.set()

    def join(self, seconds: float) -> None:
        self._thread.join(max(0.0, seconds))

    def _run(self) -> None:
        pause = FIRST_PAUSE
        while not self._is_stopping:
            self._woken.clear()
            try:
                close_old_connections()
                is_hungry = self._turn()
                pause = FIRST_PAUSE
            except Exception as problem:  # noqa: BLE001  the loop must outlive any turn
                self._recover(problem, pause)
                pause = min(LONGEST_PAUSE, pause * 2)
                continue
            if not is_hungry:
                self._woken.wait(POLL)
        connections.close_all()

    def _recover(self, problem: Exception, pause: float) -> None:
        if isinstance(problem, Error):
            log.warning("%s: %s", self._thread.name, str(problem).strip().partition("\n")[0])
        else:
            log.error("%s failed.", self._thread.name, exc_info=problem)
        connections.close_all()
        if not self._is_stopping:
            self._woken.wait(pause)


class Worker:
    """The loops of one worker process."""

    def __init__(self) -> None:
        from afluente.kernel import live
        from afluente.kernel.job_runner import Runner
        from afluente.kernel.listening import Listener

        self.name = f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(3)}"
        self.is_stopping = threading.Event()
        self._jobs = Loop("jobs", self._do_jobs)
        self._runner = Runner(wake=self._jobs.wake)
        self._care = Loop("care", self._take_care)
        self._loops = [self._jobs, self._care]
        self._by_channel = {live.JOBS: self._jobs}
        self._add_drains()
        self._listener = Listener(list(self._by_channel), on_wake=self._wake, on_tick=_look_on)
        self._beat_at = 0.0
        self._has_planned = False

    def run(self) -> None:
        """Work until `is_stopping` is set, then stop within three seconds."""
        for loop in self._loops:
            loop.start()
        self._listener.start()
        self.is_stopping.wait()
        self._stop()

    def _stop(self) -> None:
        from afluente.kernel import job_statements

        deadline = time.monotonic() + PATIENCE
        for loop in self._loops:
            loop.stop()
        try:
            self._runner.stop(patience=PATIENCE)
            job_statements.leave(self.name)
        except Error as problem:  # the database is away: leases and heartbeat run out by themselves
            log.warning("Stopping without the database: %s", str(problem).strip().partition("\n")[0])
        for loop in self._loops:
            loop.join(deadline - time.monotonic())
        self._listener.stop()
        connections.close_all()

    def _add_drains(self) -> None:
        """The slices that take their own work in sets: what arrived, and what rules have due."""
        from afluente.automation import jobs as automation_jobs
        from afluente.intake import jobs as intake_jobs
        from afluente.kernel import live

        for name, channel, drain in (
            ("intake", live.INTAKE, intake_jobs.drain),
            ("automation", live.AUTOMATION, automation_jobs.drain),
        ):
            loop = Loop(name, lambda drain=drain: drain() > 0)  # type: ignore[misc]
            self._loops.append(loop)
            self._by_channel[channel] = loop

    def _wake(self, channel: str, _payload: str) -> None:
        self._by_channel[channel].wake()

    def _do_jobs(self) -> bool:
        self._runner.turn()
        return False  # the end of each job wakes us

    def _take_care(self) -> bool:
        """Leases first: what is late there makes work be done twice."""
        from afluente.kernel import job_runner, job_statements, jobs

        self._runner.keep_leases()
        if time.monotonic() - self._beat_at >= BEAT_EVERY:
            job_statements.beat(self.name, __version__)
            self._beat_at = time.monotonic()
        if not self._has_planned:
            job_statements.plan(list(jobs.intervals()))
            self._has_planned = True
        job_runner.queue_periodic()
        if job_runner.reclaim():
            self._jobs.wake()
        return False


def _look_on(_connection: object) -> None:
    """The loops poll by themselves; the listener only wakes them."""


def main() -> None:
    """Do background work until SIGTERM or SIGINT."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "afluente.config.settings")
    if not apps.ready:
        django.setup()
    from afluente.kernel import live, timeouts

    timeouts.limit_statements(statement=STATEMENT, lock=LOCK, idle=IDLE)
    # A thread that comes back from the database waits this long for one that computes: an import asks it 25
    # times for every thousand rows while the next thousand is read.
    sys.setswitchinterval(0.0005)
    register_jobs()
    worker = Worker()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.is_stopping.set())
    end = threading.Thread(target=_end_anyway, args=(worker.is_stopping,), daemon=True)
    end.start()
    worker.run()
    live.flush()


def register_jobs() -> None:
    """Import every slice's `jobs.py`; what they register is what this worker can do."""
    for config in apps.get_app_configs():
        if config.name.startswith("afluente.") and find_spec(f"{config.name}.jobs"):
            import_module(f"{config.name}.jobs")


def _end_anyway(is_stopping: threading.Event) -> None:
    """A thread that cannot be interrupted must not hold the process up: what it did not commit is
    taken back, and its lease runs out.
    """
    is_stopping.wait()
    time.sleep(PATIENCE + LAST_WORDS)
    os._exit(0)
