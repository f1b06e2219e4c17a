"""Set statements of automation: entering, taking what is due, keeping what came out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from afluente.automation.engine.steps import State, Token
from afluente.automation.models import SHARDS
from afluente.automation.statements.running import run

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from afluente.automation.engine.steps import Line
    from afluente.deals.events import Entry

TAKEN = "id, definition_id, version, deal_id, epoch, entered_at, node, rule, state, due_at, planned_at, until, occurrence, key, priority, root_id, depth, since"

# What waits for an entry that is over is told and gone in the transaction of the move (S-CANCEL).
_GONE = "gone AS (DELETE FROM automation_token t {which} RETURNING t.*)"
_TOLD = """
INSERT INTO automation_step (workspace_id, definition_id, version, rule, deal_id, epoch, occurrence, state,
                             reason, detail, asked, due_at, ended_at, late_by, root_id, depth)
SELECT %(ws)s, definition_id, version, rule, deal_id, epoch, occurrence, 'cancelled', %(reason)s, %(detail)s, '[]',
       planned_at, now(), 0, root_id, depth
  FROM gone ORDER BY deal_id, id
"""
_OF_EARLIER_ENTRIES = _GONE.format(
    which="""
USING unnest(%(deals)s::bigint[], %(epochs)s::bigint[]) AS g (id, epoch)
WHERE t.workspace_id = %(ws)s AND t.deal_id = g.id AND t.epoch < g.epoch"""
)
_OF_DEFINITION = _GONE.format(which="WHERE t.workspace_id = %(ws)s AND t.definition_id = %(definition)s")
CANCEL = f"WITH {_OF_EARLIER_ENTRIES} {_TOLD}"
CANCEL_DEFINITION = f"WITH {_OF_DEFINITION} {_TOLD}"
# One token for a deal that entered a stage with rules: a worker looks at it within milliseconds.
ENTER = f"""
WITH {_OF_EARLIER_ENTRIES}, told AS ({_TOLD})
INSERT INTO automation_token (workspace_id, definition_id, version, deal_id, epoch, entered_at, node, rule, state,
                              shard, priority, due_at, planned_at, occurrence, key, root_id, depth)
SELECT %(ws)s, d.id, d.version, g.deal, g.epoch, now(), 'start', '',
       CASE d.state WHEN 'paused' THEN 'held' ELSE 'scheduled' END,
       g.deal %% {SHARDS}, %(priority)s, now(), now(), '', '', g.root, g.depth
  FROM unnest(%(deals)s::bigint[], %(stages)s::bigint[], %(epochs)s::bigint[], %(roots)s::bigint[], %(depths)s::int[])
       AS g (deal, stage, epoch, root, depth)
  JOIN automation_definition d ON d.workspace_id = %(ws)s AND d.stage_id = g.stage AND d.state IN ('active', 'paused')
 ORDER BY g.deal
"""
# The records first, in the order of their ids; one that somebody is saving is taken next time (spec 5.1).
LOCK_DEALS = """
SELECT id, stage_epoch FROM deals_deal
 WHERE workspace_id = %(ws)s AND id = ANY(%(ids)s) AND deleted_at IS NULL
 ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
"""
_DUE = """
  FROM automation_token
 WHERE workspace_id = %(ws)s AND shard = s.shard AND state IN ('scheduled', 'gated', 'retry', 'awaiting')
   AND due_at <= %(now)s
"""
DUE = f"""
SELECT t.id, t.deal_id FROM unnest(%(shards)s::int[]) AS s (shard)
 CROSS JOIN LATERAL (SELECT id, deal_id, priority, due_at {_DUE} ORDER BY priority, due_at, id LIMIT %(limit)s) AS t
 ORDER BY t.priority, t.due_at, t.id LIMIT %(limit)s
"""
# How much is due in each, up to a part of a batch: a few shards are taken that fill one, others are left to others.
LOADS = f"""
SELECT s.shard, l.count, l.urgent FROM unnest(%(shards)s::int[]) WITH ORDINALITY AS s (shard, n)
 CROSS JOIN LATERAL (SELECT count(*), min(t.priority) AS urgent
                       FROM (SELECT priority {_DUE} ORDER BY priority, due_at, id LIMIT %(limit)s) AS t) AS l
 WHERE l.count > 0 ORDER BY l.urgent, s.n
"""
FILLING = 4  # shards that a batch is taken from when there is much to do in each
AGAIN = f"""
SELECT {TAKEN} FROM automation_token
 WHERE workspace_id = %(ws)s AND id = ANY(%(ids)s) AND deal_id = ANY(%(deals)s)
 ORDER BY priority, due_at, id FOR UPDATE
