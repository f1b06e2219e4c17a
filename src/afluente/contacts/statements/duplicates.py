"""Looking for contacts that may be one person: by shared keys, in sets, never all pairs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import connection

from afluente.contacts.statements.creation import columns
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

Found = tuple[int, int, int, str]  # younger, older, score, reasons as JSON

DUE_WORKSPACES = "SELECT contacts_due_workspaces()"
TRY = "SELECT pg_try_advisory_xact_lock(%s, %s)"
LOCK_SPACE = 7_201_144  # of two-part advisory locks: one looks for doubles in a workspace at a time
TAKE = "SELECT id, contact_id FROM contacts_duplicatedue WHERE workspace_id = %s ORDER BY id LIMIT %s"
DONE = "DELETE FROM contacts_duplicatedue WHERE workspace_id = %s AND id = ANY(%s)"
# Each trait through the contact's own index; an empty list where there is nothing.
TRAITS = """
SELECT w.id, btrim(c.first_name || ' ' || c.last_name), af_norm(c.location), btrim(c.location),
       ARRAY(SELECT key FROM contacts_contactemail
              WHERE workspace_id = %(ws)s AND contact_id = w.id AND key <> ''),
       ARRAY(SELECT CASE WHEN e164 = '' THEN regexp_replace(raw, '[^0-9]', '', 'g') ELSE e164 END
               FROM contacts_contactphone WHERE workspace_id = %(ws)s AND contact_id = w.id),
       ARRAY(SELECT company_id FROM contacts_companycontact
              WHERE workspace_id = %(ws)s AND contact_id = w.id),
       ARRAY(SELECT text FROM contacts_contactvalue
              WHERE workspace_id = %(ws)s AND contact_id = w.id AND field_id = ANY(%(fields)s)
                AND text IS NOT NULL)
  FROM unnest(%(ids)s::bigint[]) AS w (id),
       LATERAL (SELECT * FROM contacts_contact WHERE workspace_id = %(ws)s AND id = w.id OFFSET 0) AS c
 WHERE c.deleted_at IS NULL
"""
FORGET_KEYS = """
DELETE FROM contacts_duplicatekey AS k
 WHERE k.workspace_id = %(ws)s AND k.contact_id = ANY(%(ids)s)
   AND NOT EXISTS (SELECT FROM unnest(%(contacts)s::bigint[], %(keys)s::bigint[]) AS g (contact_id, key)
                    WHERE g.contact_id = k.contact_id AND g.key = k.key)
"""
WRITE_KEYS = """
INSERT INTO contacts_duplicatekey (workspace_id, contact_id, key)
SELECT %(ws)s, g.* FROM unnest(%(contacts)s::bigint[], %(keys)s::bigint[]) AS g (contact_id, key)
    ON CONFLICT DO NOTHING
"""
# One more than `most` is looked up, to tell a key that too many share: the number of a switchboard, the
# commonest name of a big city. Those say nothing about two of them.
SHARING = """
SELECT DISTINCT greatest(g.contact_id, o.contact_id), least(g.contact_id, o.contact_id)
  FROM unnest(%(contacts)s::bigint[], %(keys)s::bigint[]) AS g (contact_id, key),
       LATERAL (SELECT array_agg(x.contact_id) AS ids
                  FROM (SELECT contact_id FROM contacts_duplicatekey
                         WHERE workspace_id = %(ws)s AND key = g.key LIMIT %(most)s + 1) AS x) AS near,
       LATERAL unnest(near.ids) AS o (contact_id)
 WHERE cardinality(near.ids) <= %(most)s AND o.contact_id <> g.contact_id
"""
SAY = """
INSERT INTO contacts_possibleduplicate AS d
       (workspace_id, contact_id, other_id, reason, is_noted, score, reasons, created_at, decision, decided_by)
SELECT %(ws)s, g.contact_id, g.other_id, g.reasons -> 0 ->> 0, false, g.score, g.reasons, now(), '', ''
  FROM unnest(%(contacts)s::bigint[], %(others)s::bigint[], %(scores)s::int[], %(reasons)s::jsonb[])
       AS g (contact_id, other_id, score, reasons)
    ON CONFLICT (workspace_id, contact_id, other_id) DO UPDATE
   SET score = EXCLUDED.score, reasons = EXCLUDED.reasons
 WHERE d.resolved_at IS NULL AND (d.score, d.reasons) IS DISTINCT FROM (EXCLUDED.score, EXCLUDED.reasons)
