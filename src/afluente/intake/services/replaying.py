"""Trying failed arrivals again."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.contrib.postgres.functions import TransactionNow
from django.db import transaction

from afluente.intake.models import RawEvent
from afluente.kernel import live
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Sequence


@transaction.atomic
def replay_events(*, event_ids: Sequence[int]) -> int:
    """Let failed events wait again; how many did. Pressed twice, each still takes effect once (R-8)."""
    count = RawEvent.objects.filter(pk__in=event_ids, state=RawEvent.State.DEAD).update(
        state=RawEvent.State.WAITING, attempts=0, due_at=TransactionNow(), error="", ended_at=None
    )
    if count:
        transaction.on_commit(partial(live.wake, live.INTAKE, current_workspace_id()))
    return count
