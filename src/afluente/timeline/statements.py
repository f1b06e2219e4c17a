"""Set statements of the log."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import connection

from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from afluente.timeline.events import NewEvent

# One round trip however many rows; ids come back in the order given.
RECORD = """
INSERT INTO timeline_event
       (workspace_id, at, kind, contact_id, deal_id, actor_kind, actor_id, actor_name, data)
SELECT %(ws)s, now(), e.kind, e.contact_id, e.deal_id, e.actor_kind, e.actor_id, e.actor_name, e.data
  FROM unnest(%(kinds)s::text[], %(contacts)s::bigint[], %(deals)s::bigint[], %(actor_kinds)s::text[],
              %(actor_ids)s::bigint[], %(actor_names)s::text[], %(data)s::jsonb[])
       WITH ORDINALITY AS e (kind, contact_id, deal_id, actor_kind, actor_id, actor_name, data, n)
 ORDER BY e.n
RETURNING id
"""


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
                "actor_kinds": [event.actor.kind for event in events],
                "actor_ids": [event.actor.id for event in events],
                "actor_names": [event.actor.name for event in events],
                "data": [json.dumps(dict(event.data), default=str) for event in events],
            },
        )
        return [row[0] for row in cursor.fetchall()]
