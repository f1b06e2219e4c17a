"""What came of a message or a call that a rule handed to somebody outside (S-CHAIN, S-TX)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction

from afluente.automation import statements
from afluente.automation.engine.interpreting import RESULT_AFTER
from afluente.automation.engine.steps import ANSWERS, State
from afluente.kernel import live
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How the step named `step` (what `Action.act` was given) ended: applied, failed, unknown or cancelled, why,
    and what a person should know.
    """

    step: str
    state: State
    reason: str = ""
    detail: str = ""


STATES = {
    "sent": State.APPLIED,
    "failed": State.FAILED,
    "unknown": State.UNKNOWN,
    "skipped": State.SKIPPED,
    "cancelled": State.CANCELLED,
}


def outcome_of(key: str, state: str, *, reason: str = "", detail: str = "") -> Outcome | None:
    """How what left under `key` ended, when a step wanted it; None for what somebody else sent."""
    parts = key.split(":", 4)
    if len(parts) != 5 or not all(one.isdecimal() for one in parts[:3]):
        return None
    return Outcome(step=key, state=STATES[state], reason=reason, detail=detail.replace("\0", ""))


@transaction.atomic
def settle(outcomes: Sequence[Outcome]) -> None:
    """Write how steps ended, and let what follows them start or stop; workers walk on, nothing runs here.

    Told twice, the second time changes nothing, except that a person may say how an unknown one ended.
    """
    ends = [(statements.Name.read(one.step), one.state.value, one.reason, one.detail) for one in outcomes]
    for _, state, *_ in ends:
        if state not in ANSWERS:
            raise ValueError(state)
    statements.answer(ends)
    transaction.on_commit(partial(live.wake, live.AUTOMATION, current_workspace_id()))


def postpone(attempts: Sequence[tuple[str, dt.datetime]]) -> None:
    """The steps of these names are tried again at these moments: what follows them waits for that."""
    statements.postpone([(statements.Name.read(step), at + RESULT_AFTER) for step, at in attempts])
