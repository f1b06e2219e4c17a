"""Finding people by their addresses, and adding addresses to people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import connection

from afluente.contacts.statements.creation import columns
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.contacts.services.identity import Enrichment, Identity, Level

LOCK = "SELECT pg_advisory_xact_lock(k) FROM unnest(%s::bigint[]) AS k"

# Each key finds its contacts through its own index; of each identity only the first level counts, the
# others say whom it touches. OFFSET 0 keeps the planner to one index look-up per key: while a table is
# young and its statistics are too, it would join all addresses of the workspace instead; and for the
# same reason the deleted are left out afterwards, or an index of those present would be read whole.
FIND = """
WITH hits AS (
  SELECT w.n, CASE WHEN a.is_primary THEN 1 ELSE 2 END AS level, a.contact_id, w.key
    FROM unnest(%(e_n)s::int[], %(e_key)s::text[]) AS w (n, key),
         LATERAL (SELECT contact_id, is_primary FROM contacts_contactemail
                   WHERE workspace_id = %(ws)s AND key = w.key AND key <> '' OFFSET 0) AS a
  UNION ALL
  SELECT w.n, 3, a.contact_id, w.key
    FROM unnest(%(p_n)s::int[], %(p_key)s::text[]) AS w (n, key),
         LATERAL (SELECT contact_id FROM contacts_contactphone
                   WHERE workspace_id = %(ws)s AND e164 = w.key AND e164 <> '' OFFSET 0) AS a
  UNION ALL
  SELECT w.n, 4, a.contact_id, w.kind || ':' || w.key
    FROM unnest(%(m_n)s::int[], %(m_kind)s::text[], %(m_key)s::text[]) AS w (n, kind, key),
         LATERAL (SELECT contact_id FROM contacts_contactmessenger
                   WHERE workspace_id = %(ws)s AND kind = w.kind AND external_id = w.key
                     AND external_id <> '' OFFSET 0) AS a
), present AS (
  SELECT h.n, h.level, h.contact_id, h.key, c.name, min(h.level) OVER (PARTITION BY h.n) AS first_level
    FROM hits h,
         LATERAL (SELECT deleted_at, first_name || ' ' || last_name AS name FROM contacts_contact
                   WHERE workspace_id = %(ws)s AND id = h.contact_id OFFSET 0) AS c
   WHERE c.deleted_at IS NULL
)
SELECT n, first_level,
       array_agg(DISTINCT contact_id ORDER BY contact_id) FILTER (WHERE level = first_level),
       array_agg(DISTINCT contact_id ORDER BY contact_id),
       jsonb_agg(DISTINCT jsonb_build_array(contact_id, key, CASE WHEN level = 3 THEN name END))
         FILTER (WHERE level = first_level)
  FROM present GROUP BY n, first_level
"""
LEVELS: tuple[Level, ...] = ("primary_email", "email", "phone", "messenger")

LOCK_CONTACTS = """
SELECT id FROM contacts_contact
 WHERE workspace_id = %s AND id = ANY(%s) AND deleted_at IS NULL ORDER BY id FOR NO KEY UPDATE
"""
ENRICH = """
WITH given AS (
  SELECT * FROM ROWS FROM (unnest(%(ids)s::bigint[], %(first)s::text[], %(last)s::text[]),
                           jsonb_array_elements(%(utm)s::jsonb))
                AS g (contact_id, first, last, utm)
), named AS (
  UPDATE contacts_contact c
     SET first_name = CASE WHEN c.first_name = '' AND c.last_name = '' THEN g.first ELSE c.first_name END,
         last_name = CASE WHEN c.first_name = '' AND c.last_name = '' THEN g.last ELSE c.last_name END,
         utm_first = CASE WHEN c.utm_first = '{}' THEN g.utm ELSE c.utm_first END,
         utm_last = CASE WHEN g.utm = '{}' THEN c.utm_last ELSE g.utm END,
         updated_at = now()
    FROM given g WHERE c.workspace_id = %(ws)s AND c.id = g.contact_id
), emails AS (
  INSERT INTO contacts_contactemail (workspace_id, contact_id, email, key, is_primary)
  SELECT %(ws)s, e.contact_id, e.email, e.key,
         e.n = 1 AND NOT EXISTS (SELECT FROM contacts_contactemail o
                                  WHERE o.workspace_id = %(ws)s AND o.contact_id = e.contact_id)
    FROM unnest(%(e_id)s::bigint[], %(e_n)s::int[], %(e_email)s::text[], %(e_key)s::text[])
         AS e (contact_id, n, email, key)
   WHERE NOT EXISTS (SELECT FROM contacts_contactemail o
                      WHERE o.workspace_id = %(ws)s AND o.contact_id = e.contact_id
                        AND o.key = e.key AND e.key <> '')
   ORDER BY e.contact_id, e.n
  ON CONFLICT DO NOTHING
), phones AS (
  INSERT INTO contacts_contactphone (workspace_id, contact_id, raw, e164, is_primary)
  SELECT %(ws)s, p.contact_id, p.raw, p.e164,
         p.n = 1 AND NOT EXISTS (SELECT FROM contacts_contactphone o
                                  WHERE o.workspace_id = %(ws)s AND o.contact_id = p.contact_id)
    FROM unnest(%(p_id)s::bigint[], %(p_n)s::int[], %(p_raw)s::text[], %(p_e164)s::text[])
         AS p (contact_id, n, raw, e164)
   WHERE NOT EXISTS (SELECT FROM contacts_contactphone o
                      WHERE o.workspace_id = %(ws)s AND o.contact_id = p.contact_id
                        AND o.e164 = p.e164 AND p.e164 <> '')
   ORDER BY p.contact_id, p.n
  ON CONFLICT DO NOTHING
)
INSERT INTO contacts_contactmessenger (workspace_id, contact_id, kind, value, external_id, is_primary)
SELECT %(ws)s, m.contact_id, m.kind, m.value, m.external,
       m.n = 1 AND NOT EXISTS (SELECT FROM contacts_contactmessenger o
                                WHERE o.workspace_id = %(ws)s AND o.contact_id = m.contact_id)
  FROM unnest(%(m_id)s::bigint[], %(m_n)s::int[], %(m_kind)s::text[], %(m_value)s::text[],
              %(m_external)s::text[]) AS m (contact_id, n, kind, value, external)
 WHERE NOT EXISTS (SELECT FROM contacts_contactmessenger o
                    WHERE o.workspace_id = %(ws)s AND o.contact_id = m.contact_id AND o.kind = m.kind
                      AND o.external_id = m.external AND m.external <> '')
 ORDER BY m.contact_id, m.n
