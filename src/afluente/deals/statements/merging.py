"""Moving what belongs to a deal when it becomes part of another, and back: one statement for each table.

The statements are made from carriers, whose names of tables and columns stand in the program.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db import connection

from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.deals.services.merge_carriers import Carrier

_GOING = """
  FROM {table} AS r
 WHERE r.workspace_id = %(ws)s AND r.{column} = %(loser)s{where}
   AND NOT EXISTS (SELECT FROM {table} AS o
                    WHERE o.workspace_id = %(ws)s AND o.{column} = %(survivor)s{where_o} AND ({same})){only}"""
COUNT = "SELECT count(*)" + _GOING
CARRY = (
    "WITH going AS (SELECT r.id, {flag} AS was"
    + _GOING
    + """), moved AS (
  UPDATE {table} AS r SET {column} = %(survivor)s{unflag} FROM going AS g
   WHERE r.workspace_id = %(ws)s AND r.id = g.id
)
SELECT id, was FROM going ORDER BY id"""
)
# The mark stays with the row that has it; only a survivor without one takes it over.
_UNFLAG = """, {name} = r.{name} AND NOT EXISTS (SELECT FROM {table} AS o
   WHERE o.workspace_id = %(ws)s AND o.{column} = %(survivor)s AND o.{name})"""
BACK = """
UPDATE {table} AS r SET {column} = %(loser)s{reflag}
 WHERE r.workspace_id = %(ws)s AND r.id = ANY(%(rows)s) AND r.{column} = %(survivor)s{where}
"""
HEIR = """
UPDATE {table} AS r SET {name} = true
 WHERE r.workspace_id = %(ws)s
   AND r.id = (SELECT min(id) FROM {table} WHERE workspace_id = %(ws)s AND {column} = %(survivor)s
               HAVING NOT bool_or({name}))
"""
# Everything that became part of these deals, and of those: (deal, the one among the asked it is part of).
JOINED = """
WITH RECURSIVE joined AS (
  SELECT id, merged_into_id AS survivor FROM deals_deal
   WHERE workspace_id = %(ws)s AND merged_into_id = ANY(%(deals)s)
   UNION ALL
  SELECT d.id, j.survivor FROM joined AS j
    JOIN deals_deal AS d ON d.workspace_id = %(ws)s AND d.merged_into_id = j.id
)
SELECT id, survivor FROM joined ORDER BY id
"""
MARK = """
UPDATE timeline_event SET data = data || '{"is_undone": true}'::jsonb
 WHERE workspace_id = %(ws)s AND id = %(event)s
"""
# The other way: what merged deals are now.
FINAL = """
WITH RECURSIVE way AS (
  SELECT id AS deal, merged_into_id AS survivor FROM deals_deal
   WHERE workspace_id = %(ws)s AND id = ANY(%(deals)s) AND merged_into_id IS NOT NULL
   UNION ALL
  SELECT w.deal, d.merged_into_id FROM way AS w
    JOIN deals_deal AS d ON d.workspace_id = %(ws)s AND d.id = w.survivor AND d.merged_into_id IS NOT NULL
)
SELECT DISTINCT ON (w.deal) w.deal, w.survivor FROM way AS w
  JOIN deals_deal AS d ON d.workspace_id = %(ws)s AND d.id = w.survivor AND d.merged_into_id IS NULL
"""


@lru_cache(maxsize=128)
def _said(template: str, carrier: Carrier) -> str:
    """A statement in the words of a carrier."""
    words = {
        "table": carrier.table,
        "column": carrier.column,
        "where": "".join(f" AND r.{name} = '{value}'" for name, value in carrier.where),
        "where_o": "".join(f" AND o.{name} = '{value}'" for name, value in carrier.where),
        "same": carrier.same or "false",
        "only": f" AND {carrier.only}" if carrier.only else "",
        "flag": f"r.{carrier.flag}" if carrier.flag else "false",
        "name": carrier.flag,
        "reflag": f", {carrier.flag} = r.id = ANY(%(marked)s)" if carrier.flag else "",
    }
    words["unflag"] = _UNFLAG.format(**words) if carrier.flag else ""
    return template.format(**words)


def _run(template: str, carrier: Carrier, **values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(_said(template, carrier), {"ws": current_workspace_id(), **values})
        return cursor.fetchall() if cursor.description else []


def carry(carrier: Carrier, *, loser: int, survivor: int, currency: str) -> tuple[list[int], list[int]]:
    """Give what belongs to `loser` to `survivor`, which is in `currency`: the rows, and those that had the mark."""
    rows = _run(CARRY, carrier, loser=loser, survivor=survivor, currency=currency)
    return [row for row, _ in rows], [row for row, was in rows if was]


def count(carrier: Carrier, *, loser: int, survivor: int, currency: str) -> int:
    """How many rows `carry` would give."""
    return int(_run(COUNT, carrier, loser=loser, survivor=survivor, currency=currency)[0][0])


def give_back(
    carrier: Carrier, *, loser: int, survivor: int, rows: Sequence[int], marked: Sequence[int]
) -> None:
    """Give these rows back, as far as they are there and still with the survivor."""
    given = {"loser": loser, "survivor": survivor}
    _run(BACK, carrier, rows=list(rows), marked=list(marked), **given)
    if carrier.flag:
        _run(HEIR, carrier, survivor=survivor)


def mark_undone(event_id: int) -> None:
    """Let the history say of a merge that it was taken back."""
    with connection.cursor() as cursor:
        cursor.execute(MARK, {"ws": current_workspace_id(), "event": event_id})


def joined(deal_ids: Sequence[int]) -> dict[int, int]:
    """What became part of these deals, at once or by way of others: which of them it is part of, by number."""
    return _pairs(JOINED, deal_ids)


def final(deal_ids: Sequence[int]) -> dict[int, int]:
    """What those of these deals that were merged are now."""
    return _pairs(FINAL, deal_ids)


def _pairs(statement: str, deal_ids: Sequence[int]) -> dict[int, int]:
    if not deal_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(statement, {"ws": current_workspace_id(), "deals": list(deal_ids)})
        return dict(cursor.fetchall())
