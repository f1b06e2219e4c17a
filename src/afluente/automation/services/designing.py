"""One rule at a time: what a person does in the designer to the rules of a stage. Nothing runs differently yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from afluente.automation import selectors
from afluente.automation.engine.written import read_rules
from afluente.automation.models import Definition, Version
from afluente.automation.services.actions import outside
from afluente.automation.services.checking import NotPublishableError
from afluente.automation.services.defining import arrange_rules
from afluente.automation.services.publishing import Waiting, publish_rules
from afluente.kernel import ids

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from afluente.accounts.models import Membership
    from afluente.deals.models import Pipeline, Stage

Kept = dict[str, Any]
NAME_SIGNS = 12


@transaction.atomic
def put_rule(*, stage: Stage, rule: Mapping[str, Any]) -> str:
    """Keep a rule in place of the one with its id; without an id, as a new one at the end. Its id comes back.

    Raises BadRuleError.
    """
    kept = {"id": ids.random_text(NAME_SIGNS), **rule}

    def change(rules: list[Kept]) -> list[Kept]:
        if any(one["id"] == kept["id"] for one in rules):
            return [kept if one["id"] == kept["id"] else one for one in rules]
        return [*rules, kept]

    _change(stage, change)
    return str(kept["id"])


@transaction.atomic
def drop_rule(*, stage: Stage, rule_id: str) -> tuple[int, Kept] | None:
    """Take a rule out; where it stood and what it was, None when it was gone."""
    found: list[tuple[int, Kept]] = []

    def change(rules: list[Kept]) -> list[Kept]:
        found.extend((number, one) for number, one in enumerate(rules) if one["id"] == rule_id)
        return [one for one in rules if one["id"] != rule_id]

    _change(stage, change)
    return found[0] if found else None


@transaction.atomic
def insert_rule(*, stage: Stage, rule: Kept, at: int | None = None) -> None:
    """Put a rule to its place, None: the end; nothing when it stands there already. Raises BadRuleError."""

    def change(rules: list[Kept]) -> list[Kept]:
        if any(one["id"] == rule["id"] for one in rules):
            return rules
        place = len(rules) if at is None else max(0, min(at, len(rules)))
        return [*rules[:place], rule, *rules[place:]]

    _change(stage, change)


@transaction.atomic
def move_rule(*, stage: Stage, rule_id: str, to: Stage, at: int | None = None) -> bool:
    """Take a rule to another place, of this stage or of another one; whether it was there."""
    dropped = drop_rule(stage=stage, rule_id=rule_id)
    if dropped is None:
        return False
    insert_rule(stage=to, rule=dropped[1], at=at)
    return True


@transaction.atomic
def copy_rule(*, stage: Stage, rule_id: str, to: Stage) -> str | None:
    """A rule once more, under another id, right below itself or at the end of another stage; its id."""
    rules = selectors.arranged(stage.pk)
    place = next((number for number, one in enumerate(rules) if one["id"] == rule_id), None)
    if place is None:
        return None
    fresh = {**rules[place], "id": ids.random_text(NAME_SIGNS)}
    insert_rule(stage=to, rule=fresh, at=place + 1 if to.pk == stage.pk else None)
    return str(fresh["id"])


@transaction.atomic
def switch_rule(*, stage: Stage, rule_id: str, is_on: bool) -> None:
    """Let a rule rest, or run again."""
    _change(stage, lambda rules: [{**one, "is_on": is_on} if one["id"] == rule_id else one for one in rules])


@transaction.atomic
def discard_rules(*, pipeline: Pipeline) -> int:
    """Let every stage of a pipeline be arranged as it runs; how many were not."""
    found = list(Definition.objects.filter(stage__pipeline=pipeline).select_for_update(of=("self",)))
    running = selectors.running_rules(found)
    changed = [one for one in found if selectors.is_changed(one, running.get(one.pk, []))]
    for one in changed:
        Definition.objects.filter(pk=one.pk).update(draft=running.get(one.pk, []))
    return len(changed)


@transaction.atomic
def publish_pipeline(
    *, pipeline: Pipeline, by: Membership, waiting: Waiting = Waiting.APPLY, is_for_present: bool = False
) -> list[Version]:
    """Publish every stage of a pipeline where something was arranged; all of them or none.

    Raises BadRuleError, and NotPublishableError with the first stage that cannot be (`stage`).
    """
    found = list(
        Definition.objects.filter(stage__pipeline=pipeline)
        .select_related("stage")
        .order_by("stage__position")
    )
    running = selectors.running_rules(found)
    changed = [one for one in found if selectors.is_changed(one, running.get(one.pk, []))]
    together = {one.place: read_rules(one.draft, outside=outside()) for one in changed}
    made = []
    for one in changed:
        try:
            made.append(
                publish_rules(
                    definition=one,
                    by=by,
                    waiting=waiting,
                    is_for_present=is_for_present,
                    together=together,
                )
            )
        except NotPublishableError as wrong:
            raise PipelineNotPublishableError(one, wrong) from wrong
    return made


class PipelineNotPublishableError(Exception):
    """Which rules of which stage hinder, with what is wrong: `problems` by rule id."""

    def __init__(self, definition: Definition, wrong: NotPublishableError) -> None:
        super().__init__(wrong.problems)
        self.stage = definition.stage.name if definition.stage else ""
        self.problems = {
            definition.draft[number]["id"]: said
            for number, said in wrong.problems.items()
            if number < len(definition.draft)
        }


def _change(stage: Stage, change: Callable[[list[Kept]], list[Kept]]) -> None:
    """Two people who edit one stage at once wait for each other."""
    held = Definition.objects.filter(stage=stage).select_for_update(of=("self",)).first()
    before = list(held.draft) if held else []
    after = change(before)
    if after != before:
        arrange_rules(stage=stage, rules=after)
