"""What a batch of steps needs, read once."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from afluente.accounts.models import Membership, Workspace
from afluente.automation import selectors, statements
from afluente.automation.engine.actions import Scene
from afluente.automation.engine.interpreting import Program
from afluente.automation.engine.nodes import Act, Zone
from afluente.automation.engine.records import Kind
from afluente.automation.engine.rules import compile_rules
from afluente.automation.engine.written import read_rules
from afluente.automation.models import Definition, Version
from afluente.automation.selectors.hours import Hours, hours_at
from afluente.automation.services.actions import actions, needs, outside
from afluente.automation.services.facts import load_facts, turns_of
from afluente.deals.models import Stage
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from afluente.automation.engine.records import Catalogue, Record
    from afluente.automation.statements import Taken

REMEMBERED = 512  # compiled versions kept in a process


@dataclass
class Batch:
    """What a whole batch needs: read once."""

    now: dt.datetime
    known: Catalogue
    programs: Mapping[tuple[int, int], Program]
    records: Mapping[int, Record]
    zones: Mapping[int, ZoneInfo]
    account: ZoneInfo
    hours: Hours
    facts: Mapping[str, Any]
    frozen: set[int]
    states: Mapping[int, str]
    floors: Mapping[int, int]
    left: set[int] = field(default_factory=set)

    def scene(self, token: Taken) -> Scene:
        """What the rules of one deal may ask."""
        record = self.records[token.deal_id]
        zones = {Zone.ACCOUNT: self.account}
        if responsible := self.zones.get(record.get("assignee") or 0):
            zones[Zone.RESPONSIBLE] = responsible
        return Scene(
            record=record,
            now=self.now,
            entered_at=token.entered_at,
            zones=zones,
            company=self.hours.company,
            person=self.hours.people.get(record.get("assignee") or 0),
            facts=self.facts,
        )


def read_batch(tokens: Sequence[Taken], now: dt.datetime, *, is_planning: bool = False) -> Batch:
    """Everything that these tokens' rules may ask: as many queries for one as for all. Whoever only plans, and
    lets nothing act, needs less.
    """
    known = selectors.catalogue()
    workspace = Workspace.objects.get(pk=current_workspace_id())
    account = ZoneInfo(workspace.timezone)
    people = Membership.objects.active().values_list("pk", "user__timezone")
    zones = {pk: ZoneInfo(name) if name else account for pk, name in people}
    hours = hours_at(now, account=account, zones=zones)
    rows = Definition.objects.filter(pk__in={one.definition_id for one in tokens})
    turned = {pk: (state, floor) for pk, state, floor in rows.values_list("pk", "state", "floor")}
    wanted = {(one.definition_id, one.version) for one in tokens}
    wanted |= {(pk, turned[pk][1]) for pk, version in wanted if pk in turned and version < turned[pk][1]}
    programs = _programs(wanted, known)
    deal_ids = {one.deal_id for one in tokens}
    return Batch(
        now=now,
        known=known,
        programs=programs,
        records=selectors.load_records([one.deal_id for one in tokens], known),
        zones=zones,
        account=account,
        frozen=statements.frozen(deal_ids),
        hours=hours,
        states={pk: state for pk, (state, _) in turned.items()},
        floors={pk: floor for pk, (_, floor) in turned.items()},
        facts={}
        if is_planning
        else {
            "members": zones.keys(),
            "absent": hours.absent,
            "catalogue": known,
            "stages": frozenset(Stage.objects.lasting().values_list("pk", flat=True)),
            **_facts(programs, deal_ids),
        },
    )


def _facts(programs: Mapping[tuple[int, int], Program], deal_ids: set[int]) -> dict[str, Any]:
    """What the actions of these programs must know beforehand."""
    acts = [(key, node) for key, program in programs.items() for node in acts_of(program)]
    wanted = needs([node.action for _, node in acts])
    found = load_facts(wanted, deal_ids)
    if "turns" in wanted:
        found["turns"] = turns_of(
            (key[0], node.rule) for key, node in acts if node.params.get("how") == "turn"
        )
    return found


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
