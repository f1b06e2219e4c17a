"""SQL that the ORM cannot say."""

from __future__ import annotations

from django.db import connection

MEMBER_WORKSPACES = "SELECT workspace_id FROM accounts_membership WHERE user_id = %s AND is_active"


def member_workspace_ids(user_id: int) -> list[int]:
    """Workspaces in which a person is an active member.

    Asked outside any workspace; the setting `app.user` must name the person.
    """
    with connection.cursor() as cursor:
        cursor.execute(MEMBER_WORKSPACES, [user_id])
        return [row[0] for row in cursor.fetchall()]


NEXT_WORKSPACE = "SELECT nextval(pg_get_serial_sequence('accounts_workspace', 'id'))"


def next_workspace_id() -> int:
    """A number for a workspace about to be made: its scope must be open before its row is written."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT_WORKSPACE)
        return int(cursor.fetchone()[0])
