"""The seven kinds of nodes that every definition becomes, whichever editor made it.

A node has an id that survives edits. `rule` names the rule, or the element of a flow, that a line of the log is
about; several nodes may serve one rule. Nothing joins and nothing loops but by an explicit way back, which the
limits of a sprint bound.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from afluente.automation.engine.timing import When
    from afluente.kernel.conditions import Expression


class Zone(StrEnum):
    """Whose clock a rule means; where it is not known, the account's."""

    ACCOUNT = "account"
    RESPONSIBLE = "responsible"
    CONTACT = "contact"


@dataclass(frozen=True, kw_only=True)
class Node:
    id: str
    rule: str = ""


@dataclass(frozen=True, kw_only=True)
class WaitTime(Node):
    """Wait until `when`, then, where `company` or `person` says so, until they work. `on_skip` is where it goes
    on when the moment has passed for good. `late_after` is None for what may be late by any time.
    """

    when: When | None = None
    company: bool = False
    person: bool = False
    zone: Zone = Zone.ACCOUNT
    late_after: dt.timedelta | None = None
    next: str
    on_skip: str

    @property
    def key(self) -> str:
        """What it waits for besides the time: the date of the record that it counts from."""
        return f"field:{self.when.field}" if self.when and self.when.field else ""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One way out of a branch, taken when `condition` holds."""

    condition: Expression
    next: str


@dataclass(frozen=True, kw_only=True)
class Branch(Node):
    """Go the first way whose condition holds, else `default`. `skips`: going there skips the rule. A condition
    that cannot be asked leads to `on_failure`.
    """

    cases: tuple[Case, ...]
    default: str
    on_failure: str
    skips: bool = False
    zone: Zone = Zone.ACCOUNT


@dataclass(frozen=True, kw_only=True)
class Act(Node):
    """Do something. `waits`: what comes next must know how it ended, if it is done outside."""

    action: str
    params: Mapping[str, Any] = field(default_factory=dict)
    waits: bool = False
    next: str
    on_skip: str
    on_failure: str


@dataclass(frozen=True, kw_only=True)
class WaitEvent(Node):
    """Wait for an event about `correlation`, at most for `timeout`."""

    event: str
    correlation: str = ""
    timeout: dt.timedelta | None = None
    next: str
    on_timeout: str


@dataclass(frozen=True, kw_only=True)
class Fork(Node):
    """Go several ways, in this order; each for itself."""

    lanes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Call(Node):
    """Start another flow for the same record and go on."""

    flow: str
    next: str


@dataclass(frozen=True, kw_only=True)
class End(Node):
    """A way is at its end. `unmet` are rules of the lane that are not reached any more."""

    unmet: tuple[str, ...] = ()


@dataclass(frozen=True)
class Graph:
    """A definition as the engine runs it. `rest` names, for each node, the rules from it to the end of its
    lane: what stops when the record leaves. `titles` are what people call the rules, in their order, or what
    such a rule does; `names` only what people called them.
    """

    nodes: Mapping[str, Node]
    start: str
    rest: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
