"""What becomes of a step that waits when its date changes, or the rules do (S-TIME 6, S-VERSION). Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from afluente.automation.engine import timing
from afluente.automation.engine.nodes import WaitTime
from afluente.automation.engine.records import UnknownFieldError
from afluente.automation.engine.rules import first_node
from afluente.automation.engine.steps import ANSWERS, State, Token
from afluente.automation.engine.timing import Anchor, Due, Parked

if TYPE_CHECKING:
    import datetime as dt

    from afluente.automation.engine.actions import Scene
    from afluente.automation.engine.nodes import Graph


def carried(token: Token, old: Graph, new: Graph, scene: Scene) -> Token | None:
    """The same step by the rules of `new`: what did not change keeps its moment, another time counts from where
    the old one did. None when the rule is not there any more.
    """
    first = first_node(new, token.rule)
    if first is None:
        return None
    if token.state == State.AWAITING or token.key in ANSWERS:
        return token
    before, after = old.nodes.get(token.node), new.nodes.get(token.node)
    if not isinstance(before, WaitTime):
        return token if after is not None else _at_once(token, first, scene)
    if not isinstance(after, WaitTime):
        return _at_once(token, first, scene)
    if (before.when, before.zone) != (after.when, after.zone):
        return planned(token, after, scene)
    return replace(token, due_at=scene.now) if token.state == State.GATED else token


def planned(token: Token, node: WaitTime, scene: Scene) -> Token:
    """A step that waits at `node`, planned again from what its time counts from."""
    again = replace(token, state=State.SCHEDULED, planned_at=None, until=None, occurrence="", key=node.key)
    if node.when is None:
        return replace(again, due_at=scene.now)
    try:
        since = _since(token, node.when, scene)
    except UnknownFieldError:  # the walk will say so
        return replace(again, due_at=scene.now)
    found = timing.plan(
        node.when, since=since, zone=scene.zone(node.zone), now=scene.now, calendar=scene.company
    )
    match found:
        case Parked():
            return replace(again, state=State.PARKED, due_at=None)
        case Due(at, until, occurrence) if at > scene.now or node.when.anchor != Anchor.FIELD:
            return replace(again, due_at=at, planned_at=at, until=until, occurrence=occurrence)
        case Due(_, _, occurrence):
            return replace(again, due_at=scene.now, occurrence=occurrence)
    return replace(again, due_at=scene.now)


def _since(token: Token, when: timing.When, scene: Scene) -> dt.datetime | dt.date | None:
    if when.anchor == Anchor.FIELD:
        value: dt.datetime | dt.date | None = scene.record.get(when.field)
        return value
    return (token.since or scene.now) if when.anchor == Anchor.PREVIOUS else scene.entered_at


def _at_once(token: Token, node: str, scene: Scene) -> Token:
    return replace(
        token,
        node=node,
        state=State.SCHEDULED,
        due_at=scene.now,
        planned_at=None,
        until=None,
        key="",
    )
