"""Letting contacts become part of others, and be themselves again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import connection

from afluente.contacts.statements.creation import columns
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.contacts.statements.merge_rows import Pair

LOCK = """
SELECT id, deleted_at IS NULL, merged_into_id FROM contacts_contact
 WHERE workspace_id = %s AND id = ANY(%s) ORDER BY id FOR UPDATE
"""
LEAVE = """
UPDATE contacts_contact AS c SET deleted_at = now(), merged_into_id = p.survivor
  FROM unnest(%(losers)s::bigint[], %(survivors)s::bigint[]) AS p (loser, survivor)
 WHERE c.workspace_id = %(ws)s AND c.id = p.loser
"""
RETURN = """
UPDATE contacts_contact SET deleted_at = NULL, merged_into_id = NULL, updated_at = now()
 WHERE workspace_id = %s AND id = ANY(%s)
"""
WRITE = """
UPDATE contacts_contact AS c
   SET first_name = g.first_name, last_name = g.last_name, location = g.location, address = g.address,
       assignee_id = g.assignee_id, source = g.source, source_ref = g.source_ref, source_name = g.source_name,
       utm_first = g.utm_first, utm_last = g.utm_last, created_at = g.created_at, updated_at = now()
  FROM jsonb_to_recordset(%(rows)s::jsonb) AS g (
       id bigint, first_name text, last_name text, location text, address text, assignee_id bigint, source text,
       source_ref bigint, source_name text, utm_first jsonb, utm_last jsonb, created_at timestamptz)
 WHERE c.workspace_id = %(ws)s AND c.id = g.id
"""
MARK_EVENTS = """
UPDATE timeline_event SET data = data || '{"is_undone": true}'
 WHERE workspace_id = %s AND id = ANY(%s) AND kind = 'contact.merged'
"""
# Through any number of merges: whom somebody is now. A circle cannot be made: the present one is in none.
FINAL = """
WITH RECURSIVE path AS (
  SELECT id AS start, id, merged_into_id FROM contacts_contact WHERE workspace_id = %(ws)s AND id = ANY(%(ids)s)
  UNION ALL
  SELECT path.start, c.id, c.merged_into_id FROM path
    JOIN contacts_contact AS c ON c.workspace_id = %(ws)s AND c.id = path.merged_into_id
)
SELECT start, id FROM path WHERE merged_into_id IS NULL AND id <> start
"""


def lock(contact_ids: Sequence[int]) -> dict[int, tuple[bool, int | None]]:
    """Hold these contacts, in the order of their numbers: by number, whether present, and merged into whom."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [current_workspace_id(), list(contact_ids)])
        return {pk: (present, into) for pk, present, into in cursor.fetchall()}


def leave(pairs: Sequence[Pair]) -> None:
    """Let the losers be part of their survivors."""
    with connection.cursor() as cursor:
        given = columns(pairs, "merges", "losers", "survivors")
        cursor.execute(
            LEAVE,
            {"ws": current_workspace_id(), "losers": given["losers"], "survivors": given["survivors"]},
        )


def return_(contact_ids: Sequence[int]) -> None:
    """Let these be contacts of their own again."""
    with connection.cursor() as cursor:
        cursor.execute(RETURN, [current_workspace_id(), list(contact_ids)])


def write(rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the columns of contacts, all of them of each."""
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(WRITE, {"ws": current_workspace_id(), "rows": json.dumps(list(rows))})


def mark_undone(event_ids: Sequence[int]) -> None:
    """Let the history say of these merges that they were taken back."""
    with connection.cursor() as cursor:
        cursor.execute(MARK_EVENTS, [current_workspace_id(), list(event_ids)])


def final(contact_ids: Sequence[int]) -> dict[int, int]:
    """Of those that became part of others: which contact they are now."""
    with connection.cursor() as cursor:
        cursor.execute(FINAL, {"ws": current_workspace_id(), "ids": list(contact_ids)})
        return dict(cursor.fetchall())
