"""The database the product serves from: ours in most runs, Debian's PostgreSQL 15 in the smoke."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connections

from afluente.config import prepare, statements
from afluente.kernel.postgres import check_database

pytestmark = [pytest.mark.smoke, pytest.mark.django_db(databases=["default", "owner"])]


def test_it_is_safe_to_serve_from() -> None:
    embedded = settings.ENVIRONMENT.is_embedded
    with connections["default"].cursor() as cursor:
        problems = check_database(cursor.connection, embedded=embedded)

    assert [problem for problem in problems if problem.is_fatal] == []


def test_web_and_worker_are_not_the_owner() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (settings.AFLUENTE_APP_ROLE,)


def test_the_fingerprint_of_applied_migrations_travels_with_the_database() -> None:
    owner = connections["owner"]

    statements.remember_fingerprint(owner, prepare.migration_fingerprint())

    assert statements.applied_fingerprint(owner) == prepare.migration_fingerprint()
