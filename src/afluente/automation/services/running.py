"""Walking what is due: one batch of one shard in one transaction (spec: S-TX, S-ONCE)."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from afluente.automation import statements
from afluente.automation.engine.limits import DEEPEST, MOST_OF_ROOT, MOST_STEPS
from afluente.automation.engine.rules import START
from afluente.automation.engine.steps import Line, Sprint, State
from afluente.automation.models import Definition
from afluente.automation.services import applying
from afluente.automation.services.batches import Batch, is_bred, read_batch
from afluente.automation.services.breaking import break_failing
from afluente.automation.services.carrying import carried, over
from afluente.automation.services.chains import caused
from afluente.automation.services.freezing import freeze_busy
from afluente.automation.statements import Name

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from afluente.automation.statements import Taken

log = logging.getLogger("afluente.automation")

BATCH = 500
PASSING = {"40P01", "40001", "55P03"}  # deadlock, serialization failure, a lock that was not to be had


@dataclass(frozen=True)
class Walked:
    """A token and what came of walking on from it."""

    token: Taken
    sprint: Sprint


def run_due(*, shards: Sequence[int], now: dt.datetime | None = None, limit: int = BATCH) -> int:
    """Walk up to `limit` steps of these shards of the current workspace that are due; how many were looked at.

    In the caller's transaction, which must be this batch's own. `now` is the database's clock unless a test holds it. When a
    batch cannot be kept, its steps are tried one by one, and the one that cannot is failed and said so.
    """
    now = now or statements.database_now()
    seen = statements.due(_filling(shards, now, limit), now=now, limit=limit)
    if not seen:
        return 0
    epochs = statements.lock_deals(seen.values())
    tokens = statements.take(seen, epochs)
    if not tokens:
        return 0
    try:
        with transaction.atomic():
            _walk_all(tokens, now)
    except Exception:  # noqa: BLE001  one step that cannot be kept must not hold up the others
        for token in tokens:
            _walk_one(token, now)
    return len(tokens)


def _filling(shards: Sequence[int], now: dt.datetime, limit: int) -> list[int]:
    """As many shards as fill one batch, taken; the others are left to other workers."""
    if len(shards) == 1:
        return statements.take_shards(shards)
    rest = statements.loads(shards, now=now, limit=limit)
    while rest:
        chosen, total = [], 0
        while rest and total < limit:
            shard, count = rest.pop(0)
            chosen.append(shard)
            total += count
        if taken := statements.take_shards(chosen):
            return taken
    return []


def _walk_one(token: Taken, now: dt.datetime) -> None:
    """One step for itself. What cannot be kept is told: nothing of it is visible, and nothing left the database."""
    try:
        with transaction.atomic():
            _walk_all([token], now)
    except Exception as broken:
        if _is_passing(broken):
            log.warning("A step of deal %s met somebody else's work; it is tried again.", token.deal_id)
            return
        is_double = isinstance(broken, IntegrityError) and "automation_step_once" in str(broken)
        if not is_double:
            log.exception("A step of deal %s cannot be kept.", token.deal_id)
        line = Line(
            rule=token.rule,
            state=State.SKIPPED if is_double else State.FAILED,
            reason="duplicate" if is_double else "internal",
            detail=str(broken).replace("\0", "").strip().partition("\n")[0],
            due_at=token.planned_at,
        )
        statements.forget([token])
        statements.keep_lines([(token, line)], now=now)
        if not is_double:
            break_failing({(token.definition_id, token.rule): token.deal_id})


def _is_passing(broken: Exception) -> bool:
    """Whether the database let go of one of two that were in each other's way: the step waits on (S-FAIL)."""
    return getattr(broken.__cause__, "sqlstate", None) in PASSING


