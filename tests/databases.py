"""Copies of the migrated database, one for each test process."""

from __future__ import annotations

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


def drop_database(name: str) -> None:
    """Remove a copy, whoever is still connected."""
    with _owner("postgres") as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
