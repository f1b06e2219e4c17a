"""Moving what belongs to contacts when they become one, and back: a few statements for any number.

The statements are made from carriers, whose names of tables and columns stand in the program.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db import connection

from afluente.contacts.statements.creation import columns
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.contacts.services.merge_carriers import Carrier

Pair = tuple[int, int, int]  # merge, loser, survivor

_PAIRS = """
WITH pairs AS (
  SELECT * FROM unnest(%(merges)s::bigint[], %(losers)s::bigint[], %(survivors)s::bigint[])
                WITH ORDINALITY AS p (merge_id, loser, survivor, n)
)"""
# `OFFSET 0` has each contact's rows looked up by their index, also in a table nobody has counted yet.
_ROWS = """LATERAL (SELECT * FROM {table} AS x
                    WHERE x.workspace_id = %(ws)s AND x.{column} = {who}{where} OFFSET 0)"""
MOVE = """{pairs}, going AS (
  SELECT r.id, p.merge_id, p.survivor, {was} AS was
    FROM pairs AS p CROSS JOIN {rows_of_loser} AS r
   WHERE {is_free}
), moved AS (
  UPDATE {table} AS r SET {column} = g.survivor{unflag}
    FROM going AS g WHERE r.workspace_id = %(ws)s AND r.id = g.id
)
INSERT INTO contacts_mergemove (workspace_id, merge_id, carrier, row_id, way, was)
SELECT %(ws)s, merge_id, %(slug)s, id, 'moved', was FROM going ORDER BY merge_id, id
"""
_FREE = """NOT EXISTS (SELECT FROM {rows_of_survivor} AS o WHERE {same})
     AND NOT EXISTS (SELECT FROM pairs AS q CROSS JOIN {rows_of_other} AS o
                      WHERE q.survivor = p.survivor AND (q.n, o.id) < (p.n, r.id) AND {same})"""
# What the survivor, or an earlier one of those who join it, has already.
DROP = """{pairs}, going AS (
  SELECT r.id, p.merge_id, to_jsonb(r) || jsonb_build_object('_kept', kept.id) AS was
    FROM pairs AS p CROSS JOIN {rows_of_loser} AS r
   CROSS JOIN LATERAL (
     SELECT o.id FROM (SELECT p.survivor AS who, 0 AS n UNION ALL
                       SELECT q.loser, q.n FROM pairs AS q WHERE q.survivor = p.survivor AND q.n < p.n) AS w
      CROSS JOIN {rows_of_who} AS o WHERE {same} ORDER BY w.n LIMIT 1) AS kept
), gone AS (
  DELETE FROM {table} AS r USING going AS g WHERE r.workspace_id = %(ws)s AND r.id = g.id
)
INSERT INTO contacts_mergemove (workspace_id, merge_id, carrier, row_id, way, was)
SELECT %(ws)s, merge_id, %(slug)s, id, 'dropped', was FROM going ORDER BY merge_id, id
"""
LEAD = """
UPDATE {table} AS r SET {lead} = true
  FROM contacts_mergemove AS m
 WHERE m.workspace_id = %(ws)s AND m.merge_id = ANY(%(merges)s) AND m.carrier = %(slug)s
   AND m.way = 'dropped' AND (m.was ->> '{lead}')::bool
   AND r.workspace_id = %(ws)s AND r.id = (m.was ->> '_kept')::bigint
"""
BACK = """{pairs}
UPDATE {table} AS r SET {column} = p.loser{reflag}
  FROM contacts_mergemove AS m JOIN pairs AS p USING (merge_id)
 WHERE m.workspace_id = %(ws)s AND m.carrier = %(slug)s AND m.way = 'moved'
   AND r.workspace_id = %(ws)s AND r.id = m.row_id AND r.{column} = p.survivor{where_r}
RETURNING r.id
"""
# The mark goes back to the row that had it, unless somebody has given it to a third one since.
UNLEAD = """
UPDATE {table} AS r SET {lead} = false
  FROM contacts_mergemove AS m
 WHERE m.workspace_id = %(ws)s AND m.merge_id = ANY(%(merges)s) AND m.carrier = %(slug)s
   AND m.way = 'dropped' AND (m.was ->> '{lead}')::bool
   AND r.workspace_id = %(ws)s AND r.id = (m.was ->> '_kept')::bigint AND r.{lead}
"""
PUT_BACK = """
INSERT INTO {table}
SELECT (jsonb_populate_record(NULL::{table}, m.was {lead_now})).*
  FROM contacts_mergemove AS m
 WHERE m.workspace_id = %(ws)s AND m.merge_id = ANY(%(merges)s) AND m.carrier = %(slug)s
   AND m.way = 'dropped'
   AND EXISTS (SELECT FROM {parent_table} AS t
                WHERE t.workspace_id = %(ws)s AND t.id = (m.was ->> '{parent}')::bigint)
