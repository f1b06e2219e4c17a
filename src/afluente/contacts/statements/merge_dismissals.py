"""«Not a duplicate» goes along in a merge: whoever was no double of the one is none of the survivor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

from afluente.contacts.statements.creation import columns
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.contacts.statements.merge_rows import Pair

SLUG = "contacts.dismissals"
# What was decided about the losers is said of the survivors too, unless that was decided already. A pair
# that is new goes again when the merge is taken back (made); one that was open is open again (moved).
CARRY = """
WITH pairs AS (
  SELECT * FROM unnest(%(merges)s::bigint[], %(losers)s::bigint[], %(survivors)s::bigint[])
                WITH ORDINALITY AS p (merge_id, loser, survivor, n)
), wanted AS (
  SELECT DISTINCT ON (p.survivor, d.who) p.merge_id, p.survivor, d.*
    FROM pairs AS p
   CROSS JOIN LATERAL (
         SELECT x.other_id AS who, x.* FROM contacts_possibleduplicate AS x
          WHERE x.workspace_id = %(ws)s AND x.contact_id = p.loser
          UNION ALL
         SELECT x.contact_id, x.* FROM contacts_possibleduplicate AS x
          WHERE x.workspace_id = %(ws)s AND x.other_id = p.loser) AS d
   WHERE d.decision IN ('dismissed', 'unmerged') AND d.who <> p.survivor
     AND NOT EXISTS (SELECT FROM pairs AS q WHERE q.survivor = p.survivor AND q.loser = d.who)
   ORDER BY p.survivor, d.who, p.n
), put AS (
  INSERT INTO contacts_possibleduplicate AS d
         (workspace_id, contact_id, other_id, reason, is_noted, score, reasons, created_at,
          resolved_at, decision, decided_by)
  SELECT %(ws)s, greatest(survivor, who), least(survivor, who), reason, false, score, reasons, now(),
         resolved_at, 'dismissed', decided_by
    FROM wanted
      ON CONFLICT (workspace_id, contact_id, other_id) DO UPDATE
     SET resolved_at = EXCLUDED.resolved_at, decision = EXCLUDED.decision, decided_by = EXCLUDED.decided_by
   WHERE d.resolved_at IS NULL
  RETURNING id, contact_id, other_id, xmax = 0 AS is_new
)
INSERT INTO contacts_mergemove (workspace_id, merge_id, carrier, row_id, way, was)
SELECT %(ws)s, w.merge_id, %(slug)s, put.id, CASE WHEN put.is_new THEN 'made' ELSE 'moved' END, '{}'
  FROM put JOIN wanted AS w ON put.contact_id = greatest(w.survivor, w.who)
                           AND put.other_id = least(w.survivor, w.who)
 ORDER BY w.merge_id, put.id
"""
# What somebody decided anew since stays as it is.
REOPEN = """
UPDATE contacts_possibleduplicate AS d SET resolved_at = NULL, decision = '', decided_by = ''
  FROM contacts_mergemove AS m
 WHERE m.workspace_id = %(ws)s AND m.merge_id = ANY(%(merges)s) AND m.carrier = %(slug)s AND m.way = 'moved'
   AND d.workspace_id = %(ws)s AND d.id = m.row_id AND d.decision = 'dismissed'
"""
UNSAY = """
DELETE FROM contacts_possibleduplicate AS d USING contacts_mergemove AS m
 WHERE m.workspace_id = %(ws)s AND m.merge_id = ANY(%(merges)s) AND m.carrier = %(slug)s AND m.way = 'made'
   AND d.workspace_id = %(ws)s AND d.id = m.row_id AND d.decision = 'dismissed'
"""


def carry(pairs: Sequence[Pair]) -> None:
    """Say of the survivors what was said of the losers, and write down what is new."""
    _run([CARRY], **columns(pairs, "merges", "losers", "survivors"))


def give_back(left: Sequence[int], staying: Sequence[Pair]) -> None:
    """Take back what these merges had said; what those who stay merged say still holds."""
    _run([REOPEN, UNSAY], merges=list(left))
    if staying:
        carry(staying)


def _run(statements: Sequence[str], **values: Any) -> None:
    parameters = {"ws": current_workspace_id(), "slug": SLUG, **values}
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, parameters)
