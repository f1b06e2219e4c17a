"""Noticing a server that runs and will never take connections again.

When a server process dies while PostgreSQL recovers from the death of another one, its postmaster
waits for ever for processes that nobody told to end: it lives, refuses everybody, says nothing. Seen
with 18.4 by killing the startup process. Only ending the postmaster helps.
"""

from __future__ import annotations

from psycopg import pq

from . import layout, processes

LOOKS = 1.0  # seconds between two looks
REFUSALS = 7  # in a row; PostgreSQL itself ends within five seconds what does not end when told to


class Watchdog:
    """Looks at the server of one data directory, as a client without a password sees it."""

    def __init__(self, place: layout.Layout) -> None:
        self._address = f"host={place.sockets} port={layout.SOCKET_PORT} dbname=postgres connect_timeout=2"
        self._refusals = 0
        self._due = 0.0

    def begin(self, now: float) -> None:
        """A server was launched at the moment `now` (seconds, monotonic)."""
        self._refusals, self._due = 0, now + LOOKS

    def sees_hang(self, postmaster: int, now: float) -> bool:
        """Whether the server refuses and does nothing to stop refusing. Looks at most once a second.

        A server that reads its log after a crash is left alone, however long that takes.
        """
        if now < self._due:
            return False
        is_well = self._accepts() or processes.is_recovering(postmaster)
        self._refusals = 0 if is_well else self._refusals + 1
        self._due = now + LOOKS
        return self._refusals >= REFUSALS

    def _accepts(self) -> bool:
        return pq.PGconn.ping(self._address.encode()) == pq.Ping.OK
