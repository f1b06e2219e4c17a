"""Each test process has its own copy of the migrated database."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import TransactionTestCase

from tests.databases import copy_database, drop_database, empty_database
from tests.serving import served, server

__all__ = ["committed_db", "django_db_setup", "served", "server"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """Give this worker a copy of the migrated database, under both roles."""
    from django.db import connections

    name = f"{connections['owner'].settings_dict['NAME']}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    copy_database(name)
    for alias in ("default", "owner"):
        connections[alias].settings_dict["NAME"] = name
    # What `django_db(transaction=True)` does at the end; Django's own way needs the right to truncate.
    TransactionTestCase._fixture_teardown = lambda self: empty_database()  # type: ignore[method-assign]
    yield
    with django_db_blocker.unblock():
        connections.close_all()
    drop_database(name)


@pytest.fixture
def committed_db(transactional_db: None) -> None:
    """A database in which the test's transactions are committed, emptied when it ends.

    The same as `@pytest.mark.django_db(transaction=True)`. Other threads and processes see the rows.
    """
