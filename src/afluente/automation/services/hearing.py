"""Hearing of what triggers wait for, in the transaction in which it happens; nothing is decided there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from afluente.automation import statements
from afluente.automation.models import Heard
from afluente.automation.selectors.trigger_kinds import listening
from afluente.automation.services.chains import present_chains
from afluente.kernel import clock, live
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from afluente.timeline.events import NewEvent


def hear(ids: Sequence[int], events: Sequence[NewEvent]) -> None:
    """Note those events that a trigger listens for, for a worker to look at.

    One short query where no trigger does. What names neither a deal nor a person moves nothing.
    """
    about = [(pk, one) for pk, one in zip(ids, events, strict=True) if one.deal_id or one.contact_id]
    pairs = listening({one.kind for _, one in about})
    if not pairs:
        return
    wanted = statements.waited_for({kind for _, kind in pairs})
    pairs = [(event, kind) for event, kind in pairs if kind in wanted]
    if not pairs:
        return
    kinds = {event for event, _ in pairs}
    heard = [(pk, one) for pk, one in about if one.kind in kinds]
    statements.hear(heard, listening=pairs, chains=present_chains())
    _wake()


def hear_of(
    *,
    kind: str,
    key: str,
    deal_id: int | None = None,
    contact_id: int | None = None,
    trigger_id: int | None = None,
    data: Mapping[str, Any] | None = None,
    at: dt.datetime | None = None,
    is_automatic: bool = False,
) -> bool:
    """Note something that is no event of the log: a call of a webhook, a visit. False when `key` was noted
    before: the same thing told twice. `at` is when it happened, if that was not now.
    """
    try:
        with transaction.atomic():
            Heard.objects.create(
                kind=kind,
                key=key,
                deal_id=deal_id,
                contact_id=contact_id,
                trigger_id=trigger_id,
                data=dict(data or {}),
                happened_at=at or clock.now(),
                is_automatic=is_automatic,
            )
    except IntegrityError:
        return False
    _wake()
    return True


def _wake() -> None:
    transaction.on_commit(partial(live.wake, live.AUTOMATION, current_workspace_id()))
