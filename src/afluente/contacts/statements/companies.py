"""Putting contacts into companies and taking them out, many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

from afluente.contacts.statements.creation import columns
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Row = tuple[int, list[str], str]

# Of a contact, the names of its companies before the statement: what a statement writes it does not see.
_TOLD = """
, touched AS (
  UPDATE contacts_contact SET updated_at = now()
   WHERE workspace_id = %(ws)s AND id IN (SELECT contact_id FROM changed)
)
SELECT c.contact_id,
       COALESCE((SELECT array_agg(o.name ORDER BY l.id)
                   FROM contacts_companycontact l
                   JOIN contacts_company o ON o.workspace_id = %(ws)s AND o.id = l.company_id
                                          AND o.deleted_at IS NULL
                  WHERE l.workspace_id = %(ws)s AND l.contact_id = c.contact_id), '{}'),
       c.position
  FROM changed c ORDER BY c.contact_id
"""
LINK = f"""
WITH changed AS (
  INSERT INTO contacts_companycontact (workspace_id, company_id, contact_id, position, created_at)
  SELECT %(ws)s, %(company)s, id, %(position)s, now() FROM unnest(%(contacts)s::bigint[]) AS id ORDER BY id
  ON CONFLICT DO NOTHING RETURNING contact_id, position
){_TOLD}
"""
UNLINK = f"""
WITH changed AS (
  DELETE FROM contacts_companycontact
   WHERE workspace_id = %(ws)s AND company_id = %(company)s AND contact_id = ANY(%(contacts)s)
  RETURNING contact_id, position
){_TOLD}
"""

# Of several contacts of one company, what each is there.
REPOSITION = """
UPDATE contacts_companycontact AS l SET position = g.position
  FROM unnest(%(contacts)s::bigint[], %(positions)s::text[]) AS g (contact, position)
 WHERE l.workspace_id = %(ws)s AND l.company_id = %(company)s AND l.contact_id = g.contact
"""

HOLD = """
SELECT id FROM contacts_company WHERE workspace_id = %s AND id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
"""
GIVE = """
UPDATE contacts_company AS c SET assignee_id = g.value, updated_at = now()
  FROM unnest(%(ids)s::bigint[], %(values)s::bigint[]) AS g (id, value)
 WHERE c.workspace_id = %(ws)s AND c.id = g.id
"""


def link(company_id: int, contact_ids: Sequence[int], position: str) -> list[Row]:
    """Put contacts (locked by the caller) into a company.

    For each that was not in it: its id, the names of the companies it was in, its position now.
    """
    return _run(LINK, company_id, contact_ids, position)


def unlink(company_id: int, contact_ids: Sequence[int]) -> list[Row]:
    """Take contacts out of a company; as `link`, with the position they had."""
    return _run(UNLINK, company_id, contact_ids, "")


def reposition(company_id: int, positions: Mapping[int, str]) -> None:
    """Say what these contacts (locked by the caller) are in a company."""
    if positions:
        values: dict[str, Any] = {"ws": current_workspace_id(), "company": company_id}
        with connection.cursor() as cursor:
            cursor.execute(REPOSITION, values | columns(list(positions.items()), "contacts", "positions"))


def _run(statement: str, company_id: int, contact_ids: Sequence[int], position: str) -> list[Row]:
    if not contact_ids:
        return []
    values: dict[str, Any] = {
        "ws": current_workspace_id(),
        "company": company_id,
        "contacts": list(contact_ids),
        "position": position,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[Row] = cursor.fetchall()
        return found


def hold(company_ids: Sequence[int]) -> list[int]:
    """Hold these companies until the transaction ends, deleted or not; those there are."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [current_workspace_id(), list(company_ids)])
        return [row[0] for row in cursor.fetchall()]


def give(*, ids: Sequence[int], assignees: Sequence[int | None]) -> None:
    """Let each company, held by the caller, have its responsible member, or none."""
    if ids:
        told: dict[str, Any] = {
            "ws": current_workspace_id(),
            "ids": list(ids),
            "values": list(assignees),
        }
        with connection.cursor() as cursor:
            cursor.execute(GIVE, told)
