"""Set statements for what waits when rules change, dates change, or answers come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afluente.automation.models import SHARDS
from afluente.automation.statements.running import run
from afluente.automation.statements.steps import TAKEN, Taken

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable, Sequence

    from afluente.automation.engine.steps import Token

BELOW = f"""
SELECT {TAKEN} FROM automation_token
 WHERE workspace_id = %(ws)s AND definition_id = %(definition)s AND version < %(version)s AND id > %(after)s
 ORDER BY id LIMIT %(limit)s
"""
OF_DATES = f"""
SELECT {TAKEN} FROM automation_token
 WHERE workspace_id = %(ws)s AND deal_id = ANY(%(deals)s) AND key = ANY(%(keys)s) ORDER BY id FOR UPDATE
"""
# Rules that ran for an earlier value of a date in the entry that a deal is in now (S-TIME 6).
RAN_FOR_DATES = """
SELECT DISTINCT s.definition_id, s.version, s.deal_id, s.epoch, s.rule, s.occurrence, d.stage_entered_at
  FROM automation_step s
  JOIN deals_deal d ON d.workspace_id = s.workspace_id AND d.id = s.deal_id AND d.stage_epoch = s.epoch
 WHERE s.workspace_id = %(ws)s AND s.deal_id = ANY(%(deals)s) AND s.occurrence <> '' AND s.state <> 'cancelled'
 ORDER BY s.deal_id, s.definition_id, s.rule
"""
# In the order of their ids, waiting for whoever saves them.
LOCK_ALL = """
SELECT id, stage_epoch FROM deals_deal
 WHERE workspace_id = %(ws)s AND id = ANY(%(ids)s) AND deleted_at IS NULL ORDER BY id FOR NO KEY UPDATE
"""
REWRITE = """
UPDATE automation_token t
   SET version = g.version, node = g.node, state = g.state, due_at = g.due_at, planned_at = g.planned_at,
       until = g.until, occurrence = g.occurrence, key = g.key
  FROM unnest(%(ids)s::bigint[], %(version)s::int[], %(node)s::text[], %(state)s::text[], %(due_at)s::timestamptz[],
              %(planned_at)s::timestamptz[], %(until)s::timestamptz[], %(occurrence)s::text[], %(key)s::text[])
       AS g (id, version, node, state, due_at, planned_at, until, occurrence, key)
 WHERE t.workspace_id = %(ws)s AND t.id = g.id
"""
HOLD = "UPDATE automation_token SET state = 'held' WHERE workspace_id = %(ws)s AND id = ANY(%(ids)s)"
# One token for a deal that is in the stage already; not where the lane before it still waits.
BEGIN = f"""
WITH there AS (
  SELECT id, stage_epoch FROM deals_deal
   WHERE workspace_id = %(ws)s AND stage_id = %(stage)s AND deleted_at IS NULL ORDER BY id FOR NO KEY UPDATE)
INSERT INTO automation_token (workspace_id, definition_id, version, deal_id, epoch, entered_at, node, rule, state,
                              shard, priority, due_at, occurrence, key, depth)
SELECT %(ws)s, %(definition)s, %(version)s, d.id, d.stage_epoch, now(), %(node)s, %(rule)s, 'scheduled',
       d.id %% {SHARDS}, 2, now(), '', '', 0
  FROM there d
 WHERE NOT EXISTS (SELECT FROM automation_token t
                    WHERE t.workspace_id = %(ws)s AND t.deal_id = d.id AND t.epoch = d.stage_epoch
                      AND t.definition_id = %(definition)s AND (t.rule = ANY(%(before)s) OR t.node = 'start'))
 ORDER BY d.id
ON CONFLICT (workspace_id, deal_id, epoch, node, occurrence) DO NOTHING
"""


def below(definition_id: int, version: int, *, after: int, limit: int) -> list[Taken]:
    """Steps that wait by an older version, unlocked, in the order of their ids."""
    rows = run(BELOW, definition=definition_id, version=version, after=after, limit=limit)
    return [Taken(*row) for row in rows]


def of_dates(deal_ids: Collection[int], keys: Collection[str]) -> list[Taken]:
    """Steps of these deals whose time counts from these dates, locked."""
    return [Taken(*row) for row in run(OF_DATES, deals=list(deal_ids), keys=list(keys))]


def ran_for_dates(deal_ids: Collection[int]) -> list[tuple[int, int, int, int, str, str, dt.datetime]]:
    """Definition, version, deal, entry, rule, value of the date and when the deal entered, of rules that ran."""
    return [tuple(row) for row in run(RAN_FOR_DATES, deals=list(deal_ids))]


def lock_all(ids: Iterable[int]) -> dict[int, int]:
    """Lock deals, waiting for whoever has one; their entries by id."""
    return dict(run(LOCK_ALL, ids=sorted(set(ids))))


def rewrite(tokens: Sequence[tuple[Taken, Token]]) -> None:
    """Let steps wait otherwise: each as it is kept, with its version, and as it is meant now."""
    if not tokens:
        return
    run(
        REWRITE,
        ids=[one.id for one, _ in tokens],
        version=[one.version for one, _ in tokens],
        node=[new.node for _, new in tokens],
        state=[new.state.value for _, new in tokens],
        due_at=[new.due_at for _, new in tokens],
        planned_at=[new.planned_at for _, new in tokens],
        until=[new.until for _, new in tokens],
        occurrence=[new.occurrence for _, new in tokens],
        key=[new.key for _, new in tokens],
    )


def hold(tokens: Sequence[Taken]) -> None:
    """Hold steps of paused rules."""
    if tokens:
        run(HOLD, ids=[one.id for one in tokens])


def begin(
    *, stage_id: int, definition_id: int, version: int, node: str, rule: str, before: Sequence[str]
) -> None:
    """Let one rule begin for every deal that is in a stage; not where one of `before` still waits."""
    run(
        BEGIN,
        stage=stage_id,
        definition=definition_id,
        version=version,
        node=node,
        rule=rule,
        before=[*before, rule],
    )
