"""What a batch of steps needs, read once."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from afluente.accounts.models import Membership, Workspace
from afluente.automation import selectors, statements
from afluente.automation.engine.actions import Scene
from afluente.automation.engine.interpreting import Program
from afluente.automation.engine.nodes import Act, WaitTime, Zone
from afluente.automation.engine.records import Kind
from afluente.automation.engine.rules import compile_rules
from afluente.automation.engine.written import read_rules
from afluente.automation.models import Definition, Version
from afluente.automation.selectors.hours import Hours, hours_at
from afluente.automation.services.actions import actions, outside
from afluente.automation.services.actions.repeating import SAID, said_to
from afluente.automation.services.facts import Facts, turns_of
from afluente.deals.models import Stage
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping, Sequence

    from afluente.automation.engine.records import Catalogue, Record
    from afluente.automation.statements import Taken

REMEMBERED = 512  # compiled versions kept in a process


class Clocks(dict[Zone, ZoneInfo]):
    """The zones that a rule of one deal may mean, looked up when one is meant."""

    def __init__(self, batch: Batch, record: Record) -> None:
        super().__init__({Zone.ACCOUNT: batch.account})
        self.batch, self.record = batch, record

    def get(self, wanted: Zone, default: Any = None) -> Any:
        """The zone that is known for `wanted`."""
        if wanted == Zone.RESPONSIBLE:
            return self.batch.zones.get(self.record.get("assignee") or 0, default)
        return super().get(wanted, default)


@dataclass
class Batch:
    """What a whole batch needs: read once, and what not every batch asks for only when it is asked."""

    now: dt.datetime
    known: Catalogue
    programs: Mapping[tuple[int, int], Program]
    records: Mapping[int, Record]
    frozen: set[int]
    states: Mapping[int, str]
    floors: Mapping[int, int]
    facts: Facts
    is_timed: bool  # whether anything asks when people work
    spent: Mapping[int, int]  # steps of the chain that each deal which rules moved is in
    bred: dict[int, int]  # steps of deals that rules opened, by what began their chain
    left: set[int] = field(default_factory=set)

    @cached_property
    def account(self) -> ZoneInfo:
        """The zone of the workspace."""
        return ZoneInfo(Workspace.objects.get(pk=current_workspace_id()).timezone)

    @cached_property
    def zones(self) -> dict[int, ZoneInfo]:
        """The zones of everybody who is here."""
        people = Membership.objects.active().values_list("pk", "user__timezone")
        return {pk: ZoneInfo(name) if name else self.account for pk, name in people}

    @cached_property
    def hours(self) -> Hours:
        """When everybody works."""
        return hours_at(self.now, account=self.account, zones=self.zones)

    def scene(self, token: Taken) -> Scene:
        """What the rules of one deal may ask."""
        record = self.records[token.deal_id]
        company = person = None
        if self.is_timed:
            company, person = self.hours.company, self.hours.people.get(record.get("assignee") or 0)
        return Scene(
            record=record,
            now=self.now,
            entered_at=token.entered_at,
            zones=Clocks(self, record),
            company=company,
            person=person,
            facts=self.facts,
        )


def read_batch(tokens: Sequence[Taken], now: dt.datetime) -> Batch:
    """Everything that these tokens' rules may ask: as many queries for one as for all."""
    known = selectors.catalogue()
    rows = Definition.objects.filter(pk__in={one.definition_id for one in tokens})
    turned = {pk: (state, floor) for pk, state, floor in rows.values_list("pk", "state", "floor")}
    wanted = {(one.definition_id, one.version) for one in tokens}
    wanted |= {(pk, turned[pk][1]) for pk, version in wanted if pk in turned and version < turned[pk][1]}
    programs = _programs(wanted, known)
    deal_ids = {one.deal_id for one in tokens}
    own: dict[str, Callable[[], Any]] = {}
    batch = Batch(
        now=now,
        known=known,
        programs=programs,
        records=selectors.load_records(deal_ids, known),
        frozen=statements.frozen(deal_ids),
        states={pk: state for pk, (state, _) in turned.items()},
        floors={pk: floor for pk, (_, floor) in turned.items()},
        facts=Facts(deal_ids, own, catalogue=known),
        is_timed=any(_is_timed(program) for program in programs.values()),
        spent=statements.spent({one.deal_id: one.root_id for one in tokens if one.depth and one.root_id}),
        bred=statements.bred({one.root_id for one in tokens if is_bred(one) and one.root_id}),
    )
    own |= {
        "members": lambda: frozenset(batch.zones),
        "zones": lambda: batch.zones,
        "absent": lambda: batch.hours.absent,
        "stages": lambda: frozenset(Stage.objects.lasting().values_list("pk", flat=True)),
        "turns": lambda: turns_of(_turning(programs)),
        SAID: lambda: said_to(batch.facts["people"], now),
    }
    return batch


def is_bred(token: Taken) -> bool:
    """Whether it is about the first entry of a deal that a rule opened."""
    return token.depth > 0 and token.epoch == 1


def _turning(programs: Mapping[tuple[int, int], Program]) -> list[tuple[int, str]]:
    """The rules that give deals out in turn."""
    return [
        (key[0], node.rule)
        for key, program in programs.items()
        for node in acts_of(program)
        if node.params.get("how") == "turn"
    ]


@lru_cache(REMEMBERED)
def _is_timed(program: Program) -> bool:
    """Whether a program asks when people work."""
    waits = [node for node in program.graph.nodes.values() if isinstance(node, WaitTime)]
    return any(node.company or node.person or (node.when and node.when.interval.is_working) for node in waits)


@lru_cache(REMEMBERED)
def acts_of(program: Program) -> tuple[Act, ...]:
    """What a program does, node by node."""
    return tuple(node for node in program.graph.nodes.values() if isinstance(node, Act))


def _programs(wanted: set[tuple[int, int]], known: Catalogue) -> dict[tuple[int, int], Program]:
    """The versions that a batch needs, compiled; those that were compiled before are not read again."""
    fields = tuple(sorted((name, kind.value) for name, kind in known.items()))
    rows = Version.objects.filter(definition_id__in={pk for pk, _ in wanted}).values_list(
        "definition_id", "number", "pk"
    )
    return {
        (definition, number): _compiled(current_workspace_id(), pk, fields)
        for definition, number, pk in rows
        if (definition, number) in wanted
    }


@lru_cache(REMEMBERED)
def _compiled(_workspace_id: int, version_id: int, fields: tuple[tuple[str, str], ...]) -> Program:
    """A version never changes, so a process compiles it once for a set of fields."""
    version = Version.objects.get(pk=version_id)
    known: Any = {name: Kind(kind) for name, kind in fields}
    return Program(
        compile_rules(read_rules(version.rules, outside=outside())), catalogue=known, actions=actions()
    )
