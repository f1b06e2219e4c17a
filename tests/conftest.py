"""Each test process has its own copy of the migrated database."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """Give this worker a copy of the migrated database, under both roles."""
    from django.db import connections  # noqa: PLC0415  after the settings are loaded

    from tests.databases import copy_database, drop_database  # noqa: PLC0415

    name = f"{connections['owner'].settings_dict['NAME']}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    copy_database(name)
    for alias in ("default", "owner"):
        connections[alias].settings_dict["NAME"] = name
    yield
    with django_db_blocker.unblock():
        connections.close_all()
    drop_database(name)
