"""Walking a definition for one record, as far as it goes at one moment: a sprint (S-IMM).

Out come effects, a line for each step that came to an end, and what waits. Nothing is committed here, and the same
input gives the same output, so a dry run is this with another clock.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from afluente.automation.engine import conditions, opening, timing
from afluente.automation.engine.actions import Done, Effect, Fail, Skip
from afluente.automation.engine.conditions import InvalidConditionError, Moment
from afluente.automation.engine.limits import MOST_NODES, MOST_STEPS
from afluente.automation.engine.nodes import Act, Branch, Call, End, Fork, Node, WaitEvent, WaitTime
from afluente.automation.engine.records import UnknownFieldError
from afluente.automation.engine.steps import ANSWERS, Line, Made, Sprint, State, Token
from afluente.automation.engine.timing import Anchor, Due, Missed, Parked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from afluente.automation.engine.actions import Action, Scene
    from afluente.automation.engine.conditions import Asked, Ways
    from afluente.automation.engine.nodes import Graph
    from afluente.automation.engine.records import Catalogue

    Naming = Callable[[str, str], str]

RESULT_AFTER = dt.timedelta(minutes=30)  # without an answer the end of an outside action is unknown (S-CHAIN)


class Program:
    """A version of a definition, ready to be run for any number of records."""

    def __init__(self, graph: Graph, *, catalogue: Catalogue, actions: Mapping[str, Action]) -> None:
        self.graph, self.actions = graph, actions
        self.ways: dict[str, Ways] = {}
        for node in graph.nodes.values():
            if isinstance(node, Branch):
                self.ways[node.id] = conditions.compile_cases(node.cases, catalogue)

    def enter(self, scene: Scene, *, named: Naming, limit: int = MOST_STEPS) -> Sprint:
        """What happens when the scene's record enters. `named` gives a step its name, by rule and occurrence;
        no more than `limit` rules act.
        """
        walk = _Walk(self, scene, named, limit=limit)
        walk.go(self.graph.start)
        return walk.sprint

    def resume(self, token: Token, scene: Scene, *, named: Naming) -> Sprint:
        """What happens now that the time of `token` has come, or what it waited for has; its `key` says how an
        outside action ended.
        """
        walk = _Walk(self, scene, named, token)
        walk.go(walk.awake(self.graph.nodes[token.node], token))
        return walk.sprint


class _Walk:
    """One sprint under way. `due` and `occurrence` are of the token that it began with, or met."""

    def __init__(
        self,
        program: Program,
        scene: Scene,
        named: Naming,
        token: Token | None = None,
        limit: int = MOST_STEPS,
    ) -> None:
        self.program, self.scene, self.named = program, scene, named
        self.sprint = Sprint()
        self.limit, self.steps, self.nodes = limit, 0, 0
        self.asked: tuple[Asked, ...] = ()
        self.due_at = token.planned_at if token else None
        self.occurrence = token.occurrence if token else ""
        self.since = token.since if token else None

    def awake(self, node: Node, token: Token) -> str | None:
        """Where it goes on now that `token` waits no longer; at the node itself when nothing was planned there."""
        match node:
            case WaitTime() if token.state == State.GATED or token.planned_at:
                return self._woken(node, token)
            case WaitEvent():
                return node.on_timeout if token.state == State.SCHEDULED else node.next
            case Act() if token.state == State.AWAITING:
                self.sprint.answers.append(
                    Line(rule=node.rule, state=State.UNKNOWN, reason="no_answer", occurrence=self.occurrence)
                )
                return node.on_failure
            case Act() if token.key in ANSWERS:
                ways = {State.APPLIED: node.next, State.SKIPPED: node.on_skip}
                return ways.get(State(token.key), node.on_failure)
        return node.id

    def go(self, node_id: str | None) -> None:
        """Walk from a node until the way ends or waits."""
        while node_id is not None:
            node = self.program.graph.nodes[node_id]
            if self.sprint.has_left:
                self._cancel(node_id, "stage_left")
                return
            self.nodes += 1
            self.steps += isinstance(node, Act)
            if self.steps > self.limit or self.nodes > MOST_NODES:
                self._cancel(node_id, "loop_guard")
                return
            node_id = self._pass(node)

    def _pass(self, node: Node) -> str | None:
        """Do what a node says; the node that comes next, if the way goes on."""
        match node:
            case WaitTime():
                return self._planned(node)
            case Branch():
                return self._decided(node)
            case Act():
                return self._acted(node)
            case Call():
                self._make(Effect("flow.start", {"flow": node.flow}), node.rule)
                return node.next
        self._stop(node)
        return None

    def _stop(self, node: Node) -> None:
        """The nodes after which a way does not simply go on."""
        match node:
            case Fork():
                for lane in node.lanes:
                    self.due_at, self.occurrence = None, ""
                    self.go(lane)
            case WaitEvent():
                due = self.scene.now + node.timeout if node.timeout else None
                self._wait(node, State.PARKED, due_at=due, key=f"{node.event}:{node.correlation}")
            case End():
                for rule in node.unmet:
                    self._line(rule, State.SKIPPED, "chain_not_met")

    # Time

    def _planned(self, node: WaitTime) -> str | None:
        """Plan when it is due; go on at once when that is now."""
        if node.when is None:
            return self._gated(node)
        try:
            since = self._since(node)
        except UnknownFieldError as unknown:
            self._line(node.rule, State.FAILED, "invalid_condition", str(unknown))
            return node.on_skip
        zone = self.scene.zone(node.zone)
        calendar = self.scene.company
        match timing.plan(node.when, since=since, zone=zone, now=self.scene.now, calendar=calendar):
            case Parked():
                self._wait(node, State.PARKED, key=node.key)
                return None
            case Missed(reason, occurrence):
                self.occurrence = occurrence
                self._line(node.rule, State.SKIPPED, reason)
                return node.on_skip
            case Due() as due:
                self.due_at, self.occurrence = due.at, due.occurrence or self.occurrence
                if due.at > self.scene.now:
                    self._wait(node, State.SCHEDULED, due_at=due.at, until=due.until, key=node.key)
                    return None
        return self._gated(node)

    def _since(self, node: WaitTime) -> dt.datetime | dt.date | None:
        when = node.when
        if when is None or when.anchor == Anchor.ENTRY:
            return self.scene.entered_at
        if when.anchor == Anchor.PREVIOUS:
            self.since = self.since or self.scene.now
            return self.since
        value: dt.datetime | dt.date | None = self.scene.record.get(when.field)
        return value

    def _woken(self, node: WaitTime, token: Token) -> str | None:
        """Go on from a wait that is over, unless it comes too late for whom it is meant."""
        if token.state != State.GATED and token.planned_at:
            due = Due(token.planned_at, token.until)
            if timing.is_too_late(due, now=self.scene.now, late_after=node.late_after):
                self._line(node.rule, State.SKIPPED, "too_late")
                return node.on_skip
        return self._gated(node)

    def _gated(self, node: WaitTime) -> str | None:
        """Go on when those who must be working are; else wait until they are (S-WORK)."""
        person = self.scene.person or self.scene.company
        calendars = [self.scene.company] if node.company else []
        calendars += [person] if node.person else []
        now = self.scene.now
        opens = opening.next_open([one for one in calendars if one is not None], now)
        if opens is None:
            self._line(node.rule, State.SKIPPED, "no_working_time")
            return node.on_skip
        if opens > now:
            self._wait(node, State.GATED, due_at=opens, key=node.key)
            return None
        return node.next

    # Deciding and acting

    def _decided(self, node: Branch) -> str:
        moment = Moment(self.scene.now, self.scene.zone(node.zone))
        ways = self.program.ways[node.id]
        asked: tuple[Asked, ...] = ()
        try:
            if isinstance(ways, InvalidConditionError):
                raise ways
            for ask, way in ways:
                verdict = ask(self.scene.record, moment)
                asked += verdict.asked
                if verdict.holds:
                    self.asked = asked
                    return way
        except (InvalidConditionError, UnknownFieldError) as invalid:
            self._line(node.rule, State.FAILED, "invalid_condition", str(invalid))
            return node.on_failure
        if node.skips:
            self._line(node.rule, State.SKIPPED, "condition_false", asked=asked)
        return node.default

    def _acted(self, node: Act) -> str | None:
        action = self.program.actions.get(node.action)
        asked, self.asked = self.asked, ()
        if action is None:
            self._line(node.rule, State.FAILED, "unknown_action", node.action, asked)
            return node.on_failure
        step = self.named(node.rule, self.occurrence)
        match action.act(node.params, self.scene, step=step):
            case Skip(reason, detail):
                self._line(node.rule, State.SKIPPED, reason, detail, asked)
                return node.on_skip
            case Fail(reason, detail):
                self._line(node.rule, State.FAILED, reason, detail, asked)
                return node.on_failure
            case Done() as done:
                return self._done(node, done, asked)

    def _done(self, node: Act, done: Done, asked: tuple[Asked, ...]) -> str | None:
        for effect in done.effects:
            self._make(effect, node.rule)
        self.scene.record.changed.update(done.changes)
        self.sprint.has_left = self.sprint.has_left or done.leaves
        self._line(node.rule, State.AWAITING if done.key else State.APPLIED, asked=asked, key=done.key)
        if done.key and node.waits:
            self._wait(node, State.AWAITING, due_at=self.scene.now + RESULT_AFTER, key=done.key)
            return None
        return node.next

    # Telling

    def _make(self, effect: Effect, rule: str) -> None:
        self.sprint.made.append(Made(effect=effect, rule=rule, step=self.named(rule, self.occurrence)))

    def _wait(self, node: Node, state: State, *, due_at: dt.datetime | None = None, **more: Any) -> None:
        token = Token(
            node=node.id,
            rule=node.rule,
            state=state,
            due_at=due_at,
            planned_at=self.due_at if state == State.GATED else due_at,
            occurrence=self.occurrence,
            since=self.since,
            **more,
        )
        self.sprint.waiting.append(token)

    def _line(
        self,
        rule: str,
        state: State,
        reason: str = "",
        detail: str = "",
        asked: tuple[Asked, ...] = (),
        key: str = "",
    ) -> None:
        self.since = None  # the rule has ended, done or not: what follows it counts from now (S-CHAIN)
        late = max(dt.timedelta(0), self.scene.now - self.due_at) if self.due_at else dt.timedelta(0)
        self.sprint.lines.append(
            Line(
                rule=rule,
                state=state,
                reason=reason,
                detail=detail,
                due_at=self.due_at,
                late_by=late,
                occurrence=self.occurrence,
                asked=asked,
                key=key,
            )
        )

    def _cancel(self, node_id: str, reason: str) -> None:
        """Nothing from this node to the end of its lane happens any more."""
        for rule in self.program.graph.rest.get(node_id, ()):
            self._line(rule, State.CANCELLED, reason)
