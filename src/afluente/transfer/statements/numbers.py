"""Numbers of contacts that are given to nobody else."""

from __future__ import annotations

from django.db import connection

NEXT = "SELECT nextval(pg_get_serial_sequence('contacts_contact', 'id'))"
SKIP = "SELECT count(nextval(pg_get_serial_sequence('contacts_contact', 'id'))) FROM generate_series(1, %s)"


def skip_numbers(highest: int) -> None:
    """Let the next contact have a number above `highest`."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT)
        (here,) = cursor.fetchone()
        if here < highest:
            cursor.execute(SKIP, [highest - here])
