"""Writing the one log."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction

from afluente.kernel import live
from afluente.kernel.workspace import current_workspace_id
from afluente.timeline import statements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.timeline.events import NewEvent


def record(events: Sequence[NewEvent]) -> list[int]:
    """Write events into the log, in the caller's transaction; return their ids in order.

    Open screens and later readers are woken once the transaction is committed.
    """
    if not events:
        return []
    ids = statements.insert_events(events)
    transaction.on_commit(partial(live.wake, live.LIVE, current_workspace_id()))
    return ids