ON CONFLICT DO NOTHING
"""
POSSIBLE_DUPLICATES = """
INSERT INTO contacts_possibleduplicate
       (workspace_id, contact_id, other_id, reason, is_noted, score, reasons, created_at, decision, decided_by)
SELECT %(ws)s, greatest(p.contact_id, p.other_id), least(p.contact_id, p.other_id), p.reason, true, 0, '[]',
       now(), '', ''
  FROM unnest(%(contacts)s::bigint[], %(others)s::bigint[], %(reasons)s::text[])
       AS p (contact_id, other_id, reason)
 WHERE p.contact_id <> p.other_id
ON CONFLICT DO NOTHING
"""


def take_locks(numbers: Sequence[int]) -> None:
    """Take advisory locks in the order given, until the transaction ends."""
    if numbers:
        with connection.cursor() as cursor:
            cursor.execute(LOCK, [list(numbers)])


def lock_contacts(contact_ids: Sequence[int]) -> list[int]:
    """Lock these contacts in the order of their ids; those that are still present."""
    if not contact_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(LOCK_CONTACTS, [current_workspace_id(), list(contact_ids)])
        return [row[0] for row in cursor.fetchall()]


Hits = list[list[Any]]


def find(identities: Sequence[Identity]) -> list[tuple[int, Level, list[int], list[int], Hits]]:
    """(index of the identity, level, who fits there, who is touched at all, by what) for each that fits
    anybody. The last are [contact, key, name], the name only where a phone fits.
    """
    emails = [(n, key) for n, one in enumerate(identities) for key in one.emails]
    phones = [(n, key) for n, one in enumerate(identities) for key in one.phones]
    messengers = [(n, *pair) for n, one in enumerate(identities) for pair in one.messengers]
    if not (emails or phones or messengers):
        return []
    parameters: dict[str, Any] = {
        "ws": current_workspace_id(),
        **columns(emails, "e_n", "e_key"),
        **columns(phones, "p_n", "p_key"),
        **columns(messengers, "m_n", "m_kind", "m_key"),
    }
    with connection.cursor() as cursor:
        cursor.execute(FIND, parameters)
        return [
            (n, LEVELS[level - 1], fitting, touched, json.loads(hits) if isinstance(hits, str) else hits)
            for n, level, fitting, touched, hits in cursor.fetchall()
        ]


def enrich(enrichments: Sequence[Enrichment]) -> list[int]:
    """Apply enrichments, one per contact; the contacts' ids."""
    ids = [one.contact_id for one in enrichments]
    emails = [
        (one.contact_id, n, value.email, value.key)
        for one in enrichments
        for n, value in enumerate(one.emails, start=1)
    ]
    phones = [
        (one.contact_id, n, value.raw, value.e164)
        for one in enrichments
        for n, value in enumerate(one.phones, start=1)
    ]
    messengers = [
        (one.contact_id, n, value.kind, value.value, value.external_id)
        for one in enrichments
        for n, value in enumerate(one.messengers, start=1)
    ]
    parameters: dict[str, Any] = {
        "ws": current_workspace_id(),
        "ids": ids,
        "first": [one.first_name for one in enrichments],
        "last": [one.last_name for one in enrichments],
        "utm": json.dumps([one.utm for one in enrichments]),
        **columns(emails, "e_id", "e_n", "e_email", "e_key"),
        **columns(phones, "p_id", "p_n", "p_raw", "p_e164"),
        **columns(messengers, "m_id", "m_n", "m_kind", "m_value", "m_external"),
    }
    with connection.cursor() as cursor:
        cursor.execute(ENRICH, parameters)
    return ids


def insert_possible_duplicates(pairs: Sequence[tuple[int, int, str]]) -> None:
    """Insert (contact, other, reason) pairs that are not known yet."""
    if not pairs:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            POSSIBLE_DUPLICATES,
            {"ws": current_workspace_id(), **columns(pairs, "contacts", "others", "reasons")},
        )