"""
FORGET = "DELETE FROM automation_token WHERE workspace_id = %(ws)s AND id = ANY(%(ids)s)"
KEEP_LINES = """
INSERT INTO automation_step (workspace_id, definition_id, version, rule, deal_id, epoch, occurrence, state,
                             reason, detail, asked, due_at, ended_at, late_by, root_id, depth)
SELECT %(ws)s, definition, version, rule, deal, epoch, occurrence, state, reason, left(detail, 500), asked::jsonb,
       due_at, %(now)s, late_by, root, depth
  FROM unnest(%(definition)s::bigint[], %(version)s::int[], %(rule)s::text[], %(deal)s::bigint[], %(epoch)s::bigint[],
              %(occurrence)s::text[], %(state)s::text[], %(reason)s::text[], %(detail)s::text[], %(asked)s::text[],
              %(due_at)s::timestamptz[], %(late_by)s::int[], %(root)s::bigint[], %(depth)s::int[])
       WITH ORDINALITY AS g (definition, version, rule, deal, epoch, occurrence, state, reason, detail, asked,
                             due_at, late_by, root, depth, n)
 ORDER BY n
"""
KEEP_TOKENS = f"""
INSERT INTO automation_token (workspace_id, definition_id, version, deal_id, epoch, entered_at, node, rule, state,
                              shard, priority, due_at, planned_at, until, occurrence, key, root_id, depth, since)
SELECT %(ws)s, definition, version, deal, epoch, entered_at, node, rule, state, deal %% {SHARDS}, priority, due_at,
       planned_at, until, occurrence, key, root, depth, since
  FROM unnest(%(definition)s::bigint[], %(version)s::int[], %(deal)s::bigint[], %(epoch)s::bigint[],
              %(entered_at)s::timestamptz[], %(node)s::text[], %(rule)s::text[], %(state)s::text[],
              %(priority)s::int[], %(due_at)s::timestamptz[], %(planned_at)s::timestamptz[],
              %(until)s::timestamptz[], %(occurrence)s::text[], %(key)s::text[], %(root)s::bigint[],
              %(depth)s::int[], %(since)s::timestamptz[])
       WITH ORDINALITY AS g (definition, version, deal, epoch, entered_at, node, rule, state, priority, due_at,
                             planned_at, until, occurrence, key, root, depth, since, n)
 ORDER BY n
ON CONFLICT (workspace_id, deal_id, epoch, node, occurrence) DO NOTHING
"""
NOW = "SELECT clock_timestamp()"
TAKE_SHARDS = """
SELECT shard FROM unnest(%(shards)s::int[]) AS s (shard)
 WHERE pg_try_advisory_xact_lock(hashtextextended('automation', %(ws)s * 100 + shard))
"""


@dataclass(frozen=True)
class Taken:
    """A token in hand. See models.Token."""

    id: int
    definition_id: int
    version: int
    deal_id: int
    epoch: int
    entered_at: dt.datetime
    node: str
    rule: str
    state: str
    due_at: dt.datetime | None
    planned_at: dt.datetime | None
    until: dt.datetime | None
    occurrence: str
    key: str
    priority: int
    root_id: int | None
    depth: int
    since: dt.datetime | None = None

    @property
    def waiting(self) -> Token:
        """The same, as the engine knows it."""
        return Token(
            node=self.node,
            rule=self.rule,
            state=State(self.state),
            due_at=self.due_at,
            planned_at=self.planned_at,
            until=self.until,
            occurrence=self.occurrence,
            key=self.key,
            since=self.since,
        )


def cancel(epochs: dict[int, int], *, reason: str, detail: str = "") -> None:
    """End what waits for deals (id to the entry they are in now) since an earlier entry."""
    run(CANCEL, deals=list(epochs), epochs=list(epochs.values()), reason=reason, detail=detail)


def enter(entries: Sequence[Entry], chains: Sequence[tuple[int, int]], *, priority: int, reason: str) -> None:
    """End what waits for earlier entries of these deals, for `reason`, and let a worker look at those that are
    now in stages with rules: one statement. `chains`: what began each entry, and how deep it is.
    """
    run(
        ENTER,
        deals=[one.deal_id for one in entries],
        stages=[one.stage_id for one in entries],
        epochs=[one.epoch for one in entries],
        roots=[root for root, _ in chains],
        depths=[depth for _, depth in chains],
        priority=priority,
        reason=reason,
        detail="",
    )


def database_now() -> dt.datetime:
    """The database's clock: what is due is decided by it and no other (S-TIME 1)."""
    moment: dt.datetime = run(NOW)[0][0]
    return moment


def take_shards(shards: Sequence[int]) -> list[int]:
    """Those that this transaction may work on: one at a time does on each, so order is kept by construction."""
    return [row[0] for row in run(TAKE_SHARDS, shards=list(shards))]


