"""Invariant 8, as the database itself tells it (S-3)."""

import pytest
from django.db import connection

from afluente.kernel import isolation


@pytest.mark.django_db
def test_every_table_is_isolated_or_named_as_global():
    with connection.cursor() as cursor:
        assert isolation.problems(cursor) == []
