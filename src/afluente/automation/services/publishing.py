"""Publishing the rules of a stage, and what becomes of what waits (S-VERSION)."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext

from afluente.automation import selectors, statements
from afluente.automation.engine.circles import leader
from afluente.automation.engine.rules import compile_rules, first_node
from afluente.automation.engine.written import read_rules
from afluente.automation.models import Definition, Token, Version
from afluente.automation.selectors.publications import MANY, fresh_rules, lane_before
from afluente.automation.services.actions import outside
from afluente.automation.services.carrying import JOB, carry_over
from afluente.automation.services.checking import NotPublishableError, check_rules
from afluente.automation.services.circling import circle_of, named, running_ways
from afluente.kernel import clock, jobs, live
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.accounts.models import Membership
    from afluente.automation.engine.rules import Rule

BEGIN_JOB = "automation.begin"


class Waiting(StrEnum):
    """What becomes of steps that wait when rules are published."""

    APPLY = "apply"  # they go on by the new rules
    KEEP = "keep"  # they end by their own; only new entries meet the new rules


@transaction.atomic
def publish_rules(
    *,
    definition: Definition,
    by: Membership | None,
    waiting: Waiting = Waiting.APPLY,
    is_for_present: bool = False,
    together: Mapping[int, Sequence[Rule]] = MappingProxyType({}),
) -> Version:
    """Let the arranged rules run for deals that enter from now on, and for what waits, as `waiting` says.

    `is_for_present`: rules that are new begin for the deals that are in the stage already, counted from now.
    Selectors.publication_of counts both beforehand. `together` are rules of other stages, by stage, that are
    published with these. Raises BadRuleError and NotPublishableError.
    """
    held = Definition.objects.select_for_update(of=("self",)).get(pk=definition.pk)
    rules = read_rules(held.draft, outside=outside())
    check_rules(rules, by, place=held.place)
    if circle := circle_of({**running_ways(), **together, held.place: rules}, held.place):
        names = named(circle)
        said = gettext("These rules send every deal round in a circle: {stages}.").format(stages=names)
        raise NotPublishableError({leader(rules): [said]})
    version = Version.objects.create(
        definition=held,
        number=held.version + 1,
        rules=held.draft,
        published_at=clock.now(),
        published_by=by,
    )
    floor = version.number if waiting == Waiting.APPLY else held.floor
    Definition.objects.filter(pk=held.pk).update(
        version=version.number, floor=floor, state=Definition.State.ACTIVE, paused_because=""
    )
    if held.state == Definition.State.PAUSED:
        Definition.objects.filter(pk=held.pk).update(resumed_at=clock.now())
        statements.release(held.pk)
    if waiting == Waiting.APPLY:
        _carry(held)
    if is_for_present:
        begin_for_present(version=version)
    return version


def _carry(definition: Definition) -> None:
    """A few at once; many a part at a time by a worker, and whatever falls due before that by its own batch."""
    if Token.objects.filter(definition=definition).count() > MANY:
        jobs.enqueue(
            JOB,
            {"definition_id": definition.pk},
            key=str(definition.pk),
            workspace_id=current_workspace_id(),
        )
        return
    last = 0
    while last := carry_over(definition_id=definition.pk, after=last):
        pass


@transaction.atomic
def begin_for_present(*, version: Version) -> int:
    """Let the rules that are new in a version begin for the deals that are in the stage, from now; for how many.

    Once: pressed twice, the second press finds it done.
    """
    if not Version.objects.filter(pk=version.pk, begun_at=None).update(begun_at=clock.now()):
        return 0
    stage_id = Definition.objects.values_list("stage_id", flat=True).get(pk=version.definition_id)
    count = selectors.present_in(stage_id)
    if count > MANY:
        jobs.enqueue(BEGIN_JOB, {"version_id": version.pk}, workspace_id=current_workspace_id())
    else:
        begin_rules(version_id=version.pk)
    return count


@transaction.atomic
def begin_rules(*, version_id: int) -> None:
    """Let new rules begin for the deals that are in their stage: one statement for each beginning."""
    version = Version.objects.select_related("definition").get(pk=version_id)
    before = Version.objects.filter(definition=version.definition, number=version.number - 1).first()
    rules = read_rules(version.rules, outside=outside())
    graph = compile_rules(rules)
    for rule in fresh_rules(rules, read_rules(before.rules, outside=outside()) if before else []):
        statements.begin(
            stage_id=version.definition.place,
            definition_id=version.definition_id,
            version=version.number,
            node=str(first_node(graph, rule.id)),
            rule=rule.id,
            before=lane_before(rules, rule),
        )
    transaction.on_commit(partial(live.wake, live.AUTOMATION, current_workspace_id()))
