"""What became of many rows, in one statement."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection

from afluente.kernel.sayings import kept
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Sequence

# A row that is in already stays as it is: a worker that was thought dead may come back.
INSERT = """
INSERT INTO transfer_importrow
       (workspace_id, batch_id, number, outcome, contact_id, record_id, reason, changes, event_id, undone, note)
SELECT %(ws)s, %(batch)s, g.number, g.outcome, g.contact, g.record, g.reason, g.changes, %(event)s, '', ''
  FROM ROWS FROM (unnest(%(numbers)s::int[], %(outcomes)s::text[], %(contacts)s::bigint[], %(records)s::bigint[],
                         %(reasons)s::text[]),
                  jsonb_array_elements(%(changes)s::jsonb))
       AS g (number, outcome, contact, record, reason, changes)
"""
EXTERNAL = """
INSERT INTO transfer_externalid (workspace_id, system, value, contact_id)
SELECT %(ws)s, %(system)s, g.value, g.contact
  FROM unnest(%(values)s::text[], %(contacts)s::bigint[]) AS g (value, contact) ORDER BY g.value
ON CONFLICT (workspace_id, system, value) DO UPDATE SET contact_id = EXCLUDED.contact_id
"""
RECORDS = """
INSERT INTO transfer_externalrecord (workspace_id, about, system, value, record_id)
SELECT %(ws)s, %(about)s, %(system)s, g.value, g.record
  FROM unnest(%(values)s::text[], %(records)s::bigint[]) AS g (value, record) ORDER BY g.value
ON CONFLICT (workspace_id, about, system, value) DO UPDATE SET record_id = EXCLUDED.record_id
"""


class Line(NamedTuple):
    """What became of a row."""

    number: int
    outcome: str
    contact_id: int | None
    reason: str
    changes: dict[str, Any]
    record_id: int | None = None


def insert_rows(batch_id: int, lines: Sequence[Line], *, event_id: int) -> None:
    """Write down what became of rows of one import."""
    if not lines:
        return
    numbers, outcomes, contacts, reasons, changes, records = zip(*lines, strict=True)
    _run(
        INSERT,
        batch=batch_id,
        event=event_id,
        numbers=list(numbers),
        outcomes=list(outcomes),
        contacts=list(contacts),
        records=list(records),
        reasons=[kept(reason) for reason in reasons],
        changes=json.dumps(changes),
    )


def keep_external(system: str, pairs: dict[str, int]) -> None:
    """Remember which contact has which number in another system; the last word wins."""
    if pairs:
        _run(EXTERNAL, system=system, values=list(pairs), contacts=list(pairs.values()))


def keep_external_records(about: str, system: str, pairs: dict[str, int]) -> None:
    """The same of records that are no contacts."""
    if pairs:
        _run(RECORDS, about=about, system=system, values=list(pairs), records=list(pairs.values()))


def _run(statement: str, **values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"ws": current_workspace_id(), **values})
