"""No table is forgotten when two deals become one (ADR 0210)."""

from __future__ import annotations

from typing import Any

from django.db import connection

from afluente.deals import services

# What points to a deal by a key, and what only names one by number.
COLUMNS = """
SELECT c.conrelid::regclass::text, a.attname
  FROM pg_constraint AS c CROSS JOIN LATERAL unnest(c.conkey) AS k (n)
  JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.n
 WHERE c.contype = 'f' AND c.confrelid = 'deals_deal'::regclass AND a.attname <> 'workspace_id'
 UNION
SELECT table_name, column_name FROM information_schema.columns
 WHERE table_schema = 'public'
   AND (column_name LIKE '%%deal_id%%' OR column_name IN ('record_id', 'entity_id', 'subject_id'))
"""


def columns() -> set[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        return set(cursor.fetchall())


def test_every_column_that_names_a_deal_says_what_becomes_of_it_in_a_merge(workspace: Any):
    # A new one is told of in its slice: deals.services.register_carrier, or declare_staying with the reason.
    assert columns() - services.known_columns() == set()


def test_nothing_is_said_of_what_is_not_there(workspace: Any):
    assert services.known_columns() - columns() == set()
