"""What became of many rows, in one statement."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import connection

from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Sequence

# A row that is in already stays as it is: a worker that was thought dead may come back.
INSERT = """
INSERT INTO transfer_importrow
       (workspace_id, batch_id, number, outcome, contact_id, reason, changes, event_id, undone, note)
SELECT %(ws)s, %(batch)s, g.number, g.outcome, g.contact, g.reason, g.changes, %(event)s, '', ''
  FROM ROWS FROM (unnest(%(numbers)s::int[], %(outcomes)s::text[], %(contacts)s::bigint[], %(reasons)s::text[]),
                  jsonb_array_elements(%(changes)s::jsonb)) AS g (number, outcome, contact, reason, changes)
"""
EXTERNAL = """
INSERT INTO transfer_externalid (workspace_id, system, value, contact_id)
SELECT %(ws)s, %(system)s, g.value, g.contact
  FROM unnest(%(values)s::text[], %(contacts)s::bigint[]) AS g (value, contact) ORDER BY g.value
ON CONFLICT (workspace_id, system, value) DO UPDATE SET contact_id = EXCLUDED.contact_id
"""

Line = tuple[int, str, int | None, str, dict[str, Any]]  # number, outcome, contact, reason, changes


def insert_rows(batch_id: int, lines: Sequence[Line], *, event_id: int) -> None:
    """Write down what became of rows of one import."""
    if not lines:
        return
    numbers, outcomes, contacts, reasons, changes = zip(*lines, strict=True)
    _run(
        INSERT,
        batch=batch_id,
        event=event_id,
        numbers=list(numbers),
        outcomes=list(outcomes),
        contacts=list(contacts),
        reasons=[reason[:500] for reason in reasons],
        changes=json.dumps(changes),
    )


def keep_external(system: str, pairs: dict[str, int]) -> None:
    """Remember which contact has which number in another system; the last word wins."""
    if pairs:
        _run(EXTERNAL, system=system, values=list(pairs), contacts=list(pairs.values()))


def _run(statement: str, **values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"ws": current_workspace_id(), **values})
