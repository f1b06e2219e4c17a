"""Rules of a stage as a person arranges them, and the nodes they become.

A lane is a rule and those that follow it («after the previous rule»). Of each rule first the time counts, then
whether somebody works, then the condition, then it acts (S-COND, S-CHAIN).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from afluente.automation.engine.nodes import Act, Branch, Case, End, Fork, Graph, Node, WaitTime, Zone
from afluente.automation.engine.timing import LATE, Anchor, When
from afluente.kernel.conditions import Expression

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

START = "start"
PARTS = ("when", "if", "do")  # the nodes of a rule, in their order


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One card of the designer. `id` survives every edit.

    `follows`: it starts when the rule before it ended well. `or_skipped`: also when that one was skipped.
    `goes_on`: the rules after it start even when it failed. `is_outside`: it reaches a customer or another
    system, so it does not run hours late and its end is waited for.
    """

    id: str
    action: str
    title: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    when: When = field(default_factory=When)
    condition: Expression = field(default_factory=Expression)
    follows: bool = False
    or_skipped: bool = False
    goes_on: bool = False
    is_outside: bool = False
    company_hours: bool = False
    person_hours: bool = False
    zone: Zone = Zone.ACCOUNT
    late_after: dt.timedelta | None = None
    is_on: bool = True


def compile_rules(rules: Sequence[Rule]) -> Graph:
    """The nodes of one stage's rules. Rules that are switched off are left out; a rule that follows nothing
    begins a lane.
    """
    lanes: list[list[Rule]] = []
    for rule in rules:
        if not rule.is_on:
            continue
        if rule.follows and lanes:
            lanes[-1].append(rule)
        else:  # with nothing before it, it counts from the entry, however late a worker looks (case 4)
            lanes.append([replace(rule, follows=False)])
    nodes: list[Node] = [Fork(id=START, lanes=tuple(_first(lane[0]) for lane in lanes))]
    rest: dict[str, tuple[str, ...]] = {}
    for lane in lanes:
        for number, rule in enumerate(lane):
            made = _nodes(rule, lane[number + 1 :])
            nodes += made
            names = tuple(one.id for one in lane[number:])
            rest |= dict.fromkeys((node.id for node in made if not isinstance(node, End)), names)
    titles = {rule.id: rule.title or rule.action for rule in rules}
    own = {rule.id: rule.title for rule in rules}
    return Graph({node.id: node for node in nodes}, START, rest, titles, own)


def _nodes(rule: Rule, others: Sequence[Rule]) -> list[Node]:
    """The nodes of one rule, its action first; `others` follow it in its lane."""
    following = others[0] if others else None
    stopped = End(id=f"{rule.id}.stop", rule=rule.id, unmet=tuple(one.id for one in others))
    done = _first(following) if following else f"{rule.id}.end"
    skipped = done if following and following.or_skipped else stopped.id
    act = Act(
        id=f"{rule.id}.do",
        rule=rule.id,
        action=rule.action,
        params=rule.params,
        waits=rule.is_outside and following is not None,
        next=done,
        on_skip=skipped,
        on_failure=done if rule.goes_on else stopped.id,
    )
    made: list[Node] = [act]
    if rule.condition:
        made.append(_asking(rule, act))
    if _waits(rule):
        made.append(_waiting(rule, made[-1], on_skip=skipped))
    ends = [End(id=f"{rule.id}.end")] if following is None else []
    return [*made, stopped, *ends]


def _asking(rule: Rule, act: Act) -> Branch:
    return Branch(
        id=f"{rule.id}.if",
        rule=rule.id,
        cases=(Case(condition=rule.condition, next=act.id),),
        default=act.on_skip,
        on_failure=act.on_failure,
        skips=True,
        zone=rule.zone,
    )


def _waiting(rule: Rule, then: Node, *, on_skip: str) -> WaitTime:
    return WaitTime(
        id=f"{rule.id}.when",
        rule=rule.id,
        when=None if rule.when.is_at_once else replace(rule.when, anchor=anchor_of(rule)),
        company=rule.company_hours,
        person=rule.person_hours,
        zone=rule.zone,
        late_after=rule.late_after or (LATE if rule.is_outside else None),
        next=then.id,
        on_skip=on_skip,
    )


def _waits(rule: Rule) -> bool:
    return not rule.when.is_at_once or rule.company_hours or rule.person_hours


def _first(rule: Rule) -> str:
    """The node at which a rule begins."""
    part = "when" if _waits(rule) else "if" if rule.condition else "do"
    return f"{rule.id}.{part}"


def first_node(graph: Graph, rule: str) -> str | None:
    """The node at which a rule begins; None when it is not there, or switched off."""
    return next((name for part in PARTS if (name := f"{rule}.{part}") in graph.nodes), None)


def anchor_of(rule: Rule) -> Anchor:
    """What its interval counts from: a rule that follows another counts from the end of that one."""
    if rule.when.anchor == Anchor.FIELD:
        return Anchor.FIELD
    return Anchor.PREVIOUS if rule.follows else Anchor.ENTRY
