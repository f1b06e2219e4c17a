"""Set statements of tasks."""

from __future__ import annotations

from django.db import connection

from afluente.kernel.workspace import current_workspace_id

# Tasks that have both keep one; ON CONFLICT cannot be said of an UPDATE.
MERGE_TAG = """
WITH gone AS (
  DELETE FROM tasks_tasktag WHERE workspace_id = %(ws)s AND tag_id = %(tag)s RETURNING task_id
), moved AS (
  INSERT INTO tasks_tasktag (workspace_id, task_id, tag_id)
  SELECT %(ws)s, task_id, %(into)s FROM gone ORDER BY task_id
  ON CONFLICT DO NOTHING
)
SELECT count(*) FROM gone
"""


def merge_tag(tag_id: int, *, into_id: int) -> int:
    """Take a tag off every task and give them that one; how many had it."""
    with connection.cursor() as cursor:
        cursor.execute(MERGE_TAG, {"ws": current_workspace_id(), "tag": tag_id, "into": into_id})
        return int(cursor.fetchone()[0])