ON CONFLICT DO NOTHING
"""
_LEAD_NOW = """|| jsonb_build_object('{lead}', (m.was ->> '{lead}')::bool AND NOT EXISTS (
         SELECT FROM {table} AS o WHERE o.workspace_id = %(ws)s AND o.{lead}
            AND o.{parent} = (m.was ->> '{parent}')::bigint))"""
UNMAKE = """
DELETE FROM {table} AS r USING contacts_mergemove AS m
 WHERE m.workspace_id = %(ws)s AND m.merge_id = ANY(%(merges)s) AND m.carrier = %(slug)s AND m.way = 'made'
   AND r.workspace_id = %(ws)s AND r.id = m.row_id
"""
# Of those still merged, what had stayed behind or given way only because of rows that have left now.
_LEFT = """left_rows AS (
  SELECT r.*, x.survivor_id AS from_id FROM {table} AS r
    JOIN contacts_mergemove AS m ON m.workspace_id = %(ws)s AND m.row_id = r.id
     AND m.carrier = %(slug)s AND m.merge_id = ANY(%(left)s) AND m.way = 'moved'
    JOIN contacts_contactmerge AS x ON x.workspace_id = %(ws)s AND x.id = m.merge_id
   WHERE r.workspace_id = %(ws)s
)"""
REVIVE = """
WITH again AS (
  SELECT m.id AS move_id, m.was, x.survivor_id
    FROM contacts_mergemove AS m
    JOIN contacts_contactmerge AS x ON x.workspace_id = %(ws)s AND x.id = m.merge_id
    JOIN contacts_mergemove AS d ON d.workspace_id = %(ws)s AND d.merge_id = ANY(%(left)s)
     AND d.carrier = %(slug)s AND d.way = 'moved' AND d.row_id = (m.was ->> '_kept')::bigint
   WHERE m.workspace_id = %(ws)s AND m.merge_id = ANY(%(merges)s) AND m.carrier = %(slug)s AND m.way = 'dropped'
), made AS (
  INSERT INTO {table}
  SELECT (jsonb_populate_record(NULL::{table}, a.was || jsonb_build_object('{column}', a.survivor_id){no_lead})).*
    FROM again AS a
   WHERE EXISTS (SELECT FROM {parent_table} AS t
                  WHERE t.workspace_id = %(ws)s AND t.id = (a.was ->> '{parent}')::bigint)
  ON CONFLICT DO NOTHING RETURNING id
)
UPDATE contacts_mergemove AS m SET way = 'moved', was = '{{}}'
  FROM again AS a, made WHERE m.workspace_id = %(ws)s AND m.id = a.move_id AND m.row_id = made.id
"""
MAIN = """
UPDATE {table} AS r SET {flag} = false
 WHERE r.workspace_id = %(ws)s AND r.{column} = ANY(%(contacts)s) AND r.{flag}
   AND r.id <> ALL(%(rows)s)
"""
SET_MAIN = "UPDATE {table} SET {flag} = true WHERE workspace_id = %(ws)s AND id = ANY(%(rows)s)"
HEIR = """
UPDATE {table} AS r SET {flag} = true
  FROM (SELECT {column} AS who, min(id) AS id FROM {table}
         WHERE workspace_id = %(ws)s AND {column} = ANY(%(contacts)s)
         GROUP BY 1 HAVING NOT bool_or({flag})) AS heir
 WHERE r.workspace_id = %(ws)s AND r.id = heir.id
"""
MAINS = (
    "SELECT {column}, id FROM {table} WHERE workspace_id = %(ws)s AND {column} = ANY(%(contacts)s) AND {flag}"
)
STANDS_FOR = """
SELECT w.row_id, (SELECT o.id FROM {table} AS o
                   WHERE o.workspace_id = %(ws)s AND o.{column} = w.who AND (o.id = r.id OR {same})
                   ORDER BY o.id <> r.id, o.id LIMIT 1)
  FROM unnest(%(rows)s::bigint[], %(who)s::bigint[]) AS w (row_id, who)
  JOIN {table} AS r ON r.workspace_id = %(ws)s AND r.id = w.row_id
