"""How long the log of steps is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    import datetime as dt

# Lines of a deal's present entry stay: they say that a rule acted, so that the same date does not call it again.
FORGET = """
WITH old AS (
  SELECT s.id FROM automation_step AS s
   WHERE s.workspace_id = %(ws)s AND s.ended_at < %(before)s
     AND NOT EXISTS (SELECT FROM deals_deal AS d
                      WHERE d.workspace_id = s.workspace_id AND d.id = s.deal_id AND d.stage_epoch = s.epoch
                        AND d.deleted_at IS NULL AND d.closed_at IS NULL)
     AND NOT EXISTS (SELECT FROM automation_token AS t
                      WHERE t.workspace_id = s.workspace_id AND t.deal_id = s.deal_id AND t.epoch = s.epoch)
   LIMIT %(limit)s
), steps AS (
  DELETE FROM automation_step WHERE workspace_id = %(ws)s AND id IN (SELECT id FROM old) RETURNING 1
), firings AS (
  DELETE FROM automation_firing
   WHERE workspace_id = %(ws)s
     AND id IN (SELECT id FROM automation_firing WHERE workspace_id = %(ws)s AND at < %(before)s LIMIT %(limit)s)
  RETURNING 1
)
SELECT greatest((SELECT count(*) FROM steps), (SELECT count(*) FROM firings))
"""
OLD = "SELECT automation_steps_old(%(before)s)"


def forget_old(*, before: dt.datetime, limit: int) -> int:
    """Remove at most `limit` lines of what rules did and as many of what triggers did before a moment; how many
    of the one that went further (case 115).
    """
    with connection.cursor() as cursor:
        cursor.execute(FORGET, {"ws": current_workspace_id(), "before": before, "limit": limit})
        return int(cursor.fetchone()[0])


def workspaces_with_old(before: dt.datetime) -> list[int]:
    """Where steps ended before a moment. Asked outside any workspace."""
    with connection.cursor() as cursor:
        cursor.execute(OLD, {"before": before})
        return [row[0] for row in cursor.fetchall()]
