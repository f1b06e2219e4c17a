"""No table is forgotten when somebody asks for their data, or to be erased (P-1, P-2)."""

from __future__ import annotations

from typing import Any

from django.db import connection

from afluente.kernel import personal

WORDS = ("text", "character varying", "jsonb", "bytea", "tsvector", "ARRAY")
TABLES = """
SELECT DISTINCT table_name FROM information_schema.columns AS c
 WHERE table_schema = 'public' AND data_type = ANY(%s)
   AND EXISTS (SELECT FROM information_schema.columns AS w WHERE w.table_schema = 'public'
                  AND w.table_name = c.table_name AND w.column_name = 'workspace_id')
"""


def test_every_table_with_words_says_what_it_holds_about_people(workspace: Any):
    with connection.cursor() as cursor:
        cursor.execute(TABLES, [list(WORDS)])
        found = {row[0] for row in cursor.fetchall()}

    # A new table is told of in its slice: personal.register_holding, or declare_free with the reason.
    assert found - personal.known_tables() == {"kernel_job"} & found


def test_what_is_struck_out_exists(workspace: Any):
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name, column_name FROM information_schema.columns")
        known = set(cursor.fetchall())

    assert {pair for one in personal.holdings() for pair in one.struck} - known == set()