"""
# What these contacts were suggested for and are no longer. What was noted is asked about apart.
UNSAY = """
WITH known AS (
  SELECT id, contact_id, other_id FROM contacts_possibleduplicate
   WHERE workspace_id = %(ws)s AND contact_id = ANY(%(ids)s) AND resolved_at IS NULL AND NOT is_noted
   UNION
  SELECT id, contact_id, other_id FROM contacts_possibleduplicate
   WHERE workspace_id = %(ws)s AND other_id = ANY(%(ids)s) AND resolved_at IS NULL AND NOT is_noted
)
DELETE FROM contacts_possibleduplicate AS d USING known AS k
 WHERE d.workspace_id = %(ws)s AND d.id = k.id
   AND NOT EXISTS (SELECT FROM unnest(%(contacts)s::bigint[], %(others)s::bigint[]) AS g (contact_id, other_id)
                    WHERE g.contact_id = k.contact_id AND g.other_id = k.other_id)
"""
# Pairs to be judged again although they share no key: what people noted.
NOTED = """
SELECT contact_id, other_id, reason FROM contacts_possibleduplicate
 WHERE workspace_id = %(ws)s AND resolved_at IS NULL AND is_noted
   AND (contact_id = ANY(%(ids)s) OR other_id = ANY(%(ids)s))
"""
FORGET_NOTED = """
DELETE FROM contacts_possibleduplicate AS d
 USING unnest(%(contacts)s::bigint[], %(others)s::bigint[]) AS g (contact_id, other_id)
 WHERE d.workspace_id = %(ws)s AND d.contact_id = g.contact_id AND d.other_id = g.other_id
   AND d.resolved_at IS NULL AND d.is_noted
"""


def due_workspaces() -> list[int]:
    """Workspaces with contacts to be looked at. Needs no scope."""
    with connection.cursor() as cursor:
        cursor.execute(DUE_WORKSPACES)
        return [row[0] for row in cursor.fetchall()]


def hold_queue() -> bool:
    """Whether this transaction is the one that looks now; False when another one does."""
    with connection.cursor() as cursor:
        cursor.execute(TRY, [LOCK_SPACE, current_workspace_id() % 2**31])
        return bool(cursor.fetchone()[0])


def take(limit: int) -> tuple[list[int], list[int]]:
    """Places in the queue, and the contacts that wait there, each once."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [current_workspace_id(), limit])
        rows = cursor.fetchall()
    return [row[0] for row in rows], sorted({row[1] for row in rows})


def done(places: Sequence[int]) -> None:
    """Take these places out of the queue."""
    with connection.cursor() as cursor:
        cursor.execute(DONE, [current_workspace_id(), list(places)])


def traits(contact_ids: Collection[int], tax_fields: Sequence[int]) -> list[tuple[Any, ...]]:
    """Of present contacts: number, name, place folded and as written, e-mail keys, numbers, companies, texts of the fields."""
    if not contact_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            TRAITS, {"ws": current_workspace_id(), "ids": list(contact_ids), "fields": list(tax_fields)}
        )
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def replace_keys(contact_ids: Sequence[int], pairs: Sequence[tuple[int, int]]) -> None:
    """Let these contacts have exactly these (contact, key) pairs."""
    values: dict[str, Any] = {"ws": current_workspace_id(), "ids": list(contact_ids)}
    values |= columns(pairs, "contacts", "keys")
    with connection.cursor() as cursor:
        cursor.execute(FORGET_KEYS, values)
        if pairs:
            cursor.execute(WRITE_KEYS, values)


def sharing(pairs: Sequence[tuple[int, int]], *, most: int) -> list[tuple[int, int]]:
    """Pairs of contacts, the younger first, that share a key which at most `most` have."""
    if not pairs:
        return []
    values: dict[str, Any] = {"ws": current_workspace_id(), "most": most}
    values |= columns(pairs, "contacts", "keys")
    with connection.cursor() as cursor:
        cursor.execute(SHARING, values)
        return [(younger, older) for younger, older in cursor.fetchall()]


def noted(contact_ids: Sequence[int]) -> dict[tuple[int, int], str]:
    """Open pairs with one of these contacts that somebody noted, and why."""
    with connection.cursor() as cursor:
        cursor.execute(NOTED, {"ws": current_workspace_id(), "ids": list(contact_ids)})
        return {(younger, older): reason for younger, older, reason in cursor.fetchall()}


def forget_noted(pairs: Sequence[tuple[int, int]]) -> None:
    """Ask nobody about these pairs any more; what was decided stays decided."""
    if not pairs:
        return
    with connection.cursor() as cursor:
        cursor.execute(FORGET_NOTED, {"ws": current_workspace_id(), **columns(pairs, "contacts", "others")})


def say(contact_ids: Sequence[int], found: Sequence[Found]) -> None:
    """Let exactly these pairs be suggested of these contacts; what was decided stays decided."""
    values: dict[str, Any] = {"ws": current_workspace_id(), "ids": list(contact_ids)}
    values |= columns(found, "contacts", "others", "scores", "reasons")
    with connection.cursor() as cursor:
        cursor.execute(UNSAY, values)
        if found:
            cursor.execute(SAY, values)


def as_json(reasons: Sequence[tuple[str, str]]) -> str:
    return json.dumps([list(pair) for pair in reasons], ensure_ascii=False)