"""


@lru_cache(maxsize=256)
def _said(template: str, carrier: Carrier) -> str:
    """A statement in the words of a carrier."""
    c = carrier
    where = "".join(f" AND x.{name} = '{value}'" for name, value in c.where)
    rows = {
        f"rows_of_{name}": _ROWS.format(table=c.table, column=c.column, who=who, where=where)
        for name, who in (
            ("loser", "p.loser"),
            ("survivor", "p.survivor"),
            ("other", "q.loser"),
            ("who", "w.who"),
        )
    }
    parent, parent_table = c.parent
    words = {
        "table": c.table,
        "column": c.column,
        "pairs": _PAIRS,
        "same": c.same or "false",
        "flag": c.flag,
        "lead": c.lead,
        "parent": parent,
        "parent_table": parent_table,
        "was": f"jsonb_build_object('{c.flag}', r.{c.flag})" if c.flag else "'{}'::jsonb",
        "unflag": f", {c.flag} = false" if c.flag else "",
        "reflag": f", {c.flag} = (m.was ->> '{c.flag}')::bool" if c.flag else "",
        "no_lead": f" || jsonb_build_object('{c.lead}', false)" if c.lead else "",
        "where_r": "".join(f" AND r.{name} = '{value}'" for name, value in c.where),
        **rows,
    }
    words["is_free"] = _FREE.format(**words) if c.same else "true"
    words["lead_now"] = _LEAD_NOW.format(**words) if c.lead else ""
    return template.format(**words)


def _run(template: str, carrier: Carrier, **values: Any) -> list[Any]:
    parameters = {"ws": current_workspace_id(), "slug": carrier.slug, **values}
    with connection.cursor() as cursor:
        cursor.execute(_said(template, carrier), parameters)
        return cursor.fetchall() if cursor.description else []


def carry(carrier: Carrier, pairs: Sequence[Pair]) -> None:
    """Give what belongs to the losers to their survivors, and write down which rows."""
    given = columns(pairs, "merges", "losers", "survivors")
    if carrier.yields:
        _run(DROP, carrier, **given)
        if carrier.lead:
            _run(LEAD, carrier, merges=given["merges"])
    _run(MOVE, carrier, **given)


def give_back(carrier: Carrier, pairs: Sequence[Pair]) -> None:
    """Give the rows of these merges back, as far as they are there and still with the survivor."""
    given = columns(pairs, "merges", "losers", "survivors")
    _run(BACK, carrier, **given)
    _run(UNMAKE, carrier, merges=given["merges"])
    if carrier.yields:
        if carrier.lead:
            _run(UNLEAD, carrier, merges=given["merges"])
        _run(PUT_BACK, carrier, merges=given["merges"])


def carry_again(carrier: Carrier, left: Sequence[int], staying: Sequence[Pair]) -> None:
    """Give survivors what those still merged with them (`staying`) have, where only rows of the merges
    that have just been taken back (`left`) stood before it.
    """
    if not carrier.same or not staying:
        return
    given = columns(staying, "merges", "losers", "survivors")
    if carrier.yields:
        _run(REVIVE, carrier, left=list(left), merges=given["merges"])
        return
    freed = MOVE.replace("{pairs}, going", "{pairs}, " + _LEFT + ", going").replace(
        "{is_free}",
        "{is_free} AND EXISTS (SELECT FROM left_rows AS o WHERE o.from_id = p.survivor AND {same})",
    )
    _run(freed, carrier, left=list(left), **given)


def mains(carrier: Carrier, contact_ids: Sequence[int]) -> dict[int, int]:
    """The main row of each of these contacts."""
    return dict(_run(MAINS, carrier, contacts=list(contact_ids)))


def standing_for(carrier: Carrier, rows: Mapping[int, int]) -> dict[int, int]:
    """For each {row: contact}, the row of that contact that says the same: itself, or its equal."""
    found = _run(STANDS_FOR, carrier, rows=list(rows), who=list(rows.values()))
    return {row: other for row, other in found if other is not None}


def set_mains(carrier: Carrier, rows: Mapping[int, int]) -> None:
    """Make these rows, by contact, the main ones."""
    if not rows:
        return
    _run(MAIN, carrier, contacts=list(rows), rows=list(rows.values()))
    _run(SET_MAIN, carrier, rows=list(rows.values()))


def make_heirs(carrier: Carrier, contact_ids: Sequence[int]) -> None:
    """Give every one of these contacts that has rows and no main one its oldest as the main one."""
    _run(HEIR, carrier, contacts=list(contact_ids))


COUNT = """SELECT %(slug)s, count(*) FROM {table} AS r
 WHERE r.workspace_id = %(ws)s AND r.{column} = %(who)s{where_r}"""


def counts(wanted: Sequence[Carrier], contact_id: int) -> dict[str, int]:
    """How many rows of each carrier belong to a contact: one statement."""
    if not wanted:
        return {}
    parts = [_said(COUNT, one).replace("%(slug)s", f"'{one.slug}'") for one in wanted]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), {"ws": current_workspace_id(), "who": contact_id})
        return dict(cursor.fetchall())
