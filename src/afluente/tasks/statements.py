"""Set statements of tasks."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import DateTimeField, Expression

from afluente.kernel import words
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from afluente.tasks.models import Step

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
HOLD = "SELECT id FROM tasks_task WHERE workspace_id = %(ws)s AND id = ANY(%(ids)s) ORDER BY id FOR NO KEY UPDATE"
# Entering a step of the kind done ends a task, leaving it begins it again.
ENTER_STEP = """
UPDATE tasks_task t
   SET step_id = %(step)s, board_id = %(board)s, position = g.position, updated_at = %(now)s,
       done_at = CASE WHEN %(is_done)s THEN coalesce(t.done_at, %(now)s) END
  FROM unnest(%(ids)s::bigint[], %(positions)s::numeric[]) AS g (id, position)
 WHERE t.workspace_id = %(ws)s AND t.id = g.id
"""
REORDER = """
UPDATE tasks_task t SET position = g.position
  FROM unnest(%(ids)s::bigint[], %(positions)s::numeric[]) AS g (id, position)
 WHERE t.workspace_id = %(ws)s AND t.id = g.id
"""
PUT_BACK = """
UPDATE tasks_task t
   SET position = g.position, done_at = CASE WHEN t.done_at IS NULL THEN NULL ELSE coalesce(g.done_at, t.done_at) END
  FROM unnest(%(ids)s::bigint[], %(positions)s::numeric[], %(moments)s::timestamptz[]) AS g (id, position, done_at)
 WHERE t.workspace_id = %(ws)s AND t.id = g.id
"""
# Same order, new room.
RENUMBER = """
UPDATE tasks_task t SET position = g.place
  FROM (SELECT id, -(extract(epoch FROM clock_timestamp()) * 1000000)::bigint
                   + 1024 * row_number() OVER (ORDER BY position, id) AS place
          FROM tasks_task
         WHERE workspace_id = %(ws)s AND step_id = %(step)s AND deleted_at IS NULL) AS g
 WHERE t.workspace_id = %(ws)s AND t.id = g.id
"""
TOP = "SELECT -(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
# Whether `parent` stands somewhere below one of `ids`: then these would hang under themselves.
CIRCLE = """
WITH RECURSIVE above AS (
  SELECT id, parent_id FROM tasks_task WHERE workspace_id = %(ws)s AND id = %(parent)s
  UNION
  SELECT t.id, t.parent_id FROM tasks_task t JOIN above a ON t.id = a.parent_id
   WHERE t.workspace_id = %(ws)s
)
SELECT EXISTS (SELECT FROM above WHERE id = ANY(%(ids)s))
"""
NAMED = "SELECT tasks_named(%(query)s, %(mates)s::bigint[], %(me)s, %(limit)s)"
# The first of each day and how many were looked at, each part read off an index of its own.
FIRST_OF_DAYS = """
SELECT day.n, found.*
  FROM unnest(%s::int[], %s::timestamptz[], %s::timestamptz[]) AS day (n, low, high)
 CROSS JOIN LATERAL ({parts}) AS found
"""
FIRST_OF_PART = "(SELECT part.*, count(*) OVER () FROM ({rows}) AS part LIMIT %s)"


class DayEdge(Expression):
    """Where the day begins (`low`) that FIRST_OF_DAYS is at, or ends (`high`)."""

    output_field = DateTimeField()

    def __init__(self, edge: str) -> None:
        super().__init__()
        self.edge = {"low": "day.low", "high": "day.high"}[edge]

    def as_sql(self, _compiler: Any, _connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        return self.edge, []


def first_of_days(
    parts: Sequence[QuerySet[Any]], edges: Sequence[datetime], *, limit: int
) -> list[tuple[Any, ...]]:
    """The first `limit` rows of each of `parts`, which are limited themselves and ask between two DayEdge, for
    each of the days between `edges`: the number of the day, the row, and how many the part has.
    """
    written: list[str] = []
    given: list[Any] = []
    for part in parts:
        try:
            sql, parameters = part.query.sql_with_params()
        except EmptyResultSet:
            continue
        written.append(FIRST_OF_PART.replace("{rows}", sql))
        given += [*parameters, limit]
    if not written:
        return []
    lows, highs = list(edges[:-1]), list(edges[1:])
    asked = FIRST_OF_DAYS.replace("{parts}", " UNION ALL ".join(written))
    with connection.cursor() as cursor:
        cursor.execute(asked, [list(range(len(lows))), lows, highs, *given])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def merge_tag(tag_id: int, *, into_id: int) -> int:
    """Take a tag off every task and give them that one; how many had it."""
    with connection.cursor() as cursor:
        cursor.execute(MERGE_TAG, {"ws": current_workspace_id(), "tag": tag_id, "into": into_id})
        return int(cursor.fetchone()[0])


def enter_step(places: Mapping[int, Decimal], *, step: Step, now: datetime) -> None:
    """Put locked tasks on a step, each at its place."""
    values: dict[str, Any] = {
        "ws": current_workspace_id(),
        "step": step.pk,
        "board": step.board_id,
        "is_done": step.kind == step.Kind.DONE,
        "now": now,
        "ids": list(places),
        "positions": list(places.values()),
    }
    with connection.cursor() as cursor:
        cursor.execute(ENTER_STEP, values)


def reorder(places: Mapping[int, Decimal]) -> None:
    """Give tasks of one step other places in it."""
    with connection.cursor() as cursor:
        cursor.execute(
            REORDER,
            {"ws": current_workspace_id(), "ids": list(places), "positions": list(places.values())},
        )


def put_back(places: Mapping[int, Sequence[str | None]]) -> None:
    """Give tasks, held by the caller, the position and the moment of being done that they had, both as text."""
    if places:
        told: dict[str, Any] = {"ws": current_workspace_id(), "ids": list(places)}
        told |= {"positions": [one[0] for one in places.values()]}
        told |= {"moments": [one[1] for one in places.values()]}
        with connection.cursor() as cursor:
            cursor.execute(PUT_BACK, told)


def hold_tasks(ids: Sequence[int]) -> list[int]:
    """Hold these tasks until the transaction ends, deleted or not; those there are."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD, {"ws": current_workspace_id(), "ids": list(ids)})
        return [row[0] for row in cursor.fetchall()]


def renumber(step_id: int) -> None:
    """Make room between the tasks of a step."""
    with connection.cursor() as cursor:
        cursor.execute(RENUMBER, {"ws": current_workspace_id(), "step": step_id})


def top_position() -> Decimal:
    """A place above everything that was put on top before."""
    with connection.cursor() as cursor:
        cursor.execute(TOP)
        return Decimal(cursor.fetchone()[0])


def hangs_below(parent_id: int, *, ids: list[int]) -> bool:
    """Whether a task is one of `ids` or stands somewhere below one of them."""
    with connection.cursor() as cursor:
        cursor.execute(CIRCLE, {"ws": current_workspace_id(), "parent": parent_id, "ids": ids})
        return bool(cursor.fetchone()[0])


def tasks_named(said: Sequence[str], *, mates: Sequence[int] | None, member_id: int, limit: int) -> list[int]:
    """Ids of present tasks in whose titles each of these words, folded, begins one; the newest first.

    `mates` are those whose tasks count besides those of nobody and what `member_id` has, made or follows; None:
    everybody's.
    """
    asked = {
        "query": words.quoted(said),
        "mates": None if mates is None else list(mates),
        "me": member_id,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(NAMED, asked)
        return [row[0] for row in cursor.fetchall()]
