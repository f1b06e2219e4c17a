"""Set statements of the log."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import connection

from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from afluente.timeline.events import NewEvent

# One round trip however many rows; ids come back in the order given. The data of all of them is one
# document: as an array of texts, every quotation mark in it would be escaped one by one.
RECORD = """
INSERT INTO timeline_event
       (workspace_id, at, kind, contact_id, deal_id, company_id, task_id, product_id, actor_kind, actor_id,
        actor_name, data)
SELECT %(ws)s, now(), e.kind, e.contact_id, e.deal_id, e.company_id, e.task_id, e.product_id, e.actor_kind,
       e.actor_id, e.actor_name, e.data
  FROM ROWS FROM (unnest(%(kinds)s::text[], %(contacts)s::bigint[], %(deals)s::bigint[], %(companies)s::bigint[],
                         %(tasks)s::bigint[], %(products)s::bigint[], %(actor_kinds)s::text[], %(actor_ids)s::bigint[], %(actor_names)s::text[]),
                  jsonb_array_elements(%(data)s::jsonb))
       WITH ORDINALITY AS e (kind, contact_id, deal_id, company_id, task_id, product_id, actor_kind, actor_id,
                             actor_name, data, n)
 ORDER BY e.n
RETURNING id
"""


# Each branch reads an index from its newest end and stops; a deal's events are read once per deal, so
# that neither ten thousand entries nor a second deal makes the page slower.
_COLUMNS = "id, at, kind, deal_id, actor_kind, actor_id, actor_name, data, contact_id"
_WANTED = """
   AND (%(before)s::bigint IS NULL OR id < %(before)s) AND id >= %(down_to)s
   AND (%(until)s::timestamptz IS NULL OR at < %(until)s)
   AND kind <> ALL(%(hidden)s) AND (%(only)s::text[] IS NULL OR kind = ANY(%(only)s))
 ORDER BY id DESC LIMIT %(limit)s
"""
HISTORY = f"""
SELECT {_COLUMNS}
  FROM ((SELECT {_COLUMNS} FROM timeline_event
          WHERE workspace_id = %(ws)s AND contact_id = %(contact)s AND deal_id IS NULL {_WANTED})
        UNION ALL
        SELECT e.* FROM unnest(%(deals)s::bigint[]) AS d (deal),
               LATERAL (SELECT {_COLUMNS} FROM timeline_event
                         WHERE workspace_id = %(ws)s AND deal_id = d.deal {_WANTED}) AS e) AS found
 ORDER BY id DESC LIMIT %(limit)s
"""

# Of a company, a task or a product: what names it, whatever else it names.
HISTORY_OF = {
    kind: f"SELECT {_COLUMNS} FROM timeline_event WHERE workspace_id = %(ws)s AND {kind}_id = %(number)s {_WANTED}"
    for kind in ("company", "task", "product")
}


def read_history(
    *,
    of: tuple[str, int],
    deal_ids: Sequence[int],
    before: int | None,
    down_to: int | None,
    hidden: Sequence[str],
    only: Sequence[str] | None,
    limit: int,
    until: dt.datetime | None = None,
) -> list[tuple[Any, ...]]:
    """Events of a record, (kind, number), newest first, as rows of `_COLUMNS`; those of a contact with
    those of these deals, and of a deal those of these deals alone.

    `before` and `down_to` bound the ids (below, and not below), `until` the moment; `only` names the
    kinds wanted.
    """
    kind, number = of
    with connection.cursor() as cursor:
        cursor.execute(
            HISTORY_OF.get(kind, HISTORY),
            {
                "ws": current_workspace_id(),
                "number": number,
                "contact": number if kind == "contact" else None,
                "deals": list(deal_ids),
                "before": before,
                "down_to": down_to or 0,
                "hidden": list(hidden),
                "only": None if only is None else list(only),
                "limit": limit,
                "until": until,
            },
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def insert_events(events: Sequence[NewEvent]) -> list[int]:
    """Write `events` in one statement; their ids, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            RECORD,
            {
                "ws": current_workspace_id(),
                "kinds": [event.kind for event in events],
                "contacts": [event.contact_id for event in events],
                "deals": [event.deal_id for event in events],
                "companies": [event.company_id for event in events],
                "tasks": [event.task_id for event in events],
                "products": [event.product_id for event in events],
                "actor_kinds": [event.actor.kind for event in events],
                "actor_ids": [event.actor.id for event in events],
                "actor_names": [event.actor.name for event in events],
                "data": json.dumps([dict(event.data) for event in events], default=str),
            },
        )
        return [row[0] for row in cursor.fetchall()]


# Following the log (kernel.snapshots). No ORDER BY beside the LIMIT: it would tempt the planner to
# walk the primary key from the beginning. What passes the limit is not shown one by one anyway.
FOLLOW = """
SELECT s.snapshot, e.id, e.tx, e.kind, e.deal_id, e.contact_id, e.before, e.member, e.task, e.company_id
  FROM (SELECT pg_current_snapshot()::text AS snapshot) s
  LEFT JOIN LATERAL (
       SELECT id, tx, kind, deal_id, contact_id, company_id,
              CASE WHEN kind LIKE '%%.assigned' THEN data -> 'from' ELSE data -> 'assignee_before' END AS before,
              CASE WHEN kind LIKE 'notification.%%' THEN (data ->> 'member')::bigint END AS member,
              coalesce(task_id, CASE WHEN kind LIKE 'task.%%' THEN (data ->> 'task')::bigint END) AS task
         FROM timeline_event
        WHERE workspace_id = %(ws)s AND tx >= %(floor)s
          AND NOT pg_visible_in_snapshot(tx::text::xid8, %(seen)s::pg_snapshot)
          AND NOT (id <= %(upto)s AND pg_visible_in_snapshot(tx::text::xid8, %(partly)s::pg_snapshot))
        LIMIT %(limit)s) e ON true
 ORDER BY e.id
"""
PRESENT = "SELECT pg_current_snapshot()::text"


def follow(*, floor: int, seen: str, partly: str, upto: int, limit: int) -> list[tuple[Any, ...]]:
    """The present snapshot beside each event that is new since the snapshot `seen`, or beside NULLs
    when there is none. `floor` is the oldest transaction that can be new; of what `partly` sees,
    ids up to `upto` are left out.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            FOLLOW,
            {
                "ws": current_workspace_id(),
                "floor": floor,
                "seen": seen,
                "partly": partly,
                "upto": upto,
                "limit": limit,
            },
        )
        return list(cursor.fetchall())


def present_snapshot() -> str:
    """Which transactions are over at this moment, as PostgreSQL writes it."""
    with connection.cursor() as cursor:
        cursor.execute(PRESENT)
        return str(cursor.fetchone()[0])
