"""What rules would do with one record on a clock of our own: for dry runs and backtests. Pure.

The same interpreter as the live run; nothing is committed. What goes outside is taken as accepted.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from afluente.automation.engine import carrying
from afluente.automation.engine.limits import DEEPEST, MOST_OF_ROOT, MOST_STEPS
from afluente.automation.engine.nodes import WaitTime
from afluente.automation.engine.steps import Line, Made, Sprint, State, Token

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping

    from afluente.automation.engine.actions import Scene
    from afluente.automation.engine.interpreting import Program
    from afluente.automation.engine.nodes import Graph
    from afluente.automation.engine.records import Record

MOST = 1000  # steps of one simulation


@dataclass(frozen=True, kw_only=True)
class Told:
    """One step: when it ended or, `is_waiting`, what it waits for; what it would have changed."""

    at: dt.datetime | None
    stage_id: int
    entry: int
    line: Line
    made: tuple[Made, ...] = ()
    is_waiting: bool = False


@dataclass
class Simulation:
    """One record on its way through stages. `scene_at` gives what rules may ask, of it at a moment, entered at
    another. `follows`: where rules move it, it goes on in that stage; else `target` says where they want it.
    """

    record: Record
    programs: Mapping[int, Program]
    scene_at: Callable[[Record, dt.datetime, dt.datetime], Scene]
    follows: bool = True
    ends: frozenset[int] = frozenset()  # stages that close a record
    stage_id: int = 0
    entry: int = 0
    depth: int = 0
    told: list[Told] = field(default_factory=list)
    entered_at: dt.datetime | None = None
    target: int | None = None
    _due: list[tuple[dt.datetime, int, Token]] = field(default_factory=list)
    _parked: list[Token] = field(default_factory=list)
    _done: dict[str, set[str]] = field(default_factory=dict)
    _number: int = 0
    _began: int = 0  # how much was told when the present chain began

    def enter(self, stage_id: int, at: dt.datetime, *, depth: int = 0) -> None:
        """The record enters a stage; what waited for the one before is over."""
        self.leave(at)
        self.stage_id, self.entered_at, self.depth = stage_id, at, depth
        self.entry += 1
        self._done = {}
        closed = at if stage_id in self.ends else None
        self.record.changed |= {"stage": stage_id, "entered": at, "closed": closed}
        self._began = self._began if depth else len(self.told)
        program = self.programs.get(stage_id)
        limit = min(MOST_STEPS, MOST_OF_ROOT - (len(self.told) - self._began))
        if program is not None and depth <= DEEPEST and limit > 0:
            self._take(program.enter(self._scene(at), named=self._named, limit=limit), at)

    def leave(self, at: dt.datetime, reason: str = "stage_left") -> None:
        """Nothing that waits happens any more."""
        for token in [*self._parked, *(one for _, _, one in sorted(self._due))]:
            line = Line(rule=token.rule, state=State.CANCELLED, reason=reason, due_at=token.planned_at)
            self._tell(line, at)
        self._due, self._parked = [], []

    def change(self, values: Mapping[str, Any], at: dt.datetime) -> None:
        """Fields say something else; what counts from dates among them is planned anew."""
        self.record.changed |= values
        program = self.programs.get(self.stage_id)
        if program is None or self.entered_at is None:
            return
        keys = {f"field:{name}" for name in values}
        waiting = [one for one in [*self._parked, *(one for *_, one in self._due)] if one.key in keys]
        self._parked = [one for one in self._parked if one.key not in keys]
        self._due = [one for one in self._due if one[2].key not in keys]
        heapq.heapify(self._due)
        there = {one.rule for one in waiting}
        waiting += [
            one for rule in self._done if rule not in there for one in _again(program.graph, rule, keys)
        ]
        for token in waiting:
            node = program.graph.nodes[token.node]
            if isinstance(node, WaitTime):
                found = carrying.planned(token, node, self._scene(at))
                if found.occurrence and found.occurrence in self._done.get(token.rule, ()):
                    found = replace(found, state=State.PARKED, due_at=None, planned_at=None, occurrence="")
                if found.state != State.PARKED or token.rule in there:
                    self._wait(found)

    def advance(self, until: dt.datetime) -> None:
        """Let time pass: everything that falls due until then."""
        while self._due and self._due[0][0] <= until and len(self.told) < MOST:
            at, _, token = heapq.heappop(self._due)
            program = self.programs[self.stage_id]
            self._take(program.resume(token, self._scene(at), named=self._named), at)

    @property
    def next_at(self) -> dt.datetime | None:
        """When something falls due next."""
        return self._due[0][0] if self._due else None

    def waits(self) -> list[Told]:
        """What waits still, the next first."""
        tokens = [*(one for *_, one in sorted(self._due)), *self._parked]
        return [
            Told(
                at=one.due_at,
                stage_id=self.stage_id,
                entry=self.entry,
                line=Line(rule=one.rule, state=one.state, due_at=one.planned_at),
                is_waiting=True,
            )
            for one in tokens
        ]

    def _take(self, sprint: Sprint, at: dt.datetime) -> None:
        """Tell what a sprint came to, and let wait what waits."""
        left = sprint.has_left
        target = None
        for line in sprint.lines:
            made = tuple(one for one in sprint.made if one.rule == line.rule) if line.state in DONE else ()
            target = next((one.effect.values["stage"] for one in made if one.effect.kind == "move"), target)
            self._tell(line, at, made)
        if left:
            depth = self.depth + 1
            self._due += [(at, 0, token) for token in sprint.waiting]
            self.leave(at)
            self.target = target
            if target is not None and self.follows:
                self.enter(target, at, depth=depth)
            return
        for token in sprint.waiting:
            accepted = replace(token, state=State.SCHEDULED, key=State.APPLIED, due_at=at)
            self._wait(accepted if token.state == State.AWAITING else token)

    def _tell(self, line: Line, at: dt.datetime, made: tuple[Made, ...] = ()) -> None:
        if line.state == State.AWAITING:
            line = replace(line, state=State.APPLIED)
        if line.occurrence and line.state != State.CANCELLED:
            self._done.setdefault(line.rule, set()).add(line.occurrence)
        self.told.append(Told(at=at, stage_id=self.stage_id, entry=self.entry, line=line, made=made))

    def _wait(self, token: Token) -> None:
        if token.due_at is None:
            self._parked.append(token)
            return
        self._number += 1
        heapq.heappush(self._due, (token.due_at, self._number, token))

    def _scene(self, at: dt.datetime) -> Scene:
        return self.scene_at(self.record, at, self.entered_at or at)

    def _named(self, rule: str, occurrence: str) -> str:
        return f"0:{self.record.id}:{self.entry}:{rule}:{occurrence}"


DONE = {State.APPLIED, State.AWAITING}


def _again(graph: Graph, rule: str, keys: set[str]) -> list[Token]:
    """The wait of a rule that was done for another value of a date."""
    node = graph.nodes.get(f"{rule}.when")
    if not isinstance(node, WaitTime) or node.key not in keys:
        return []
    return [Token(node=node.id, rule=rule, state=State.SCHEDULED)]