def _walk_all(tokens: Sequence[Taken], now: dt.datetime) -> None:
    batch = read_batch(tokens, now)
    paused = [one for one in tokens if batch.states.get(one.definition_id) == Definition.State.PAUSED]
    statements.hold(paused)
    tokens = [one for one in tokens if one not in paused] if paused else tokens
    statements.forget(tokens)
    walked = _stopped([_walked(token, batch) for token in tokens])
    statements.answer(
        [_ended(one.token, line) for one in walked for line in one.sprint.answers], tokens=False
    )
    statements.keep_lines([(one.token, line) for one in walked for line in one.sprint.lines], now=now)
    statements.keep_tokens([(one.token, new) for one in walked for new in one.sprint.waiting])
    with caused({one.deal_id: (one.root_id, one.depth) for one in tokens}):
        applying.apply(
            [(one.token, made) for one in walked for made in one.sprint.made],
            names={key: program.graph.names for key, program in batch.programs.items()},
        )
    break_failing(
        {
            (one.token.definition_id, line.rule): one.token.deal_id
            for one in walked
            for line in one.sprint.lines
            if line.state == State.FAILED
        }
    )
    if "turns" in batch.facts:
        batch.facts["turns"].keep()


def _stopped(walked: list[Walked]) -> list[Walked]:
    """The same, but what would move a deal that rules moved too often already is not done; it stands still."""
    moving = {one.token.deal_id for one in walked if one.sprint.has_left and _moves(one.sprint)}
    stopped = freeze_busy(moving)
    if not stopped:
        return walked
    return [
        Walked(one.token, _over(one.token, "loop_guard"))
        if one.token.deal_id in stopped and (one.sprint.has_left or not one.sprint.made)
        else one
        for one in walked
    ]


def _moves(sprint: Sprint) -> bool:
    return any(one.effect.kind == "move" for one in sprint.made)


def _walked(token: Taken, batch: Batch) -> Walked:
    """One token by the rules that hold for it now; it may have to wait longer by them."""
    if token.epoch != batch.records[token.deal_id].epoch:
        return Walked(token, _over(token, "stage_left"))
    if batch.states.get(token.definition_id) == Definition.State.STOPPED:
        return Walked(token, _over(token, "definition_stopped"))
    present = carried(token, batch)
    if present is None:
        return Walked(token, _over(token, "rule_removed"))
    if present is not token and (present.due_at is None or present.due_at > batch.now):
        return Walked(present, Sprint(waiting=[present.waiting]))
    return Walked(present, _walk(present, batch))


def _walk(token: Taken, batch: Batch) -> Sprint:
    """One token, after those of the same deal that came before it in the batch."""
    if token.deal_id in batch.left:
        return _over(token, "stage_left")
    if token.depth > DEEPEST or token.deal_id in batch.frozen:
        return _over(token, "loop_guard")
    program = batch.programs[token.definition_id, token.version]
    named = _namer(token)
    if token.node == START:
        limit = _limit(token, batch)
        if limit <= 0:
            return _over(token, "loop_guard")
        sprint = program.enter(batch.scene(token), named=named, limit=limit)
        if is_bred(token) and token.root_id:
            batch.bred[token.root_id] = batch.bred.get(token.root_id, 0) + len(sprint.lines)
    elif token.node not in program.graph.nodes:
        return _over(token, "rule_removed")
    else:
        sprint = program.resume(token.waiting, batch.scene(token), named=named)
    if sprint.has_left:
        batch.left.add(token.deal_id)
    return sprint


def _limit(token: Taken, batch: Batch) -> int:
    """How many rules may act for a deal that enters (S-LOOP 2)."""
    spent = batch.spent.get(token.deal_id, 0)
    if is_bred(token) and token.root_id:
        spent = max(spent, batch.bred.get(token.root_id, 0))
    return min(MOST_STEPS, MOST_OF_ROOT - spent)


def _over(token: Taken, reason: str) -> Sprint:
    return Sprint(lines=[over(token, reason)])


def _ended(token: Taken, line: Line) -> tuple[Name, str, str, str]:
    """How a step ended that was told as awaiting."""
    return name_of(token, line.rule, line.occurrence), line.state.value, line.reason, line.detail


def _namer(token: Taken) -> Callable[[str, str], str]:
    return lambda rule, occurrence: str(name_of(token, rule, occurrence))


def name_of(token: Taken, rule: str, occurrence: str) -> Name:
    """What a step is called, once and for all."""
    return Name(
        definition_id=token.definition_id,
        deal_id=token.deal_id,
        epoch=token.epoch,
        rule=rule,
        occurrence=occurrence,
    )
