"""Set statements of delivery: taking what is due, one worker each (spec: outbox)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    import datetime as dt

# `sending` is committed before anybody outside is asked (S-TX).
TAKE_MESSAGE = """
UPDATE delivery_message SET state = 'sending', attempts = attempts + 1,
                            lease_until = clock_timestamp() + %(lease)s * interval '1 second'
 WHERE workspace_id = %(ws)s AND id = (
   SELECT id FROM delivery_message
    WHERE workspace_id = %(ws)s AND channel = %(channel)s AND state = 'queued' AND due_at <= clock_timestamp()
      AND (is_urgent OR NOT %(is_quiet)s)
    ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""
LOST_MESSAGES = """
SELECT id FROM delivery_message
 WHERE workspace_id = %(ws)s AND channel = %(channel)s AND state = 'sending' AND lease_until < clock_timestamp()
 ORDER BY id FOR UPDATE SKIP LOCKED
"""
NEXT_MESSAGE = """
SELECT min(at) FROM (
  SELECT min(due_at) AS at FROM delivery_message
   WHERE workspace_id = %(ws)s AND channel = %(channel)s AND state = 'queued'
   UNION ALL
  SELECT min(lease_until) FROM delivery_message
   WHERE workspace_id = %(ws)s AND channel = %(channel)s AND state = 'sending') AS found
"""
# A call may be made twice: the receiver knows it by its id. So a lost one is simply taken again.
TAKE_CALL = """
UPDATE delivery_call SET state = 'sending', attempts = attempts + 1,
                         due_at = clock_timestamp() + %(lease)s * interval '1 second'
 WHERE workspace_id = %(ws)s AND id = (
   SELECT c.id FROM delivery_call c JOIN delivery_endpoint e ON e.workspace_id = %(ws)s AND e.id = c.endpoint_id
    WHERE c.workspace_id = %(ws)s AND c.state IN ('queued', 'sending') AND c.due_at <= clock_timestamp()
      AND e.is_on AND (e.wait_until IS NULL OR e.wait_until <= clock_timestamp())
    ORDER BY c.due_at, c.id LIMIT 1 FOR UPDATE OF c SKIP LOCKED)
RETURNING id
"""
NEXT_CALL = """
SELECT min(greatest(c.due_at, coalesce(e.wait_until, c.due_at)))
  FROM delivery_call c JOIN delivery_endpoint e ON e.workspace_id = %(ws)s AND e.id = c.endpoint_id
 WHERE c.workspace_id = %(ws)s AND c.state IN ('queued', 'sending') AND e.is_on
"""
DUE = "SELECT workspace_id, channel FROM delivery_due()"


def _one(statement: str, **given: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"ws": current_workspace_id(), **given})
        row = cursor.fetchone()
    return row[0] if row else None


def take_message(channel: str, *, lease: int, is_quiet: bool) -> int | None:
    """Mark the next message as being sent; its number, None when nothing is due. The caller commits."""
    found: int | None = _one(TAKE_MESSAGE, channel=channel, lease=lease, is_quiet=is_quiet)
    return found


def lost_messages(channel: str) -> list[int]:
    """Messages whose sender died while it was at them, locked."""
    with connection.cursor() as cursor:
        cursor.execute(LOST_MESSAGES, {"ws": current_workspace_id(), "channel": channel})
        return [row[0] for row in cursor.fetchall()]


def next_message(channel: str) -> dt.datetime | None:
    """When a message of a channel is to be looked at next."""
    found: dt.datetime | None = _one(NEXT_MESSAGE, channel=channel)
    return found


def take_call(*, lease: int) -> int | None:
    """Mark the next call as being made; its number, None when nothing is due. The caller commits."""
    found: int | None = _one(TAKE_CALL, lease=lease)
    return found


def next_call() -> dt.datetime | None:
    """When a call is to be looked at next."""
    found: dt.datetime | None = _one(NEXT_CALL)
    return found


def due_anywhere() -> list[tuple[int, str]]:
    """Where something is due: workspace and channel, `webhook` for calls. Asked outside any workspace."""
    with connection.cursor() as cursor:
        cursor.execute(DUE)
        return [(row[0], row[1]) for row in cursor.fetchall()]
