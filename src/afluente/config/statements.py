"""The SQL of start-up: which migrations the database has seen, and who may apply them now."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

# Any constant does, as long as every version of Afluente uses the same.
MIGRATION_LOCK = 4_202_611

IS_EMPTY = "SELECT to_regclass('django_migrations') IS NULL"
APPLIED = "SELECT obj_description(to_regclass('django_migrations'), 'pg_class')"
REMEMBER = "COMMENT ON TABLE django_migrations IS {}"
LOCK = "SELECT pg_advisory_lock(%s)"
UNLOCK = "SELECT pg_advisory_unlock(%s)"


def is_empty(connection: BaseDatabaseWrapper) -> bool:
    """Whether no migration ever ran there."""
    with connection.cursor() as cursor:
        cursor.execute(IS_EMPTY)
        return bool(cursor.fetchone()[0])


def run_script(connection: BaseDatabaseWrapper, script: str) -> None:
    """Everything that the script says, in the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(script)


def applied_fingerprint(connection: BaseDatabaseWrapper) -> str:
    """The fingerprint of the migrations last applied; empty on a new database."""
    with connection.cursor() as cursor:
        cursor.execute(APPLIED)
        row = cursor.fetchone()
    return str(row[0] or "") if row else ""


def remember_fingerprint(connection: BaseDatabaseWrapper, fingerprint: str) -> None:
    """Keep `fingerprint` with the table it describes, so that a restored backup carries its own."""
    from psycopg import sql

    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(REMEMBER).format(sql.Literal(fingerprint)))


def lock_migrations(connection: BaseDatabaseWrapper) -> None:
    """Wait until no other machine migrates; held until `unlock_migrations` or disconnection."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [MIGRATION_LOCK])


def unlock_migrations(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        cursor.execute(UNLOCK, [MIGRATION_LOCK])


# For `/metrics`.
INTAKE_COUNTS = "SELECT waiting, dead FROM intake_counts()"


def intake_counts(connection: BaseDatabaseWrapper) -> tuple[int, int]:
    """How many raw events wait and how many failed, over all workspaces."""
    with connection.cursor() as cursor:
        cursor.execute(INTAKE_COUNTS)
        waiting, dead = cursor.fetchone()
    return int(waiting), int(dead)
