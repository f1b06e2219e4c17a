"""Putting tags on many contacts at once, taking them off, and joining two tags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

from afluente.contacts.statements.creation import columns
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Sequence

Row = tuple[int, list[int], list[str]]

# Of a contact, the names of its tags before the statement: what a statement writes it does not see.
_BEFORE = """
       COALESCE((SELECT array_agg(t.name ORDER BY lower(t.name), t.id)
                   FROM contacts_contacttag l JOIN contacts_tag t ON t.workspace_id = %(ws)s AND t.id = l.tag_id
                  WHERE l.workspace_id = %(ws)s AND l.contact_id = c.contact_id), '{}')
"""
_TOLD = f"""
, touched AS (
  UPDATE contacts_contact SET updated_at = now()
   WHERE workspace_id = %(ws)s AND id IN (SELECT contact_id FROM changed)
)
SELECT c.contact_id, array_agg(c.tag_id ORDER BY c.tag_id), {_BEFORE}
  FROM changed c GROUP BY c.contact_id ORDER BY c.contact_id
"""
ATTACH = f"""
WITH changed AS (
  INSERT INTO contacts_contacttag (workspace_id, contact_id, tag_id)
  SELECT %(ws)s, p.contact_id, p.tag_id
    FROM unnest(%(contacts)s::bigint[], %(tags)s::bigint[]) AS p (contact_id, tag_id)
    JOIN contacts_tag t ON t.workspace_id = %(ws)s AND t.id = p.tag_id
   WHERE p.contact_id = ANY(%(held)s)
   ORDER BY p.contact_id, p.tag_id
  ON CONFLICT DO NOTHING RETURNING contact_id, tag_id
){_TOLD}
"""
DETACH = f"""
WITH changed AS (
  DELETE FROM contacts_contacttag l
   USING unnest(%(contacts)s::bigint[], %(tags)s::bigint[]) AS p (contact_id, tag_id)
   WHERE l.workspace_id = %(ws)s AND l.contact_id = p.contact_id AND l.tag_id = p.tag_id
     AND p.contact_id = ANY(%(held)s)
  RETURNING l.contact_id, l.tag_id
){_TOLD}
"""
MAKE = """
INSERT INTO contacts_tag (workspace_id, name, color, created_at)
SELECT %(ws)s, g.name, g.color, now() FROM unnest(%(names)s::text[], %(colors)s::int[]) AS g (name, color)
 ORDER BY lower(g.name)
ON CONFLICT DO NOTHING RETURNING id
"""
NAMED = """
SELECT id FROM contacts_tag
 WHERE workspace_id = %s AND lower(name) IN (SELECT lower(n) FROM unnest(%s::text[]) AS n) ORDER BY id
"""
# Contacts that have both keep one; ON CONFLICT cannot be said of an UPDATE.
MOVE = """
WITH gone AS (
  DELETE FROM contacts_contacttag WHERE workspace_id = %(ws)s AND tag_id = %(tag)s RETURNING contact_id
), moved AS (
  INSERT INTO contacts_contacttag (workspace_id, contact_id, tag_id)
  SELECT %(ws)s, contact_id, %(into)s FROM gone WHERE %(into)s::bigint IS NOT NULL ORDER BY contact_id
  ON CONFLICT DO NOTHING
)
SELECT contact_id FROM gone ORDER BY contact_id
"""


def attach(pairs: Sequence[tuple[int, int]], *, held: Sequence[int]) -> list[Row]:
    """Give (contact, tag) pairs that are new; only to the contacts `held` (locked by the caller).

    For each contact that changed: its id, the tags that came, the names of those it had before.
    """
    return _run(ATTACH, pairs, held)


def detach(pairs: Sequence[tuple[int, int]], *, held: Sequence[int]) -> list[Row]:
    """Take (contact, tag) pairs away; as `attach`, with the tags that went."""
    return _run(DETACH, pairs, held)


def make_tags(names: Sequence[str], colors: Sequence[int]) -> list[int]:
    """Make tags of these names; the ids of those that were not there."""
    with connection.cursor() as cursor:
        cursor.execute(MAKE, {"ws": current_workspace_id(), "names": list(names), "colors": list(colors)})
        return [row[0] for row in cursor.fetchall()]


def named(names: Sequence[str]) -> list[int]:
    """Ids of the tags called one of these names, in whatever case."""
    with connection.cursor() as cursor:
        cursor.execute(NAMED, [current_workspace_id(), list(names)])
        return [row[0] for row in cursor.fetchall()]


def move_links(tag_id: int, *, into_id: int | None) -> list[int]:
    """Take a tag off everybody and, unless `into_id` is None, give them that one; who had it."""
    with connection.cursor() as cursor:
        cursor.execute(MOVE, {"ws": current_workspace_id(), "tag": tag_id, "into": into_id})
        return [row[0] for row in cursor.fetchall()]


def _run(statement: str, pairs: Sequence[tuple[int, int]], held: Sequence[int]) -> list[Row]:
    if not pairs or not held:
        return []
    values: dict[str, Any] = {
        "ws": current_workspace_id(),
        "held": list(held),
        **columns(pairs, "contacts", "tags"),
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[Row] = cursor.fetchall()
        return found
