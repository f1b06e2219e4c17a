"""Raw events: kept, claimed, finished."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from afluente.kernel import crash
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from afluente.intake.services.accepting import Kept
    from afluente.intake.services.notes import Note

# Numbered in the order given, written in the order of their keys: two processes that keep the same
# repeats at once then wait for each other in turn, never in a circle.
INSERT = """
INSERT INTO intake_rawevent
       (workspace_id, id, public_id, source_id, rule_id, key, body, body_digest, content_type, context,
        received_at, state, attempts, due_at, error, notes, ended_at)
SELECT %(ws)s, g.id, g.public_id, g.source_id, g.rule_id, g.key, g.body, g.digest, g.content_type, g.context,
       now(), CASE WHEN g.error = '' THEN 'waiting' ELSE 'dead' END, 0, now(), g.error, g.notes,
       CASE WHEN g.error <> '' THEN now() END
  FROM (SELECT nextval(pg_get_serial_sequence('intake_rawevent', 'id')) AS id, w.*
          FROM ROWS FROM (unnest(%(public_id)s::uuid[], %(source)s::bigint[], %(rule)s::bigint[],
                                 %(key)s::text[], %(body)s::bytea[], %(digest)s::text[],
                                 %(content_type)s::text[], %(error)s::text[]),
                          jsonb_array_elements(%(context)s::jsonb), jsonb_array_elements(%(notes)s::jsonb))
               AS w (public_id, source_id, rule_id, key, body, digest, content_type, error, context, notes)
       ) AS g
 ORDER BY g.source_id, g.key, g.id
ON CONFLICT (workspace_id, source_id, key) DO NOTHING
RETURNING public_id
"""
REPEATS = """
SELECT e.source_id, e.key, e.public_id, e.body_digest
  FROM unnest(%(source)s::bigint[], %(key)s::text[]) AS w (source_id, key)
  JOIN intake_rawevent e ON e.workspace_id = %(ws)s AND e.source_id = w.source_id AND e.key = w.key
"""
DUE_WORKSPACES = "SELECT intake_due_workspaces()"
# A batch only ever looks single rows up. Foreign keys are checked by plans that the session keeps: one
# made while a table was small would read all of it for every row of a flood, until it is analysed.
BY_INDEX = "SELECT set_config('enable_seqscan', 'off', true)"
CLAIM = """
SELECT id, source_id, rule_id, body, content_type, context, attempts, received_at
  FROM intake_rawevent
 WHERE workspace_id = %(ws)s AND state = 'waiting' AND due_at <= now()
 ORDER BY due_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
"""
CLAIM_ONE = """
SELECT id, source_id, rule_id, body, content_type, context, attempts, received_at
  FROM intake_rawevent WHERE workspace_id = %(ws)s AND public_id = %(public_id)s FOR UPDATE
"""
FINISH = """
UPDATE intake_rawevent e
   SET state = g.state, error = g.error, notes = g.notes, contact_id = g.contact_id, deal_id = g.deal_id,
       attempts = e.attempts + 1, ended_at = now()
  FROM ROWS FROM (unnest(%(id)s::bigint[], %(state)s::text[], %(error)s::text[], %(contact)s::bigint[],
                         %(deal)s::bigint[]),
                  jsonb_array_elements(%(notes)s::jsonb))
       AS g (id, state, error, contact_id, deal_id, notes)
 WHERE e.workspace_id = %(ws)s AND e.id = g.id
"""
# Back-off with jitter: 2 s, 4 s, 8 s, 16 s; the fifth failure is final.
POSTPONE = """
UPDATE intake_rawevent e
   SET attempts = e.attempts + 1, error = 'internal', notes = g.notes,
       state = CASE WHEN e.attempts + 1 >= %(most)s THEN 'dead' ELSE 'waiting' END,
       ended_at = CASE WHEN e.attempts + 1 >= %(most)s THEN now() END,
       due_at = now() + make_interval(secs => power(2, e.attempts + 1) * (0.75 + random() / 2))
  FROM unnest(%(id)s::bigint[], %(notes)s::jsonb[]) AS g (id, notes)
 WHERE e.workspace_id = %(ws)s AND e.id = g.id
