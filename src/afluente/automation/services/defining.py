"""Arranging and publishing the rules of a stage (S-VERSION, S-PAUSE)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F

from afluente.automation import statements
from afluente.automation.engine import conditions
from afluente.automation.engine.circles import MOVE, circle_from, leads_to
from afluente.automation.engine.written import BadRuleError, read_rules
from afluente.automation.models import Definition, Version
from afluente.automation.selectors.records import catalogue
from afluente.automation.services.actions import actions, outside
from afluente.deals.models import Stage
from afluente.kernel import clock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.accounts.models import Membership
    from afluente.automation.engine.rules import Rule


class NotPublishableError(Exception):
    """What is wrong with rules, by the number of the rule. Nothing was published."""

    def __init__(self, problems: Mapping[int, Sequence[str]]) -> None:
        super().__init__(problems)
        self.problems = {number: list(said) for number, said in problems.items() if said}


@transaction.atomic
def arrange_rules(*, stage: Stage, rules: Sequence[Mapping[str, Any]]) -> Definition:
    """Keep the rules of a stage as they are being arranged; nothing runs differently yet. Raises BadRuleError."""
    read_rules(rules, outside=outside())
    definition, _ = Definition.objects.update_or_create(
        stage=stage, defaults={"draft": list(rules), "changed_at": clock.now()}
    )
    return definition


@transaction.atomic
def publish_rules(*, definition: Definition, by: Membership | None) -> Version:
    """Let the arranged rules run for deals that enter from now on; steps that wait end by their own version.

    Raises BadRuleError and NotPublishableError.
    """
    held = Definition.objects.select_for_update(of=("self",)).get(pk=definition.pk)
    rules = read_rules(held.draft, outside=outside())
    problems = {number: _problems(rule) for number, rule in enumerate(rules)}
    if not any(problems.values()) and (circle := _circle(held, rules)):
        problems[_mover(rules)] = [f"These rules send every deal round in a circle: {circle}."]
    if any(problems.values()):
        raise NotPublishableError(problems)
    version = Version.objects.create(
        definition=held,
        number=held.version + 1,
        rules=held.draft,
        published_at=clock.now(),
        published_by=by,
    )
    Definition.objects.filter(pk=held.pk).update(
        version=version.number, state=Definition.State.ACTIVE, paused_because=""
    )
    return version


def _circle(definition: Definition, rules: Sequence[Rule]) -> str:
    """The names of the stages through which rules without a condition would send deals for ever; or ''."""
    ways = {definition.stage_id: leads_to(rules)}
    if ways[definition.stage_id] is None:
        return ""
    running = Version.objects.filter(
        definition__state__in=[Definition.State.ACTIVE, Definition.State.PAUSED],
        number=F("definition__version"),
    ).exclude(definition=definition)
    for stage_id, kept in running.values_list("definition__stage_id", "rules"):
        ways[stage_id] = leads_to(read_rules(kept, outside=outside()))
    found = circle_from(definition.stage_id, ways)
    names = dict(Stage.objects.filter(pk__in=found).values_list("pk", "name"))
    return " → ".join(names.get(one, str(one)) for one in found)


def _mover(rules: Sequence[Rule]) -> int:
    return next(number for number, rule in enumerate(rules) if rule.is_on and rule.action == MOVE)


def _problems(rule: Rule) -> list[str]:
    known = catalogue()
    action = actions().get(rule.action)
    said = action.problems(rule.params, known) if action else [f"There is no action “{rule.action}”."]
    try:
        conditions.compile_expression(rule.condition, known)
    except conditions.InvalidConditionError as invalid:
        said = [*said, str(invalid)]
    if rule.when.field and rule.when.field not in known:
        said = [*said, f"There is no field {rule.when.field}."]
    return said


@transaction.atomic
def pause_rules(*, definition: Definition, because: str = "") -> None:
    """Start nothing new and hold what is due, until it is resumed."""
    _turn(definition, Definition.State.PAUSED, because)


@transaction.atomic
def resume_rules(*, definition: Definition) -> None:
    """Go on after a pause; what became due meanwhile is looked at, and may be too late."""
    _turn(definition, Definition.State.ACTIVE, "")
    statements.release(definition.pk)


@transaction.atomic
def stop_rules(*, definition: Definition) -> None:
    """End everything that waits, and start nothing."""
    _turn(definition, Definition.State.STOPPED, "")
    statements.cancel_definition(definition.pk, reason="definition_stopped")


def _turn(definition: Definition, state: str, because: str) -> None:
    held = Definition.objects.select_for_update(of=("self",)).get(pk=definition.pk)
    if not held.version:
        raise BadRuleError("rules", "publish them first")
    Definition.objects.filter(pk=held.pk).update(state=state, paused_because=because)
