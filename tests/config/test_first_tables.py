"""The tables of an empty database: the file says what the migrations say, and is used only there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db import connections

from afluente.config import first_tables, prepare, statements
from tests.databases import drop_database, make_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper

ROOT = Path(__file__).resolve().parents[2]


pytestmark = pytest.mark.django_db(databases=["default", "owner"])


@pytest.fixture
def empty() -> Iterator[BaseDatabaseWrapper]:
    """The owner's connection to a database without tables."""
    name = f"{connections['owner'].settings_dict['NAME']}_empty"
    make_database(name)
    connection = connections["owner"].copy()
    connection.settings_dict = connection.settings_dict | {"NAME": name}
    yield connection
    connection.close()
    drop_database(name)


def tables(connection: BaseDatabaseWrapper) -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.table_names(cursor))


def test_the_file_is_what_the_migrations_say():
    """They run here on a database of their own: when this fails, run scripts/first_tables.py."""
    checked = subprocess.run(
        [sys.executable, "scripts/first_tables.py", "--check"],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_this_database_was_made_from_the_file():
    assert first_tables.made_from() == prepare.migration_fingerprint()
    assert statements.applied_fingerprint(connections["owner"]) == first_tables.made_from()


def test_a_file_made_from_other_migrations_is_not_used(empty):
    assert statements.is_empty(empty)
    assert not first_tables.fill(empty, "afluente of another day")
    assert tables(empty) == set()


def test_a_database_with_tables_is_left_to_the_migrations():
    assert not statements.is_empty(connections["owner"])
    assert not first_tables.fill(connections["owner"], prepare.migration_fingerprint())


def test_the_roles_are_those_of_this_database():
    script = first_tables.with_roles(first_tables.FILE.read_text())

    assert re.findall(r"@\w+@", script) == []
    assert all(role in script for role in first_tables.roles().values())