"""


@dataclass(frozen=True)
class ClaimedEvent:
    """A raw event that this transaction holds."""

    id: int
    source_id: int
    rule_id: int | None
    body: bytes
    content_type: str
    context: Mapping[str, Any]
    attempts: int
    received_at: dt.datetime


def insert_events(events: Sequence[Kept]) -> set[UUID]:
    """Keep events; the public ids of those that were new under their key."""
    crash.point("intake.before_insert")
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT,
            {
                "ws": current_workspace_id(),
                "public_id": [event.public_id for event in events],
                "source": [event.source_id for event in events],
                "rule": [event.rule_id for event in events],
                "key": [event.key for event in events],
                "body": [event.body for event in events],
                "digest": [event.digest for event in events],
                "content_type": [event.content_type for event in events],
                "context": json.dumps([event.context for event in events]),
                "error": [event.error.code if event.error else "" for event in events],
                "notes": json.dumps([[event.error.as_json()] if event.error else [] for event in events]),
            },
        )
        new = {row[0] for row in cursor.fetchall()}
    crash.point("intake.after_insert")
    return new


def repeats(keys: Sequence[tuple[int, str]]) -> dict[tuple[int, str], tuple[UUID, str]]:
    """For (source, key) pairs that are kept: public id and body digest."""
    with connection.cursor() as cursor:
        cursor.execute(
            REPEATS,
            {
                "ws": current_workspace_id(),
                "source": [source for source, _ in keys],
                "key": [key for _, key in keys],
            },
        )
        return {(source, key): (public_id, digest) for source, key, public_id, digest in cursor.fetchall()}


def due_workspaces() -> list[int]:
    """Workspaces that have something waiting. Asked outside any workspace."""
    with connection.cursor() as cursor:
        cursor.execute(DUE_WORKSPACES)
        return [row[0] for row in cursor.fetchall()]


def claim(limit: int) -> list[ClaimedEvent]:
    """Hold up to `limit` waiting events until commit; events that another worker holds are passed over.

    Until then this transaction reads by index only.
    """
    with connection.cursor() as cursor:
        cursor.execute(BY_INDEX)
        cursor.execute(CLAIM, {"ws": current_workspace_id(), "limit": limit})
        return [_claimed(row) for row in cursor.fetchall()]


def claim_one(public_id: UUID) -> ClaimedEvent:
    """Hold one event that this transaction has just kept."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM_ONE, {"ws": current_workspace_id(), "public_id": public_id})
        return _claimed(cursor.fetchone())


def _claimed(row: tuple[Any, ...]) -> ClaimedEvent:
    event_id, source_id, rule_id, body, content_type, context, *rest = row
    context = json.loads(context) if isinstance(context, str) else context
    return ClaimedEvent(event_id, source_id, rule_id, bytes(body), content_type, context, *rest)


def finish(outcomes: Sequence[Any]) -> None:
    """Write what became of events (`applying.Outcome`)."""
    if not outcomes:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            FINISH,
            {
                "ws": current_workspace_id(),
                "id": [outcome.event_id for outcome in outcomes],
                "state": ["dead" if outcome.error else "done" for outcome in outcomes],
                "error": [outcome.error or "" for outcome in outcomes],
                "notes": json.dumps([[note.as_json() for note in outcome.notes] for outcome in outcomes]),
                "contact": [outcome.contact_id for outcome in outcomes],
                "deal": [outcome.deal_id for outcome in outcomes],
            },
        )


def postpone(failed: Sequence[tuple[int, Note]], *, most: int) -> None:
    """Try events again later, each with the note that says why; give them up after `most` attempts."""
    if not failed:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            POSTPONE,
            {
                "ws": current_workspace_id(),
                "id": [event_id for event_id, _ in failed],
                "notes": [json.dumps([note.as_json()]) for _, note in failed],
                "most": most,
            },
        )
