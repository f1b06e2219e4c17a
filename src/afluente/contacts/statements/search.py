"""Writing and asking the search index of contacts (ADR 0050)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from afluente.kernel.workspace import current_workspace_id

# The values are collected for all contacts at once; `contacts_words` (migration 0003) folds them.
INDEX = """
INSERT INTO contacts_contactsearch AS present (workspace_id, id, words, digits)
SELECT c.workspace_id, c.id,
       contacts_words(c.workspace_id, c.first_name || ' ' || c.last_name,
                      COALESCE(e.found, '{}'), COALESCE(m.found, '{}'), COALESCE(p.found, '{}'),
                      c.assignee_id, c.source),
       array_to_string(COALESCE(p.found, '{}'), ' ')
  FROM contacts_contact c
  LEFT JOIN (SELECT contact_id, array_agg(email::text) AS found FROM contacts_contactemail
              WHERE workspace_id = %(ws)s AND contact_id = ANY(%(ids)s) GROUP BY 1) e ON e.contact_id = c.id
  LEFT JOIN (SELECT contact_id, array_agg(value::text) AS found FROM contacts_contactmessenger
              WHERE workspace_id = %(ws)s AND contact_id = ANY(%(ids)s) GROUP BY 1) m ON m.contact_id = c.id
  LEFT JOIN (SELECT contact_id, array_agg(contacts_digits(raw, e164)) AS found FROM contacts_contactphone
              WHERE workspace_id = %(ws)s AND contact_id = ANY(%(ids)s) GROUP BY 1) p ON p.contact_id = c.id
 WHERE c.workspace_id = %(ws)s AND c.id = ANY(%(ids)s) AND c.deleted_at IS NULL
    ON CONFLICT (workspace_id, id) DO UPDATE SET words = EXCLUDED.words, digits = EXCLUDED.digits
 WHERE (present.words, present.digits) IS DISTINCT FROM (EXCLUDED.words, EXCLUDED.digits)
"""

FORGET = "DELETE FROM contacts_contactsearch WHERE workspace_id = %s AND id = ANY(%s)"

FIND = "SELECT contacts_find(%s::tsquery, %s, %s::tsquery, %s, %s)"


@dataclass(frozen=True)
class Query:
    """A search in the words of the index: a tsquery, and one run of digits to be found in a number.

    `fragment_words` is the tsquery under which the digits may also stand in a name or an address.
    """

    words: str
    fragment: str = ""
    fragment_words: str = ""


def index_contacts(contact_ids: Sequence[int]) -> None:
    """Make these contacts findable as they are now: one statement, in the caller's transaction."""
    if not contact_ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(INDEX, {"ws": current_workspace_id(), "ids": list(contact_ids)})


def forget_contacts(contact_ids: Sequence[int]) -> None:
    """Take deleted contacts out of the index."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [current_workspace_id(), list(contact_ids)])


def find(query: Query, *, limit: int, before_id: int | None = None) -> list[int]:
    """Up to `limit` contacts that match, newest first, below `before_id`.

    Knows the workspace and nothing of rights: pass the ids through `policies.visible_to`.
    """
    with connection.cursor() as cursor:
        cursor.execute(FIND, [query.words, query.fragment, query.fragment_words, before_id, limit])
        return [row[0] for row in cursor.fetchall()]
