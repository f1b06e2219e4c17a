"""Waking other processes: NOTIFY says that there is something to read, never what.

NOTIFY takes a lock that orders all commits of the server, so it is not sent inside the transaction
that has the news. After its commit, `wake` hands the channel to one thread per process, which sends
the first at once and then at most one NOTIFY per channel and workspace in QUIET seconds. Readers
poll as well: a lost wake-up costs a moment, never a change.
"""

from __future__ import annotations

import atexit
import os
import threading
import time
from contextlib import suppress
from typing import Any

import psycopg
from django.db import connections

from afluente.kernel import live_statements

LIVE = "afluente_live"
INTAKE = "afluente_intake"
JOBS = "afluente_jobs"
AUTOMATION = "afluente_automation"
QUIET = 0.02  # seconds between two wake-ups for the same thing
AT_THE_END = 0.5  # seconds a process that ends waits for its last wake-ups

Connection = psycopg.Connection[tuple[Any, ...]]


class _Notifier:
    """One thread with a connection of its own; made when first needed, again after a fork."""

    def __init__(self) -> None:
        self._waiting: set[tuple[str, str]] = set()
        self._ready = threading.Condition()
        self._is_sending = False
        self._connection: Connection | None = None
        threading.Thread(target=self._run, name="notifier", daemon=True).start()

    def wake(self, channel: str, payload: str) -> None:
        with self._ready:
            self._waiting.add((channel, payload))
            self._ready.notify_all()

    def flush(self, seconds: float) -> None:
        """Wait until everything is sent, at most `seconds`."""
        with self._ready:
            self._ready.wait_for(lambda: not (self._waiting or self._is_sending), timeout=seconds)

    def _run(self) -> None:
        while True:
            with self._ready:
                self._ready.wait_for(lambda: bool(self._waiting))
                batch, self._waiting = self._waiting, set()
                self._is_sending = True
            self._send(batch)
            with self._ready:
                self._is_sending = False
                self._ready.notify_all()
            time.sleep(QUIET)

    def _send(self, batch: set[tuple[str, str]]) -> None:
        for attempt in (1, 2):
            try:
                if self._connection is None or self._connection.closed:
                    self._connection = listening_connection()
                live_statements.notify(self._connection, batch)
            except psycopg.Error:
                self._close()
                # A connection that was left over from before a restart of the database says so
                # only when it is used. A database that is away is left alone: readers poll.
                if attempt == 1:
                    continue
            return

    def _close(self) -> None:
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
        self._connection = None


_notifier: _Notifier | None = None
_lock = threading.Lock()


def wake(channel: str, workspace_id: int | None = None) -> None:
    """Wake the readers of `channel` soon. Call it after commit (`transaction.on_commit`)."""
    global _notifier  # noqa: PLW0603  one thread per process, made on first use
    with _lock:
        if _notifier is None:
            _notifier = _Notifier()
        notifier = _notifier
    notifier.wake(channel, "" if workspace_id is None else str(workspace_id))


@atexit.register
def flush() -> None:
    """Send what waits before the process ends; a forked process that skips this loses a moment."""
    if _notifier is not None:
        _notifier.flush(AT_THE_END)


def _forget() -> None:
    """In a forked child the thread is gone and the lock may have been held: begin anew."""
    global _notifier, _lock
    _notifier, _lock = None, threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


def listening_connection() -> Connection:
    """A connection outside Django's pool, in autocommit, for LISTEN and NOTIFY."""
    settings = connections["default"].get_connection_params()
    for name in ("cursor_factory", "context", "prepare_threshold"):
        settings.pop(name, None)
    settings.setdefault("connect_timeout", 2)
    return psycopg.connect(**settings, autocommit=True)
