"""Copies of the migrated database, one for each test process."""

from __future__ import annotations

import time

import psycopg
from django.db import connections
from psycopg import sql


def _owner(database: str) -> psycopg.Connection[tuple[object, ...]]:
    settings = connections["owner"].settings_dict
    return psycopg.connect(
        dbname=database,
        user=settings["USER"],
        password=settings["PASSWORD"],
        host=settings["HOST"] or None,
        port=settings["PORT"] or None,
        autocommit=True,
        **settings["OPTIONS"],
    )


def template_name() -> str:
    """The database that `prepare_database` migrated."""
    return str(connections["owner"].settings_dict["NAME"])


def copy_database(name: str) -> None:
    """Make database `name` as a copy of the migrated one."""
    source = template_name()
    with _owner("postgres") as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(source))
        )


def make_database(name: str) -> None:
    """Make database `name` without any table."""
    with _owner("postgres") as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))


def drop_database(name: str) -> None:
    """Remove a copy, whoever is still connected."""
    with _owner("postgres") as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


TRIES = 5
# What migrations wrote and the tests rely on.
_KEPT = ("django_migrations", "django_content_type", "auth_permission")
_FILLED_TABLES = """
SELECT c.relname FROM pg_class c
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND pg_relation_size(c.oid) > 0
   AND c.relname <> ALL(%s)
"""


def empty_database() -> None:
    """Remove every row that a test committed.

    Django's flush would run as the application role, which may not truncate. Programs started by
    the test may hold a row for a moment: we wait for them, and say so when it is more than that. When one of
    them waits for us in turn, the database ends one of both: then we begin anew.
    """
    for attempt in range(TRIES):
        try:
            _empty()
        except psycopg.errors.DeadlockDetected:
            if attempt == TRIES - 1:
                raise
            time.sleep(0.2)
        else:
            return


def _empty() -> None:
    with _owner(template_name()) as connection:
        connection.execute("SET lock_timeout = '10s'")
        tables = [str(name) for (name,) in connection.execute(_FILLED_TABLES, [list(_KEPT)])]
        if tables:
            names = sql.SQL(", ").join(map(sql.Identifier, tables))
            connection.execute(sql.SQL("TRUNCATE {} CASCADE").format(names))
