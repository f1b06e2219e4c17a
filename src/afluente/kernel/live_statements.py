"""SQL of waking, listening and watching. It runs on connections of its own, never on Django's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NOTIFY = "SELECT pg_notify(channel, payload) FROM unnest(%s::text[], %s::text[]) AS w (channel, payload)"

# One look at the database: whether anything was committed since the last look (the snapshot then
# differs), and how long ago the youngest worker was alive.
PULSE = """
SELECT pg_current_snapshot()::text,
       (SELECT extract(epoch FROM clock_timestamp() - max(seen_at)) FROM kernel_heartbeat)
"""

Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True)
class Pulse:
    """What one look found; `worker_age` in seconds, None when no worker was ever seen."""

    snapshot: str
    worker_age: float | None


def notify(connection: Connection, wakes: Iterable[tuple[str, str]]) -> None:
    """Send one NOTIFY for each (channel, payload)."""
    channels, payloads = zip(*wakes, strict=True)
    connection.execute(NOTIFY, [list(channels), list(payloads)])


def listen(connection: Connection, channels: Sequence[str]) -> None:
    """Ask to be told about `channels` on this connection."""
    for channel in channels:
        connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))


def pulse(connection: Connection) -> Pulse:
    """Look whether the database answers, and how it is."""
    ((snapshot, age),) = connection.execute(PULSE).fetchall()
    return Pulse(snapshot=str(snapshot), worker_age=None if age is None else float(age))
