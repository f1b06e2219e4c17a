"""Looking ahead: what rules would do with a real deal, on a clock of our own; nothing is written or sent (S-DRY)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db.models import F

from afluente.accounts.models import Membership, Workspace
from afluente.automation import selectors, statements
from afluente.automation.engine.actions import Scene
from afluente.automation.engine.interpreting import Program
from afluente.automation.engine.nodes import Zone
from afluente.automation.engine.rules import compile_rules
from afluente.automation.engine.simulating import Simulation, Told
from afluente.automation.engine.written import read_rules
from afluente.automation.models import Definition, Version
from afluente.automation.selectors.hours import Hours, hours_at
from afluente.automation.services.actions import actions, outside
from afluente.automation.services.checking import check_rules
from afluente.automation.services.facts import Facts, turns_now
from afluente.deals.models import Deal, Stage
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from afluente.automation.engine.records import Catalogue, Record

AHEAD = dt.timedelta(days=400)  # how far a dry run looks


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What a dry run came to: its steps, what waits at its end, the stage that the deal is in then, and what
    rules are called and how they are written, by stage and rule.
    """

    steps: Sequence[Told]
    waiting: Sequence[Told]
    stage_id: int
    titles: Mapping[int, Mapping[str, str]]
    rules: Mapping[int, Mapping[str, Mapping[str, Any]]]


@dataclass
class Surroundings:
    """What rules may ask besides the record: read once."""

    known: Catalogue
    account: ZoneInfo
    zones: Mapping[int, ZoneInfo]
    hours: Hours
    facts: Facts

    def scene_at(self, record: Record, now: dt.datetime, entered_at: dt.datetime) -> Scene:
        """What the rules of a record may ask at a moment."""
        if self.hours.people:
            self.facts["absent"] = self.absent(now)
        who = record.get("assignee") or 0
        zones = {Zone.ACCOUNT: self.account}
        if responsible := self.zones.get(who):
            zones[Zone.RESPONSIBLE] = responsible
        return Scene(
            record=record,
            now=now,
            entered_at=entered_at,
            zones=zones,
            company=self.hours.company,
            person=self.hours.people.get(who),
            facts=self.facts,
        )

    def absent(self, now: dt.datetime) -> frozenset[int]:
        """Who is away at a moment."""
        people = self.hours.people.items()
        return frozenset(pk for pk, one in people if any(since <= now < until for since, until in one.away))


def surroundings(deal_ids: Collection[int], *, since: dt.datetime) -> Surroundings:
    """What rules may ask about these deals from a moment on: as many queries for one as for all."""
    known = selectors.catalogue()
    account = ZoneInfo(Workspace.objects.get(pk=current_workspace_id()).timezone)
    people = Membership.objects.active().values_list("pk", "user__timezone")
    zones = {pk: ZoneInfo(name) if name else account for pk, name in people}
    hours = hours_at(since, account=account, zones=zones)
    stages = frozenset(Stage.objects.lasting().values_list("pk", flat=True))
    facts = Facts(
        deal_ids,
        {"turns": turns_now},
        members=zones.keys(),
        zones=zones,
        absent=hours.absent,
        catalogue=known,
        stages=stages,
    )
    return Surroundings(known, account, zones, hours, facts)


def programs_of(stages: Mapping[int, Sequence[Mapping[str, Any]]], known: Catalogue) -> dict[int, Program]:
    """Rules by stage, as they would run."""
    return {
        stage: Program(
            compile_rules(read_rules(rules, outside=outside())), catalogue=known, actions=actions()
        )
        for stage, rules in stages.items()
    }


def closing_stages() -> frozenset[int]:
    """The stages in which a deal is over."""
    return frozenset(Stage.objects.lasting().exclude(kind=Stage.Kind.OPEN).values_list("pk", flat=True))


def running_rules() -> dict[int, list[dict[str, Any]]]:
    """The rules that run now, by stage."""
    running = Version.objects.filter(
        definition__state__in=[Definition.State.ACTIVE, Definition.State.PAUSED],
        number=F("definition__version"),
    )
    return dict(running.values_list("definition__stage_id", "rules"))


def dry_run(
    *,
    deal: Deal,
    stage: Stage | None = None,
    rules: Sequence[Mapping[str, Any]] | None = None,
    now: dt.datetime | None = None,
    days: int = 30,
) -> Looked:
    """What would happen if `deal` entered a stage now (the one it is in, if none is named), until `days` later.

    `rules` are tried in that stage instead of those that run; in stages that they lead to, those that run do.
    Messages count as accepted. Raises BadRuleError and NotPublishableError.
    """
    now = now or statements.database_now()
    stage_id = stage.pk if stage else deal.stage_id
    stages: dict[int, Sequence[Mapping[str, Any]]] = {**running_rules()}
    if rules is not None:
        check_rules(read_rules(rules, outside=outside()), None, place=stage_id)
        stages[stage_id] = rules
    programs = programs_of(stages, selectors.catalogue())
    around = surroundings([deal.pk], since=now)
    record = selectors.load_records([deal.pk], around.known)[deal.pk]
    # Facts by deal are read for the deal itself; its numbers in messages and steps are those of the next entry.
    run = Simulation(
        record=replace(record),
        programs=programs,
        scene_at=around.scene_at,
        ends=closing_stages(),
        entry=record.epoch,
    )
    run.enter(stage_id, now)
    run.advance(now + min(dt.timedelta(days=days), AHEAD))
    return Looked(
        steps=run.told,
        waiting=run.waits(),
        stage_id=run.stage_id,
        titles={stage: program.graph.titles for stage, program in programs.items()},
        rules={stage: {str(one["id"]): one for one in kept} for stage, kept in stages.items()},
    )
