"""Invariant 8, as the database itself tells it (S-3)."""

import pytest
from django.db import ProgrammingError, connection

from afluente.kernel import isolation


@pytest.mark.django_db
def test_every_table_is_isolated_or_named_as_global():
    with connection.cursor() as cursor:
        assert isolation.problems(cursor) == []


@pytest.mark.django_db
def test_the_application_cannot_say_which_migrations_ran():
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="permission denied"):
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('x', 'y', now())")
