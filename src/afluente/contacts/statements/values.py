"""Writing values of fields: as many records and fields as there are, in two statements."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import connection

from afluente.contacts.models import value_model
from afluente.contacts.statements.creation import columns
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.contacts.selectors.values import Held

# Two statements: within one, a new row would meet the old one that it replaces.
ERASE = """
DELETE FROM {table} AS v USING unnest(%(records)s::bigint[], %(fields)s::bigint[]) AS g (record, field)
 WHERE v.workspace_id = %(ws)s AND v.{record} = g.record AND v.field_id = g.field
"""
WRITE = """
INSERT INTO {table} (workspace_id, {record}, field_id, option_id, text, number, moment)
SELECT %(ws)s, g.* FROM unnest(%(records)s::bigint[], %(fields)s::bigint[], %(options)s::bigint[],
                               %(texts)s::text[], %(numbers)s::numeric[], %(moments)s::timestamptz[]) AS g
ON CONFLICT DO NOTHING
"""
# A part at a time: a field may have a value in every record there is. Each sort of value is found
# through the index that filters use.
ERASE_SOME = """
DELETE FROM {table} WHERE workspace_id = %(ws)s AND id IN (
  SELECT id FROM {table}
   WHERE workspace_id = %(ws)s AND field_id = %(field)s AND {column} IS NOT NULL {narrow} LIMIT %(limit)s)
"""
OPTIONS = """AND option_id IN (
  SELECT id FROM contacts_fieldoption WHERE workspace_id = %(ws)s AND field_id = %(field)s)"""
COLUMNS = ("text", "number", "moment", "option_id")


def _of(statement: str, entity: str, **parts: str) -> str:
    """A statement for the table that keeps the values of a kind of record: a name our models have."""
    return statement.format(table=value_model(entity)._meta.db_table, record=f"{entity}_id", **parts)


def replace_values(entity: str, values: Sequence[tuple[int, int, Held | None]]) -> None:
    """Let each (record, field) have this value, or none. Whoever calls holds the records."""
    if not values:
        return
    keys = [(record, field) for record, field, _ in values]
    rows = [(record, field, *part) for record, field, held in values for part in _parts(held)]
    workspace: dict[str, Any] = {"ws": current_workspace_id()}
    with connection.cursor() as cursor:
        cursor.execute(_of(ERASE, entity), workspace | columns(keys, "records", "fields"))
        if rows:
            names = ("records", "fields", "options", "texts", "numbers", "moments")
            cursor.execute(_of(WRITE, entity), workspace | columns(rows, *names))


def erase_values(entity: str, field_id: int, limit: int) -> int:
    """Erase up to `limit` values of a field, whoever has them; how many."""
    erased = 0
    with connection.cursor() as cursor:
        for column in COLUMNS:
            narrow = OPTIONS if column == "option_id" else ""
            statement = _of(ERASE_SOME, entity, column=column, narrow=narrow)
            values = {"ws": current_workspace_id(), "field": field_id, "limit": limit - erased}
            cursor.execute(statement, values)
            erased += cursor.rowcount
    return erased


def _parts(held: Held | None) -> list[tuple[Any, ...]]:
    """The rows of a value, as option, text, number, moment: one, or one for each choice."""
    if held is None:
        return []
    if isinstance(held, tuple):
        return [(option, None, None, None) for option in held]
    if isinstance(held, bool):
        return [(None, None, Decimal(held), None)]
    if isinstance(held, Decimal):
        return [(None, None, held, None)]
    return [(None, None, None, held)] if isinstance(held, datetime) else [(None, held, None, None)]
