"""Being woken: one thread, one connection, several channels.

The thread reconnects by itself, slower each time, and tells `on_wake` about every channel after
each connection: what was notified meanwhile is unknown. `on_tick` runs every TICK seconds on the
same connection; it is both the poll that guarantees and the proof that the database answers.
"""

from __future__ import annotations

import logging
import selectors
import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import psycopg

from afluente.kernel import live, live_statements

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TICK = 1.0  # seconds between two polls
SILENCE = 3.0  # seconds without an answer after which the database counts as away
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0  # seconds between two attempts to connect

log = logging.getLogger(__name__)


class Listener:
    """Listens from `start` until `stop`. The callbacks run in its thread and must be quick."""

    def __init__(
        self,
        channels: Sequence[str],
        *,
        on_wake: Callable[[str, str], None],
        on_tick: Callable[[live.Connection], None],
    ) -> None:
        self._channels = channels
        self._on_wake = on_wake
        self._on_tick = on_tick
        self._answered_at: float | None = None
        self._has_failed = False
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)
        self._inlet, self._outlet = socket.socketpair()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the thread; returns once it has closed its connection, within a moment."""
        self._is_stopping = True
        self._outlet.send(b"x")
        self._thread.join(timeout=1)

    @property
    def is_answering(self) -> bool:
        """Whether the database answered a moment ago."""
        return (
            self._answered_at is not None
            and not self._has_failed
            and time.monotonic() - self._answered_at < SILENCE
        )

    @property
    def is_away(self) -> bool:
        """Whether the database is known to be away: it answered before or was tried, and does not."""
        return self._has_failed or (self._answered_at is not None and not self.is_answering)

    @property
    def age(self) -> float:
        """Seconds since the last answer; 0 before the first."""
        return 0.0 if self._answered_at is None else time.monotonic() - self._answered_at

    def _run(self) -> None:
        pause = FIRST_PAUSE
        while not self._is_stopping:
            began = time.monotonic()
            try:
                with live.listening_connection() as connection:
                    self._listen(connection)
            except psycopg.Error as problem:
                if time.monotonic() - began > LONGEST_PAUSE:
                    pause = FIRST_PAUSE  # it worked for a while: a fresh failure
                self._note_failure(problem)
            self._sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 2)

    def _note_failure(self, problem: psycopg.Error) -> None:
        if not self._has_failed:
            log.warning("The database does not answer: %s", str(problem).strip().partition("\n")[0])
        self._has_failed = True

    def _listen(self, connection: live.Connection) -> None:
        live_statements.listen(connection, self._channels)
        self._tick(connection)
        for channel in self._channels:
            self._on_wake(channel, "")
        with selectors.DefaultSelector() as selector:
            selector.register(connection.fileno(), selectors.EVENT_READ)
            selector.register(self._inlet, selectors.EVENT_READ)
            due = time.monotonic() + TICK
            while not self._is_stopping:
                selector.select(max(0.0, due - time.monotonic()))
                for news in connection.notifies(timeout=0):
                    self._on_wake(news.channel, news.payload)
                if time.monotonic() >= due:
                    self._tick(connection)
                    due = time.monotonic() + TICK

    def _tick(self, connection: live.Connection) -> None:
        self._on_tick(connection)
        if self._has_failed:
            log.warning("The database answers again.")
        self._answered_at, self._has_failed = time.monotonic(), False

    def _sleep(self, seconds: float) -> None:
        self._inlet.settimeout(seconds)
        with suppress(TimeoutError, OSError):
            if not self._is_stopping:
                self._inlet.recv(1)
