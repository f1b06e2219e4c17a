"""What the database itself says about isolation (S-3): asked by a system check and by the tests."""

from __future__ import annotations

from typing import Any

from afluente.kernel.workspace import GLOBAL_TABLES

TABLES_SQL = """
SELECT c.relname,
       c.relrowsecurity AND c.relforcerowsecurity AS forced,
       EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'workspace') AS policed,
       COALESCE((SELECT a.attname = 'workspace_id'
                   FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
                  WHERE i.indrelid = c.oid AND i.indisprimary), false) AS keyed
  FROM pg_class c
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
 ORDER BY c.relname
"""

# A foreign key between two isolated tables must start with workspace_id on both sides.
PLAIN_KEYS_SQL = """
SELECT k.conrelid::regclass::text, k.conname
  FROM pg_constraint k
  JOIN pg_class f ON f.oid = k.confrelid AND f.relrowsecurity
  JOIN pg_class t ON t.oid = k.conrelid AND t.relrowsecurity
 WHERE k.contype = 'f' AND f.relname <> 'accounts_workspace'
   AND NOT EXISTS (SELECT FROM pg_attribute a
                    WHERE a.attrelid = k.conrelid AND a.attnum = k.conkey[1] AND a.attname = 'workspace_id')
"""

# A unique key without the workspace tells one workspace what another one holds.
GLOBAL_UNIQUE_SQL = """
SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text
  FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid AND c.relrowsecurity
 WHERE i.indisunique AND c.relname <> 'accounts_workspace'
   AND NOT EXISTS (SELECT FROM pg_attribute a
                    WHERE a.attrelid = c.oid AND a.attnum = ANY(i.indkey) AND a.attname = 'workspace_id')
"""


def problems(cursor: Any) -> list[str]:
    """Each way in which the connected database falls short of invariant 8, one sentence each."""
    found: list[str] = []
    cursor.execute(TABLES_SQL)
    for table, forced, policed, keyed in cursor.fetchall():
        if table in GLOBAL_TABLES:
            continue
        if not forced:
            found.append(f"Table {table} does not force row-level security.")
        if not policed:
            found.append(f"Table {table} has no policy named workspace.")
        if not keyed and table != "accounts_workspace":
            found.append(f"The primary key of {table} does not start with workspace_id.")
    cursor.execute(PLAIN_KEYS_SQL)
    found += [
        f"Foreign key {name} of {table} does not carry the workspace." for table, name in cursor.fetchall()
    ]
    cursor.execute(GLOBAL_UNIQUE_SQL)
    found += [f"Unique index {name} of {table} ignores the workspace." for table, name in cursor.fetchall()]
    return found
