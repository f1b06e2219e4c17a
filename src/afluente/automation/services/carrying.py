"""Carrying what waits over to the rules that were published last (S-VERSION)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction

from afluente.automation import statements
from afluente.automation.engine import carrying as engine
from afluente.automation.engine.rules import START
from afluente.automation.engine.steps import Line, State
from afluente.automation.models import Definition
from afluente.automation.services.batches import read_batch

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from afluente.automation.engine.steps import Token
    from afluente.automation.services.batches import Batch
    from afluente.automation.statements import Taken

CHUNK = 500  # steps in one transaction
JOB = "automation.carry"


@transaction.atomic
def carry_over(
    *, definition_id: int, after: int = 0, limit: int = CHUNK, now: dt.datetime | None = None
) -> int:
    """Let up to `limit` steps that wait by an older version go on by that of the floor; the last one looked at,
    0 when there was none. Whoever is interrupted begins anew: only those that were not carried are found.
    """
    floor = Definition.objects.values_list("floor", flat=True).get(pk=definition_id)
    seen = statements.below(definition_id, floor, after=after, limit=limit)
    if not seen:
        return 0
    epochs = statements.lock_all(one.deal_id for one in seen)
    tokens = [
        one for one in statements.take([one.id for one in seen], epochs) if one.epoch == epochs[one.deal_id]
    ]
    if tokens:
        now = now or statements.database_now()
        keep(carry(tokens, read_batch(tokens, now)), now)
    return seen[-1].id


def carry(tokens: Sequence[Taken], batch: Batch) -> list[tuple[Taken, Taken | None]]:
    """Each step as it waits by the version of the floor, where it waits by an older one; None when its rule is
    not there any more.
    """
    return [(one, carried(one, batch)) for one in tokens]


def carried(token: Taken, batch: Batch) -> Taken | None:
    """One step as it waits by the version of the floor. See carry."""
    floor = batch.floors.get(token.definition_id, 0)
    if token.version >= floor:
        return token
    if token.node == START:
        return replace(token, version=floor)
    old, new = (batch.programs[token.definition_id, version].graph for version in (token.version, floor))
    found = engine.carried(token.waiting, old, new, batch.scene(token))
    return None if found is None else waits_as(replace(token, version=floor), found)


def waits_as(token: Taken, found: Token) -> Taken:
    """A token in hand that waits as `found` says; one that is held stays so."""
    return replace(
        token,
        node=found.node,
        state=State.HELD.value if token.state == State.HELD else found.state.value,
        due_at=found.due_at,
        planned_at=found.planned_at,
        until=found.until,
        occurrence=found.occurrence,
        key=found.key,
    )


def keep(pairs: Sequence[tuple[Taken, Taken | None]], now: dt.datetime) -> None:
    """Write down how steps wait now; those whose rule is gone are told as cancelled."""
    gone = [old for old, new in pairs if new is None]
    changed = [new for old, new in pairs if new is not None and new != old]
    statements.rewrite([(one, one.waiting) for one in changed])
    statements.forget(gone)
    statements.keep_lines([(one, over(one, "rule_removed")) for one in gone], now=now)


def over(token: Taken, reason: str) -> Line:
    """The line of a step that does not happen any more."""
    return Line(
        rule=token.rule,
        state=State.CANCELLED,
        reason=reason,
        due_at=token.planned_at,
        occurrence=token.occurrence,
    )
