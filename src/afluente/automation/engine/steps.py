"""Steps of rules: the states they can be in, what waits, and what a walk over a definition leaves behind."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from afluente.automation.engine.actions import Effect
    from afluente.automation.engine.conditions import Asked


class State(StrEnum):
    """The states of a step (S-STATE)."""

    SCHEDULED = "scheduled"
    PARKED = "parked"
    GATED = "gated"
    HELD = "held"
    AWAITING = "awaiting"
    RETRY = "retry"
    APPLIED = "applied"
    SKIPPED = "skipped"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    SIMULATED = "simulated"


ANSWERS = frozenset(  # ends of what was awaited
    {State.APPLIED, State.SKIPPED, State.FAILED, State.UNKNOWN, State.CANCELLED}
)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the log: how a step ended and why. `late_by` is zero when it was in time."""

    rule: str
    state: State
    reason: str = ""
    detail: str = ""
    due_at: dt.datetime | None = None
    late_by: dt.timedelta = dt.timedelta(0)
    occurrence: str = ""
    asked: tuple[Asked, ...] = ()
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class Token:
    """A step that waits at `node`. `due_at` is when to look again; `planned_at` is when it was meant to run.
    `until` is the last moment at which it makes sense; `key` is what it waits for besides the time. `since` is
    what its time counts from, when that is the end of the rule before it.
    """

    node: str
    rule: str
    state: State
    due_at: dt.datetime | None = None
    planned_at: dt.datetime | None = None
    until: dt.datetime | None = None
    occurrence: str = ""
    key: str = ""
    since: dt.datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Made:
    """An effect, the rule that wants it and the step that it belongs to."""

    effect: Effect
    rule: str
    step: str


@dataclass
class Sprint:
    """What one walk came to. `answers` are the ends of steps that were told as awaiting before. `has_left`: the
    record leaves its stage.
    """

    made: list[Made] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    answers: list[Line] = field(default_factory=list)
    waiting: list[Token] = field(default_factory=list)
    has_left: bool = False
