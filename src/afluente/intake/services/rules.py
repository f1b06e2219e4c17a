"""From a lead and a deal rule to the deal it becomes (crm.md 2.12, SP-017, SP-023, Q14, Q20)."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from afluente.accounts.models import Membership
from afluente.contacts import selectors as contacts
from afluente.deals.models import Pipeline, Stage
from afluente.deals.services import NewDeal
from afluente.intake import statements
from afluente.intake.models import DealRule, Source
from afluente.intake.services.naming import deal_name
from afluente.intake.services.notes import Note

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from afluente.intake.services.leads import Lead


class NoPipelineError(Exception):
    """The workspace has no pipeline with an open stage, so no deal can be opened."""


@dataclass
class RuleBook:
    """What deals need to know of one workspace, read once per batch."""

    rules: dict[int, DealRule]
    members: dict[int, list[int]]
    pipelines: list[Pipeline]
    stages: dict[int, list[Stage]]
    active: set[int]
    default_assignee_id: int | None = None
    turns: dict[int, int] = field(default_factory=dict)  # rule to turns given out, while they are held

    @classmethod
    def load(cls) -> RuleBook:
        """Read rules, pipelines, stages and members of the present workspace: six statements."""
        rules = {rule.pk: rule for rule in DealRule.objects.all()}
        members: dict[int, list[int]] = {}
        for rule_id, member_id in statements.rule_members():
            members.setdefault(rule_id, []).append(member_id)
        pipelines = list(Pipeline.objects.present().order_by("position", "pk"))
        stages: dict[int, list[Stage]] = {}
        for stage in Stage.objects.lasting().order_by("position", "pk"):
            stages.setdefault(stage.pipeline_id, []).append(stage)
        active = set(Membership.objects.active().values_list("pk", flat=True))
        default = contacts.default_assignee_id()
        return cls(rules, members, pipelines, stages, active, default if default in active else None)

    def rule_for(self, source: Source, named: int | None) -> tuple[DealRule | None, list[Note]]:
        """The rule the sender named, else the source's own, else none (the fallback applies)."""
        if named is not None:
            if named in self.rules:
                return self.rules[named], []
            return self.rules.get(source.rule_id or 0), [Note("rule_unknown", str(named))]
        return self.rules.get(source.rule_id or 0), []

    def target(self, rule: DealRule | None) -> tuple[Pipeline, Stage, bool]:
        """Pipeline and stage, and whether they are a fallback for something that is gone."""
        if rule is None:
            return (*self._first(self.pipelines), False)
        chosen = next((one for one in self.pipelines if one.pk == rule.pipeline_id), None)
        if chosen is None:
            return (*self._first(self.pipelines), rule.had_target)
        stage = next((one for one in self.stages.get(chosen.pk, ()) if one.pk == rule.stage_id), None)
        if stage is not None:
            return chosen, stage, False
        return (*self._first([chosen]), rule.had_target)

    def _first(self, pipelines: Iterable[Pipeline]) -> tuple[Pipeline, Stage]:
        for pipeline in pipelines:
            for stage in self.stages.get(pipeline.pk, ()):
                if stage.kind == Stage.Kind.OPEN:
                    return pipeline, stage
        raise NoPipelineError

    def assignee(self, rule: DealRule | None, pipeline: Pipeline, contact_owner: int | None) -> int | None:
        """Who gets the deal. Only people who are still here; in turn, counted by the database."""
        assign = rule.assign if rule else DealRule.Assign.CONTACT
        default = pipeline.default_assignee_id
        if rule is not None and assign == DealRule.Assign.FIXED:
            return self._here(rule.assignee_id)
        if rule is not None and assign == DealRule.Assign.ROUND_ROBIN:
            return self._next(rule)
        if assign == DealRule.Assign.CONTACT:
            return self._here(contact_owner) or self._here(default)
        return self._here(default) if assign == DealRule.Assign.PIPELINE else None

    def _here(self, member_id: int | None) -> int | None:
        return member_id if member_id in self.active else None

    def hold_turns(self, rules: Iterable[DealRule]) -> None:
        """Lock the counters of those rules that assign in turn, until commit.

        Before the first deal is opened and in the order of their ids, so that no two batches wait for
        each other.
        """
        in_turn = {rule.pk for rule in rules if rule.assign == DealRule.Assign.ROUND_ROBIN}
        self.turns = statements.lock_turns(sorted(in_turn)) if in_turn else {}

    def _next(self, rule: DealRule) -> int | None:
        people = [one for one in self.members.get(rule.pk, ()) if one in self.active]
        if not people:
            return None
        turn = self.turns[rule.pk]
        self.turns[rule.pk] = turn + 1
        return people[turn % len(people)]

    def save_turns(self) -> None:
        """Keep how often each rule's turn was used."""
        statements.save_turns(self.turns)


@dataclass(frozen=True)
class Planned:
    """A deal to be opened and what to say about it; `deal` is None when the rule wants none."""

    deal: NewDeal | None
    notes: Sequence[Note] = ()
    fell_back: DealRule | None = None


def plan_deal(
    book: RuleBook,
    *,
    rule: DealRule | None,
    lead: Lead,
    source: Source,
    contact_id: int,
    contact_owner: int | None,
    raw_event_id: int | None,
) -> Planned:
    """The deal that `lead` becomes under `rule`. Raises NoPipelineError."""
    if rule is not None and not rule.is_on:
        return Planned(None, [Note("rule_off", rule.name)])
    pipeline, stage, fell_back = book.target(rule)
    assignee = book.assignee(rule, pipeline, contact_owner)
    notes = [Note("target_gone", rule.name)] if rule and fell_back else []
    if rule and assignee is None and rule.assign in {DealRule.Assign.FIXED, DealRule.Assign.ROUND_ROBIN}:
        notes.append(Note("assignee_gone", rule.name))
    if assignee is None and (rule is None or rule.assign != DealRule.Assign.NOBODY):
        assignee = book.default_assignee_id
    amount = lead.amount if lead.amount is not None else (rule.amount if rule else None)
    deal = NewDeal(
        name=_name(rule, lead),
        pipeline_id=pipeline.pk,
        stage_id=stage.pk,
        amount=amount if amount is not None else Decimal(0),
        currency=lead.currency or (rule.currency if rule else "") or pipeline.currency,
        assignee_id=assignee,
        contact_ids=[contact_id],
        source=source.kind,
        source_ref=source.pk,
        source_name=lead.source_name or source.name,
        raw_event_id=raw_event_id,
        rule_ref=rule.pk if rule else None,
    )
    return Planned(deal, notes, rule if fell_back else None)


def _name(rule: DealRule | None, lead: Lead) -> str:
    if rule and rule.name_template:
        named = deal_name(rule.name_template, lead.variables() | {"deal_name": lead.deal_name})
        if named:
            return named
    return lead.deal_name or lead.name or (lead.emails[0].email if lead.emails else "")
