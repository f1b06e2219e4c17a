"""Telling members many things at once."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection

from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

# What was told about a comment before is passed over (timeline_notice_once).
TELL = """
INSERT INTO timeline_notification
       (workspace_id, member_id, kind, record_kind, record_id, comment_id, actor_id, actor_name, data,
        created_at, in_app)
SELECT %(ws)s, n.member_id, n.kind, n.record_kind, n.record_id, n.comment_id, n.actor_id, n.actor_name, n.data,
       now(), n.in_app
  FROM ROWS FROM (unnest(%(members)s::bigint[], %(kinds)s::text[], %(record_kinds)s::text[], %(records)s::bigint[],
                         %(comments)s::bigint[], %(actors)s::bigint[], %(names)s::text[], %(in_app)s::boolean[]),
                  jsonb_array_elements(%(data)s::jsonb))
       WITH ORDINALITY AS n (member_id, kind, record_kind, record_id, comment_id, actor_id, actor_name, in_app,
                             data, place)
 ORDER BY n.place
    ON CONFLICT DO NOTHING
RETURNING id, member_id, kind
"""
# In the order of the key, so that two who set the same ones wait for each other in turn.
SET = """
INSERT INTO timeline_reminder (workspace_id, record_kind, record_id, kind, at)
SELECT %(ws)s, n.* FROM unnest(%(record_kinds)s::text[], %(records)s::bigint[], %(kinds)s::text[],
                               %(moments)s::timestamptz[]) AS n (record_kind, record_id, kind, at)
 ORDER BY n.record_kind, n.record_id, n.kind
    ON CONFLICT (workspace_id, record_kind, record_id, kind) DO UPDATE SET at = EXCLUDED.at
"""
# The row is the right to tell: whoever deletes it tells, in the same transaction. Materialized: a join may
# otherwise read the inner query again, and each time lock other rows.
TAKE = """
WITH due AS MATERIALIZED (
  SELECT id FROM timeline_reminder WHERE workspace_id = %(ws)s AND kind = %(kind)s AND at <= now()
   ORDER BY at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
DELETE FROM timeline_reminder AS r USING due
 WHERE r.workspace_id = %(ws)s AND r.id = due.id
RETURNING r.record_kind, r.record_id
"""
# Those that another worker holds are that worker's.
NEXT = """
SELECT at FROM timeline_reminder WHERE workspace_id = %(ws)s AND kind = %(kind)s
 ORDER BY at, id LIMIT 1 FOR UPDATE SKIP LOCKED
"""


@dataclass(frozen=True, kw_only=True)
class NewNotice:
    """One notification to be written."""

    member_id: int
    kind: str
    record_kind: str
    record_id: int
    in_app: bool
    comment_id: int | None = None
    actor_id: int | None = None
    actor_name: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


def insert_notices(given: Sequence[NewNotice]) -> list[tuple[int, int, str]]:
    """Write notifications in one statement; (number, member, kind) of those that were not told before."""
    values: dict[str, Any] = {
        "members": [one.member_id for one in given],
        "kinds": [one.kind for one in given],
        "record_kinds": [one.record_kind for one in given],
        "records": [one.record_id for one in given],
        "comments": [one.comment_id for one in given],
        "actors": [one.actor_id for one in given],
        "names": [one.actor_name for one in given],
        "in_app": [one.in_app for one in given],
        "data": json.dumps([dict(one.data) for one in given], default=str),
    }
    return [(int(pk), int(member), str(kind)) for pk, member, kind in _rows(TELL, values)]


def save_reminders(given: Sequence[tuple[str, int, str, dt.datetime]]) -> None:
    """Set reminders, (kind of record, record, kind, moment) each once; one that is there is moved."""
    values: dict[str, Any] = {
        "record_kinds": [one[0] for one in given],
        "records": [one[1] for one in given],
        "kinds": [one[2] for one in given],
        "moments": [one[3] for one in given],
    }
    with connection.cursor() as cursor:
        cursor.execute(SET, {"ws": current_workspace_id(), **values})


def take_reminders(kind: str, *, limit: int) -> list[tuple[str, int]]:
    """Take due reminders of a kind away, the oldest first; (kind of record, record) of each."""
    return [(str(one), int(pk)) for one, pk in _rows(TAKE, {"kind": kind, "limit": limit})]


def next_reminder(kind: str) -> dt.datetime | None:
    """When the next reminder of a kind that nobody holds is due; None when there is none."""
    found = _rows(NEXT, {"kind": kind})
    return found[0][0] if found else None


def _rows(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"ws": current_workspace_id(), **values})
        return list(cursor.fetchall())
