"""Writing one column of many contacts, each its own value, in one statement; and the state of being deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

from afluente.contacts.statements.creation import columns
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_REPLACE = """
UPDATE contacts_contact AS c SET {column} = g.value, updated_at = now()
  FROM unnest(%(ids)s::bigint[], %(values)s::{kind}[]) AS g (id, value)
 WHERE c.workspace_id = %(ws)s AND c.id = g.id
"""
REPLACE = {
    name: _REPLACE.format(column=column, kind=kind)
    for name, column, kind in (
        ("assignee", "assignee_id", "bigint"),
        ("location", "location", "text"),
        ("address", "address", "text"),
        ("deleted", "deleted_at", "timestamptz"),
        ("first_name", "first_name", "text"),
        ("last_name", "last_name", "text"),
    )
}
# Deleted ones too, in the order of their numbers: as `identity.LOCK_CONTACTS`.
LOCK = """
SELECT id FROM contacts_contact WHERE workspace_id = %s AND id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
"""


def replace_column(name: str, values: Mapping[int, Any]) -> None:
    """Let each contact, held by the caller, have its value in the column `name` of REPLACE."""
    if not values:
        return
    with connection.cursor() as cursor:
        workspace: dict[str, Any] = {"ws": current_workspace_id()}
        cursor.execute(REPLACE[name], workspace | columns(list(values.items()), "ids", "values"))


def lock(contact_ids: Sequence[int]) -> list[int]:
    """Hold these contacts until the transaction ends, deleted or not; those there are."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [current_workspace_id(), list(contact_ids)])
        return [row[0] for row in cursor.fetchall()]
