"""Taking what waits, a batch at a time, and keeping one bad event from spoiling the others (R-8)."""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connection, transaction

from afluente.intake import statements
from afluente.intake.services import applying
from afluente.kernel import crash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from afluente.intake.statements import ClaimedEvent

BATCH = 500  # events per transaction

log = logging.getLogger(__name__)
_turn = threading.Lock()


def apply_waiting(*, limit: int = BATCH) -> int:
    """Apply up to `limit` waiting events of the present workspace; how many were taken.

    One transaction (the caller's scope). Call again until it returns 0. Several threads may: each
    claims after the one before it has locked everybody its events name, so that what is about one
    person is applied in the order of its arrival.
    """
    with _in_turn() as on_hold:
        events = statements.claim(limit)
        if not events:
            return 0
        crash.point("intake.after_claim")
        _apply_parts([event for event in events if not event.attempts], on_hold)
        for event in events:
            if event.attempts:  # what failed before does so again, most likely: it shall cost only itself
                _apply_parts([event], on_hold)
        crash.point("intake.before_commit")
        return len(events)


@contextmanager
def _in_turn() -> Iterator[Callable[[], None]]:
    """One thread at a time, from the claim until the function given is called, or the end."""
    _turn.acquire()
    is_mine = True

    def leave() -> None:
        nonlocal is_mine
        if is_mine:
            is_mine = False
            _turn.release()

    try:
        yield leave
    finally:
        leave()


def _apply_parts(events: Sequence[ClaimedEvent], on_hold: Callable[[], None]) -> None:
    """Apply events together; when that fails, each half by itself, down to the one that is to blame."""
    if not events:
        return
    try:
        with transaction.atomic():
            applying.apply_set(events, on_hold=on_hold)
    except Exception as error:
        on_hold()  # a second try asks for locks that whoever comes next may hold
        if connection.connection is None or connection.connection.closed:
            raise  # the database went away: nobody is to blame, and all wait
        if len(events) == 1:
            log.exception("Event %d failed.", events[0].id)
            statements.postpone([(events[0].id, applying.blame(error))], most=applying.ATTEMPTS)
            return
        middle = len(events) // 2
        _apply_parts(events[:middle], on_hold)
        _apply_parts(events[middle:], on_hold)
