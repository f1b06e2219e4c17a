"""Moments as PostgreSQL writes them, and back, fast: a row of a list or a step that waits has several of them.

psycopg takes a moment apart by a pattern, since years may be written in other ways than ISO 8601; Python reads ISO
8601 itself, ten times as fast. What it cannot read is left to psycopg.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db.backends.signals import connection_created
from psycopg.types.datetime import TimestamptzLoader

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from psycopg.abc import Buffer


class MomentLoader(TimestamptzLoader):
    """A moment in UTC, which is how our connections are answered."""

    timezone = dt.UTC  # Django asks a loader for it before it takes one of its own

    def load(self, data: Buffer) -> dt.datetime:
        try:
            return dt.datetime.fromisoformat(bytes(data).decode())
        except ValueError:
            return super().load(data).replace(tzinfo=dt.UTC)


def read_quickly(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """Let a new connection read moments by MomentLoader."""
    connection.connection.adapters.register_loader("timestamptz", MomentLoader)


def register() -> None:
    """For all connections made from now on."""
    connection_created.connect(read_quickly, dispatch_uid="afluente.kernel.moments")
