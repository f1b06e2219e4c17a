"""Planning anew what counts from a date of the deal, in the transaction in which that date changes (S-TIME 6)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction

from afluente.automation import statements
from afluente.automation.engine import carrying as engine
from afluente.automation.engine.nodes import WaitTime
from afluente.automation.engine.records import Kind
from afluente.automation.engine.steps import State
from afluente.automation.models import Definition
from afluente.automation.selectors.records import OWN
from afluente.automation.services.batches import read_batch
from afluente.automation.services.carrying import carried, keep, waits_as
from afluente.kernel import live
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.automation.services.batches import Batch
    from afluente.automation.statements import Taken
    from afluente.timeline.events import NewEvent

DATES = {name for name, kind in OWN.items() if kind == Kind.MOMENT}
Ran = dict[tuple[int, int, int, str], set[str]]  # by definition, deal, entry and rule: dates it was done for


def replan(events: Sequence[NewEvent]) -> None:
    """Plan anew what waits for dates that these events changed, and what was done for an earlier value of one.

    Two short queries where nothing waits; none where no date changed.
    """
    changed: dict[int, set[str]] = {}
    for one in events:
        if one.kind == "deal.changed" and one.deal_id and (names := _dates(one)):
            changed.setdefault(one.deal_id, set()).update(names)
    if not changed:
        return
    keys = {f"field:{name}" for names in changed.values() for name in names}
    waiting = [
        one
        for one in statements.of_dates(list(changed), keys)
        if one.key.removeprefix("field:") in changed[one.deal_id]
    ]
    ran, again = _done_before(list(changed), waiting)
    tokens = [*waiting, *again]
    if not tokens:
        return
    now = statements.database_now()
    batch = read_batch(tokens, now)
    pairs = [(one, _planned(one, batch, ran)) for one in tokens]
    keep([(old, new) for old, new in pairs if old.id], now)
    fresh = [new for old, new in pairs if not old.id and new is not None and _is_new(new, changed)]
    statements.keep_tokens([(one, one.waiting) for one in fresh])
    transaction.on_commit(partial(live.wake, live.AUTOMATION, current_workspace_id()))


def _dates(event: NewEvent) -> set[str]:
    """The names of what changed that may be dates."""
    own = {f"field-{number}" for number in event.data.get("values") or ()}
    return own | (DATES & set(event.data))


def _done_before(deal_ids: Sequence[int], waiting: Sequence[Taken]) -> tuple[Ran, list[Taken]]:
    """For which values rules were done, and steps to be planned of those that do not wait now."""
    ran: Ran = {}
    again: dict[tuple[int, int, int, str], Taken] = {}
    there = {(one.definition_id, one.deal_id, one.epoch, one.rule) for one in waiting}
    for definition, version, deal, epoch, rule, occurrence, entered_at in statements.ran_for_dates(deal_ids):
        name = (definition, deal, epoch, rule)
        ran.setdefault(name, set()).add(occurrence)
        if name not in there:
            again[name] = statements.Taken(
                id=0,
                definition_id=definition,
                version=version,
                deal_id=deal,
                epoch=epoch,
                entered_at=entered_at,
                node=f"{rule}.when",
                rule=rule,
                state=State.SCHEDULED.value,
                due_at=None,
                planned_at=None,
                until=None,
                occurrence="",
                key="",
                priority=0,
                root_id=None,
                depth=0,
            )
    running = (
        set(
            Definition.objects.filter(pk__in={name[0] for name in again})
            .exclude(state=Definition.State.STOPPED)
            .values_list("pk", flat=True)
        )
        if again
        else set()
    )
    return ran, [one for name, one in again.items() if name[0] in running]


def _planned(token: Taken, batch: Batch, ran: Ran) -> Taken | None:
    """The step as its date says now; parked when it was done for that very date."""
    present = carried(token, batch)
    if present is None:
        return None
    node = batch.programs[present.definition_id, present.version].graph.nodes.get(present.node)
    if not isinstance(node, WaitTime) or not node.key:
        return present if token.id else None
    found = engine.planned(present.waiting, node, batch.scene(present))
    name = (token.definition_id, token.deal_id, token.epoch, token.rule)
    if found.occurrence in ran.get(name, ()):
        found = replace(found, state=State.PARKED, due_at=None, planned_at=None, until=None, occurrence="")
    return waits_as(present, found)


def _is_new(token: Taken, changed: dict[int, set[str]]) -> bool:
    """Whether a date that a rule was done for has become another one."""
    return token.key.removeprefix("field:") in changed[token.deal_id] and token.state != State.PARKED
