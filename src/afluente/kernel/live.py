"""Waking other processes: NOTIFY says that there is something to read, never what.

NOTIFY takes a lock that orders all commits of the server, so it is not sent inside the transaction
that has the news. After its commit, `wake` hands the channel to one thread per process, which sends
at most one NOTIFY per channel and workspace in QUIET seconds. Readers poll as well: a lost wake-up
costs a moment, never a change.
"""

from __future__ import annotations

import os
import threading
import time

import psycopg
from django.db import connection, connections

LIVE = "afluente_live"
INTAKE = "afluente_intake"
JOBS = "afluente_jobs"
QUIET = 0.02  # seconds between two wake-ups for the same thing


class _Notifier:
    """One thread with a connection of its own; made when first needed, again after a fork."""

    def __init__(self) -> None:
        self._waiting: set[tuple[str, str]] = set()
        self._ready = threading.Condition()
        self._connection: psycopg.Connection[tuple[object, ...]] | None = None
        threading.Thread(target=self._run, name="notifier", daemon=True).start()

    def wake(self, channel: str, payload: str) -> None:
        with self._ready:
            self._waiting.add((channel, payload))
            self._ready.notify()

    def _run(self) -> None:
        while True:
            with self._ready:
                self._ready.wait_for(lambda: bool(self._waiting))
                batch, self._waiting = self._waiting, set()
            self._send(batch)
            time.sleep(QUIET)

    def _send(self, batch: set[tuple[str, str]]) -> None:
        try:
            if self._connection is None or self._connection.closed:
                self._connection = listening_connection()
            for channel, payload in batch:
                self._connection.execute("SELECT pg_notify(%s, %s)", [channel, payload])
        except psycopg.Error:  # the readers poll; the next wake-up connects again
            self._connection = None


_notifier: tuple[int, _Notifier] | None = None
_lock = threading.Lock()


def wake(channel: str, workspace_id: int | None = None) -> None:
    """Wake the readers of `channel` soon. Call it after commit (`transaction.on_commit`)."""
    global _notifier  # noqa: PLW0603  one thread per process, made on first use
    with _lock:
        if _notifier is None or _notifier[0] != os.getpid():
            _notifier = (os.getpid(), _Notifier())
        notifier = _notifier[1]
    notifier.wake(channel, "" if workspace_id is None else str(workspace_id))


def listening_connection() -> psycopg.Connection[tuple[object, ...]]:
    """A connection outside Django's pool, in autocommit, for LISTEN and NOTIFY."""
    settings = connections[connection.alias].get_connection_params()
    for name in ("cursor_factory", "context", "prepare_threshold"):
        settings.pop(name, None)
    return psycopg.connect(**settings, autocommit=True)
