"""The tables of an empty database, made at once.

`first_tables.sql` holds what all migrations together say to PostgreSQL, in their order. Django needs a
quarter of a minute to find that out (it builds the models anew for every step), PostgreSQL half a second
to do it. The file is used only when it was made from the very migrations that are installed; otherwise,
and for every database that has tables, the migrations run as always (ADR 0008).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from afluente.config import statements

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

FILE = Path(__file__).with_name("first_tables.sql")
MADE_FROM = "-- Made from: "


def made_from() -> str:
    """The fingerprint of the migrations that the file was made from; empty without a file."""
    if not FILE.exists():
        return ""
    with FILE.open(encoding="utf-8") as lines:
        marks = (line.removeprefix(MADE_FROM).strip() for line in lines if line.startswith(MADE_FROM))
        return next(marks, "")


def fill(connection: BaseDatabaseWrapper, fingerprint: str) -> bool:
    """Make every table, if the database has none and the file belongs to `fingerprint`.

    All or nothing, in one transaction. Returns whether it was done.
    """
    if not statements.is_empty(connection) or made_from() != fingerprint:
        return False
    with transaction.atomic(using=connection.alias):
        statements.run_script(connection, with_roles(FILE.read_text(encoding="utf-8")))
    return True


def with_roles(script: str) -> str:
    """The script for this database, whose roles are named after it."""
    for mark, role in roles().items():
        script = script.replace(mark, role)
    return script


def roles() -> dict[str, str]:
    """What stands in the file for the name of a role, and the name."""
    return {
        '"@application@"': f'"{settings.AFLUENTE_APP_ROLE}"',
        '"@definer@"': f'"{settings.AFLUENTE_DEFINER_ROLE}"',
    }
