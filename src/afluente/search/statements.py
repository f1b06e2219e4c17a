"""SQL that the ORM cannot say, each a named constant with a thin function that runs it."""

from __future__ import annotations

from django.db import connection

from afluente.kernel.workspace import current_workspace_id

NOTE = """
INSERT INTO search_opened (workspace_id, member_id, kind, record, opened_at)
VALUES (%(ws)s, %(member)s, %(kind)s, %(record)s, clock_timestamp())
ON CONFLICT (workspace_id, member_id, kind, record) DO UPDATE SET opened_at = EXCLUDED.opened_at
"""
CAP = """
DELETE FROM search_opened WHERE workspace_id = %(ws)s AND id IN (
  SELECT id FROM search_opened WHERE workspace_id = %(ws)s AND member_id = %(member)s
   ORDER BY opened_at DESC, id DESC OFFSET %(kept)s)
"""


def note(*, member_id: int, kind: str, record: int, kept: int) -> None:
    """Put a record on top of a member's list, and drop what is beyond `kept`."""
    given: dict[str, int | str] = {
        "ws": current_workspace_id(),
        "member": member_id,
        "kind": kind,
        "record": record,
        "kept": kept,
    }
    with connection.cursor() as cursor:
        cursor.execute(NOTE, given)
        cursor.execute(CAP, given)
