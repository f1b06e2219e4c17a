"""Writing the one log."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.db import transaction

from afluente.kernel import bus, jobs, live
from afluente.kernel.workspace import current_workspace_id
from afluente.timeline import statements
from afluente.timeline.events import Recorded, is_watched

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from afluente.timeline.events import NewEvent

TELL_JOB = "timeline.tell"
_besides: ContextVar[Mapping[str, Any]] = ContextVar("timeline_besides", default=MappingProxyType({}))


@contextmanager
def saying(told: Mapping[str, Any]) -> Iterator[None]:
    """Let every event written inside say `told` besides: which file it came from, say."""
    before = _besides.set({**_besides.get(), **told})
    try:
        yield
    finally:
        _besides.reset(before)


def record(events: Sequence[NewEvent]) -> list[int]:
    """Write events into the log, in the caller's transaction; return their ids in order.

    Open screens and later readers are woken once the transaction is committed. Of what is watched
    (`events.register_watch`) members are told by a job.
    """
    if not events:
        return []
    if besides := _besides.get():
        events = [replace(event, data={**event.data, **besides}) for event in events]
    ids = statements.insert_events(events)
    watched = [pk for pk, event in zip(ids, events, strict=True) if is_watched(event)]
    if watched:
        jobs.enqueue(TELL_JOB, {"events": watched}, workspace_id=current_workspace_id())
    bus.publish(Recorded(ids, events))
    transaction.on_commit(partial(live.wake, live.LIVE, current_workspace_id()))
    return ids
