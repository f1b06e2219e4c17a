"""What the tests of merging compare: everything a workspace holds, before and after."""

from __future__ import annotations

from typing import Any

from django.db import connection

TABLES = """
SELECT c.relname FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'workspace_id'
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relrowsecurity ORDER BY 1
"""
# What a merge writes about itself, and what is only worked out from the rest.
ABOUT_IT = {
    "contacts_contactmerge",
    "contacts_mergemove",
    "contacts_mergerun",
    "contacts_possibleduplicate",
    "contacts_duplicatedue",
    "contacts_duplicatekey",
    "contacts_contactword",
}
# A value has no name of its own: it is told by whose and which it is.
NAMELESS = {"contacts_contactvalue"}
TOLD = ("contact.merged", "contact.unmerged", "field.created")


def everything() -> dict[str, Any]:
    """Every row of every table, but what merging says about itself and when rows were last touched."""
    found: dict[str, Any] = {}
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        for (table,) in cursor.fetchall():
            if table in ABOUT_IT:
                continue
            without = "'updated_at', 'tx'" + (", 'id'" if table in NAMELESS else "")
            also = f"WHERE kind NOT IN {TOLD}" if table == "timeline_event" else ""
            rows = f'SELECT (to_jsonb(t) - ARRAY[{without}])::text FROM "{table}" t {also} ORDER BY 1'  # noqa: S608  the catalogue's names
            cursor.execute(rows)
            found[table] = [row[0] for row in cursor.fetchall()]
    return found
