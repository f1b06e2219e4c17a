"""Striking words out of free texts, wherever they stand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.db import connection

from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Sequence

# Names of tables and columns come from the program, words are parameters. Of a document the text is
# changed: a word in it is written as JSON writes it.
TEXT = """
UPDATE "{table}" SET "{column}" = regexp_replace("{column}", %(pattern)s, %(struck)s, 'gi')
 WHERE workspace_id = %(ws)s AND "{column}" ~* %(pattern)s
"""
DOCUMENT = """
UPDATE "{table}" SET "{column}" = regexp_replace("{column}"::text, %(pattern)s, %(struck)s, 'gi')::jsonb
 WHERE workspace_id = %(ws)s AND "{column}"::text ~* %(pattern)s
"""
KIND = "SELECT data_type FROM information_schema.columns WHERE table_name = %s AND column_name = %s"
_SIGNS = set(r".^$*+?()[]{}|\-")


def strike(table: str, column: str, words: Sequence[str], struck: str) -> int:
    """Put `struck` for each of `words` in a column of text or JSON, whatever their case; how many rows."""
    if not words:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(KIND, [table, column])
        is_document = cursor.fetchone()[0] == "jsonb"
        written = [json.dumps(word, ensure_ascii=False)[1:-1] if is_document else word for word in words]
        pattern = "|".join(_literal(word) for word in written)
        statement = (DOCUMENT if is_document else TEXT).format(table=table, column=column)
        cursor.execute(statement, {"ws": current_workspace_id(), "pattern": pattern, "struck": struck})
        return int(cursor.rowcount)


def _literal(word: str) -> str:
    """A word as a regular expression that fits nothing else."""
    return "".join(f"\\{sign}" if sign in _SIGNS else sign for sign in word)