def loads(shards: Sequence[int], *, now: dt.datetime, limit: int) -> list[tuple[int, int]]:
    """How much is due in each of these, at most that part of `limit` which one of FILLING shards has to bring;
    where something urgent is, first.
    """
    return [(row[0], row[1]) for row in run(LOADS, shards=list(shards), now=now, limit=-(-limit // FILLING))]


def due(shards: Sequence[int], *, now: dt.datetime, limit: int) -> dict[int, int]:
    """What is due, unlocked: tokens with their deals, the most urgent first."""
    return dict(run(DUE, shards=list(shards), now=now, limit=limit))


def lock_deals(ids: Iterable[int]) -> dict[int, int]:
    """Lock those deals that nobody else has; their entries by id."""
    return dict(run(LOCK_DEALS, ids=sorted(set(ids))))


def take(token_ids: Iterable[int], deal_ids: Iterable[int]) -> list[Taken]:
    """The tokens that are still there, of deals that are locked: a mover may have cancelled some."""
    return [Taken(*row) for row in run(AGAIN, ids=list(token_ids), deals=list(deal_ids))]


def forget(tokens: Sequence[Taken]) -> None:
    """Remove tokens that were passed."""
    run(FORGET, ids=[one.id for one in tokens])


def keep_lines(lines: Sequence[tuple[Taken, Line]], *, now: dt.datetime) -> None:
    """Write lines of the log, in their order."""
    if not lines:
        return
    run(
        KEEP_LINES,
        now=now,
        definition=[one.definition_id for one, _ in lines],
        version=[one.version for one, _ in lines],
        deal=[one.deal_id for one, _ in lines],
        epoch=[one.epoch for one, _ in lines],
        root=[one.root_id for one, _ in lines],
        depth=[one.depth for one, _ in lines],
        rule=[line.rule for _, line in lines],
        occurrence=[line.occurrence for _, line in lines],
        state=[line.state.value for _, line in lines],
        reason=[line.reason for _, line in lines],
        detail=[line.detail for _, line in lines],
        asked=[
            json.dumps([[one.condition, one.value, one.holds] for one in line.asked]) for _, line in lines
        ],
        due_at=[line.due_at for _, line in lines],
        late_by=[int(line.late_by.total_seconds()) for _, line in lines],
    )


def keep_tokens(tokens: Sequence[tuple[Taken, Token]]) -> None:
    """Let steps wait that came out of a walk; each with the token that the walk began with."""
    if not tokens:
        return
    run(
        KEEP_TOKENS,
        definition=[one.definition_id for one, _ in tokens],
        version=[one.version for one, _ in tokens],
        deal=[one.deal_id for one, _ in tokens],
        epoch=[one.epoch for one, _ in tokens],
        entered_at=[one.entered_at for one, _ in tokens],
        priority=[one.priority for one, _ in tokens],
        root=[one.root_id for one, _ in tokens],
        depth=[one.depth for one, _ in tokens],
        node=[new.node for _, new in tokens],
        rule=[new.rule for _, new in tokens],
        state=[new.state.value for _, new in tokens],
        due_at=[new.due_at for _, new in tokens],
        planned_at=[new.planned_at for _, new in tokens],
        until=[new.until for _, new in tokens],
        occurrence=[new.occurrence for _, new in tokens],
        key=[new.key for _, new in tokens],
        since=[new.since for _, new in tokens],
    )


RELEASE = """
UPDATE automation_token SET state = 'scheduled'
 WHERE workspace_id = %(ws)s AND definition_id = %(definition)s AND state = 'held'
"""
JOIN_CHAINS = """
UPDATE automation_token t SET root_id = g.root
  FROM unnest(%(deals)s::bigint[], %(roots)s::bigint[]) AS g (deal, root)
 WHERE t.workspace_id = %(ws)s AND t.deal_id = g.deal AND t.node = 'start' AND t.occurrence = ''
"""
DUE_SHARDS = "SELECT workspace_id, shard FROM automation_due_shards()"


def release(definition_id: int) -> None:
    """Let held steps be looked at again."""
    run(RELEASE, definition=definition_id)


def cancel_definition(definition_id: int, *, reason: str, detail: str = "") -> None:
    """End everything that waits by a definition."""
    run(CANCEL_DEFINITION, definition=definition_id, reason=reason, detail=detail)


def join_chains(roots: dict[int, int | None]) -> None:
    """Let entries that a rule caused be of the chain that it is of: what began it, by deal."""
    run(JOIN_CHAINS, deals=list(roots), roots=list(roots.values()))


def due_shards() -> list[tuple[int, int]]:
    """Where something is due: workspace and shard. Asked outside any workspace."""
    with connection.cursor() as cursor:
        cursor.execute(DUE_SHARDS)
        return [(row[0], row[1]) for row in cursor.fetchall()]
