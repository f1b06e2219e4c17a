"""Changing many contacts, each in its own way, and taking such changes back: one statement for each kind."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import connection

from afluente.contacts.statements.creation import columns
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# What is given counts, also when it is empty; what is missing stays.
DETAILS = """
UPDATE contacts_contact AS c
   SET first_name = COALESCE(g.d ->> 'first_name', c.first_name),
       last_name = COALESCE(g.d ->> 'last_name', c.last_name),
       location = COALESCE(g.d ->> 'location', c.location),
       address = COALESCE(g.d ->> 'address', c.address),
       created_at = COALESCE((g.d ->> 'created_at')::timestamptz, c.created_at),
       assignee_id = CASE WHEN g.d ? 'assignee_id' THEN (g.d ->> 'assignee_id')::bigint ELSE c.assignee_id END,
       updated_at = now()
  FROM ROWS FROM (unnest(%(ids)s::bigint[]), jsonb_array_elements(%(details)s::jsonb)) AS g (id, d)
 WHERE c.workspace_id = %(ws)s AND c.id = g.id
"""
CALLED = """
SELECT sort_name, min(id) FROM contacts_company
 WHERE workspace_id = %(ws)s AND deleted_at IS NULL AND sort_name = ANY(%(names)s) GROUP BY sort_name
"""
LINK = """
INSERT INTO contacts_companycontact (workspace_id, company_id, contact_id, position, created_at)
SELECT %(ws)s, g.company, g.contact, g.position, now()
  FROM unnest(%(companies)s::bigint[], %(contacts)s::bigint[], %(positions)s::text[])
       WITH ORDINALITY AS g (company, contact, position, n)
 ORDER BY g.n
ON CONFLICT DO NOTHING RETURNING contact_id, company_id
"""
UNLINK = """
DELETE FROM contacts_companycontact AS l
 USING unnest(%(contacts)s::bigint[], %(companies)s::bigint[]) AS g (contact, company)
 WHERE l.workspace_id = %(ws)s AND l.contact_id = g.contact AND l.company_id = g.company
"""
# The next one becomes the main one, or there would be none.
FORGET = {
    name: f"""
WITH gone AS (
  DELETE FROM contacts_contact{name} AS a USING unnest(%(contacts)s::bigint[], %(words)s::text[]) AS g (contact, word)
   WHERE a.workspace_id = %(ws)s AND a.contact_id = g.contact AND a.{column} = g.word
  RETURNING a.id, a.contact_id, a.is_primary
)
SELECT contact_id FROM gone WHERE is_primary
"""
    for name, column in (("email", "email"), ("phone", "raw"), ("messenger", "value"))
}
PROMOTE = {
    name: f"""
UPDATE contacts_contact{name} SET is_primary = true WHERE workspace_id = %(ws)s AND id IN (
  SELECT min(id) FROM contacts_contact{name} WHERE workspace_id = %(ws)s AND contact_id = ANY(%(contacts)s)
   GROUP BY contact_id HAVING NOT bool_or(is_primary))
"""
    for name in ("email", "phone", "messenger")
}


def change_details(wanted: Mapping[int, Mapping[str, Any]]) -> None:
    """Set names, place, assignee and date of contacts: of each only what is named."""
    if wanted:
        _run(DETAILS, {"ids": list(wanted), "details": json.dumps([dict(one) for one in wanted.values()])})


def companies_called(names: Sequence[str]) -> dict[str, int]:
    """By folded name the oldest company that is called so; of those that there are."""
    return dict(_run(CALLED, {"names": list(names)})) if names else {}


def link_companies(rows: Sequence[tuple[int, int, str]]) -> list[tuple[int, int]]:
    """Put contacts into companies, (company, contact, position) each; the new (contact, company) pairs."""
    if not rows:
        return []
    return [(row[0], row[1]) for row in _run(LINK, columns(rows, "companies", "contacts", "positions"))]


def unlink_companies(pairs: Sequence[tuple[int, int]]) -> None:
    """Take contacts out of companies: (contact, company) pairs."""
    if pairs:
        _run(UNLINK, columns(pairs, "contacts", "companies"))


def forget_addresses(name: str, pairs: Sequence[tuple[int, str]]) -> None:
    """Take (contact, text as written) addresses away: of kind email, phone or messenger."""
    if pairs:
        orphans = [row[0] for row in _run(FORGET[name], columns(pairs, "contacts", "words"))]
        if orphans:
            _run(PROMOTE[name], {"contacts": orphans})


def _run(statement: str, values: Mapping[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"ws": current_workspace_id(), **values})
        return cursor.fetchall() if cursor.description else []
