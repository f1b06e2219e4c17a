"""SQL that the ORM cannot say."""

from __future__ import annotations

from django.db import connection

# Every page asks: the three statements are one round trip.
MEMBER_WORKSPACES = """
SELECT set_config('app.user', %(user)s::text, true);
SELECT w.id, w.name FROM accounts_membership AS m JOIN accounts_workspace AS w ON w.id = m.workspace_id
WHERE m.user_id = %(user)s AND m.is_active ORDER BY w.id;
SELECT set_config('app.user', '', true)
"""


def member_workspaces(user_id: int) -> list[tuple[int, str]]:
    """Number and name of the workspaces in which a person is an active member, oldest first.

    Needs no workspace scope, but a transaction: the policies of workspace and membership also show a
    person their own rows, told by the setting `app.user` until the last statement takes it back.
    """
    with connection.cursor() as cursor:
        cursor.execute(MEMBER_WORKSPACES, {"user": user_id})
        cursor.nextset()
        return [(row[0], row[1]) for row in cursor.fetchall()]


NEXT_WORKSPACE = "SELECT nextval(pg_get_serial_sequence('accounts_workspace', 'id'))"


def next_workspace_id() -> int:
    """A number for a workspace about to be made: its scope must be open before its row is written."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT_WORKSPACE)
        return int(cursor.fetchone()[0])


LOCK_FIRST_RUN = "SELECT pg_advisory_xact_lock(hashtextextended('afluente first run', 0))"


def lock_first_run() -> None:
    """Let one transaction at a time decide whether this installation is new."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK_FIRST_RUN)


SWEEP_SESSIONS = """
DELETE FROM django_session WHERE expire_date < now();
DELETE FROM usersessions_usersession u
 WHERE NOT EXISTS (SELECT FROM django_session s WHERE s.session_key = u.session_key)
"""


def sweep_sessions() -> None:
    """Remove sessions that are over, and what is known about where they were."""
    with connection.cursor() as cursor:
        cursor.execute(SWEEP_SESSIONS)
