"""Following the log for live updates, without missing what commits late (docs/explanation)."""

from __future__ import annotations

import json
from typing import Any

from afluente.kernel.changes import NOT_SAID, Batch, Change
from afluente.kernel.snapshots import Cursor, Snapshot
from afluente.timeline import statements

MOST = 500  # changes told one by one; beyond that a page is better fetched anew


def present() -> Cursor:
    """Where somebody stands who reads the records now. Take it before reading them."""
    return Cursor(_snapshot(statements.present_snapshot()))


def since(cursor: Cursor) -> Batch:
    """What the current workspace's log has got since `cursor`."""
    rows = statements.follow(
        floor=cursor.seen.xmin,
        seen=cursor.seen.text,
        partly=(cursor.partly or cursor.seen).text,
        upto=cursor.upto,
        limit=MOST + 1,
    )
    snapshot = _snapshot(rows[0][0])
    if cursor.seen.xmin > snapshot.xmax:  # from another database, or from before a restore
        return Batch(snapshot, is_cut=True)
    changes = [_change(row) for row in rows if row[1] is not None]
    return Batch(snapshot, changes[:MOST], is_cut=len(changes) > MOST)


def _snapshot(text: str) -> Snapshot:
    found = Snapshot.parse(text)
    if found is None:
        raise ValueError(f"PostgreSQL's snapshot is not understood: {text}")
    return found


def _change(row: tuple[Any, ...]) -> Change:
    _, number, tx, kind, deal, contact, before, member, task, company = row
    return Change(number, tx, kind, deal, contact, _before(before), member, task, company)


def _before(value: Any) -> object:
    """The former assignee, a number or null in the event's data."""
    return NOT_SAID if value is None else json.loads(value)
