"""Which trigger moves a deal when something happens, if any does (S-TRIG, T1 to T9). Pure, like the rest.

A trigger moves forward only, passes over the stages between, and of several the one of the earliest stage wins.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

MOVED, PASSED, REFUSED = "moved", "passed", "refused"
DEEPEST = 10  # automatic moves of one chain (S-LOOP 1)


@dataclass(frozen=True, kw_only=True)
class Place:
    """A stage: where it stands among the others of its pipeline. Won and lost stand above every open one."""

    stage_id: int
    pipeline_id: int
    position: int
    is_terminal: bool = False

    @property
    def rank(self) -> tuple[bool, int]:
        """Two stages are in this order; won and lost are equally far."""
        return self.is_terminal, 0 if self.is_terminal else self.position


@dataclass(frozen=True, kw_only=True)
class Happened:
    """Something that happened. `data` is what the log says of it; `is_automatic`: a rule did it."""

    kind: str
    at: dt.datetime
    data: Mapping[str, Any] = field(default_factory=dict)
    pipeline_id: int | None = None
    is_automatic: bool = False
    depth: int = 0


class Kind(Protocol):
    """What a trigger may wait for. `events` are the kinds of the log that it listens to."""

    @property
    def slug(self) -> str:
        """What triggers call it."""

    @property
    def events(self) -> tuple[str, ...]:
        """The kinds of the log that may be it."""

    def fits(self, params: Mapping[str, Any], happened: Happened) -> bool:
        """Whether this is what a trigger with these `params` waits for."""


@dataclass(frozen=True, kw_only=True)
class Armed:
    """A trigger as it is arranged."""

    id: int
    to: Place
    kind: Kind
    params: Mapping[str, Any]
    position: int = 0
    allows_back: bool = False
    may_reopen: bool = False
    hears_rules: bool = False
    max_age: dt.timedelta = dt.timedelta(hours=1)
    quiet: dt.timedelta = dt.timedelta()  # how long nothing more of it may happen before

    def wants(self, happened: Happened) -> bool:
        """Whether this is what it waits for."""
        return happened.kind in self.kind.events and self.kind.fits(self.params, happened)


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What comes of it for one deal: the trigger, moved, passed or refused, and why."""

    trigger_id: int
    state: str
    reason: str = ""
    to: Place | None = None


def decide(
    triggers: Sequence[Armed],
    happened: Happened,
    *,
    at: Place,
    is_open: bool,
    now: dt.datetime,
    holds: Callable[[Armed], bool],
    is_frozen: bool = False,
) -> Decided | None:
    """Which of `triggers`, all of the deal's pipeline and of what happened, moves a deal that stands `at`.

    `holds` asks a trigger's condition of the deal. None when there is no trigger.
    """
    ordered = sorted(triggers, key=lambda one: (one.to.rank, one.position, one.id))
    if not ordered:
        return None
    passed: Decided | None = None
    for one in ordered:
        why = _hindrance(one, happened, at=at, is_open=is_open, now=now, is_frozen=is_frozen)
        if not why and not holds(one):
            why = "condition_false"
        if not why:
            return Decided(trigger_id=one.id, state=MOVED, to=one.to)
        passed = passed or Decided(trigger_id=one.id, state=PASSED, reason=why)
    return passed


def _hindrance(
    one: Armed, happened: Happened, *, at: Place, is_open: bool, now: dt.datetime, is_frozen: bool
) -> str:
    """Why a trigger does not move the deal; empty when nothing hinders it."""
    if happened.is_automatic and not one.hears_rules:
        return "automatic"
    if now - happened.at > one.max_age:
        return "stale"
    if is_frozen or happened.depth > DEEPEST:
        return "loop_guard"
    if one.to.stage_id == at.stage_id:
        return "there"
    if not is_open and not one.may_reopen:
        return "record_closed"
    # Whoever may reopen a deal may take it back to work; from won to lost, or back, is another thing.
    reopens = not is_open and not one.to.is_terminal
    if one.to.rank <= at.rank and not one.allows_back and not reopens:
        return "behind"
    return ""
