"""Set statements of triggers: hearing of what happened, and finding whom it is about."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from afluente.automation.engine.limits import MOST_OF_ROOT
from afluente.automation.statements.running import run

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Mapping, Sequence

    from afluente.timeline.events import NewEvent

# In the transaction of what happened, and only where a trigger listens: nothing is written elsewhere.
HEAR = """
INSERT INTO automation_heard (workspace_id, event_id, kind, deal_id, contact_id, key, data, happened_at,
                              is_automatic, root_id, depth)
SELECT %(ws)s, e.id, e.kind, e.deal, e.contact, '', e.data::jsonb, now(), e.is_automatic, e.root, e.depth
  FROM unnest(%(ids)s::bigint[], %(kinds)s::text[], %(deals)s::bigint[], %(contacts)s::bigint[], %(data)s::text[],
              %(automatic)s::boolean[], %(roots)s::bigint[], %(depths)s::int[])
       WITH ORDINALITY AS e (id, kind, deal, contact, data, is_automatic, root, depth, n)
 WHERE EXISTS (SELECT FROM automation_trigger t
                 JOIN unnest(%(heard)s::text[], %(by)s::text[]) AS p (heard, kind) ON p.kind = t.kind
                WHERE t.workspace_id = %(ws)s AND t.is_on AND t.deleted_at IS NULL AND p.heard = e.kind)
 ORDER BY e.n
"""
WAITED_FOR = """
SELECT DISTINCT kind FROM automation_trigger
 WHERE workspace_id = %(ws)s AND is_on AND deleted_at IS NULL AND kind = ANY(%(kinds)s)
"""
# What a trigger hears of a deal again before it was quiet takes the place of what it heard first.
PUT_OFF = """
INSERT INTO automation_heard (workspace_id, event_id, kind, trigger_id, deal_id, key, data, happened_at, is_automatic,
                              root_id, depth, due_at)
SELECT %(ws)s, h.event_id, h.kind, p.trigger, p.deal, p.key, h.data, p.until, h.is_automatic, h.root_id, h.depth,
       p.until
  FROM unnest(%(heard)s::bigint[], %(deals)s::bigint[], %(triggers)s::bigint[], %(until)s::timestamptz[],
              %(keys)s::text[]) AS p (heard, deal, trigger, until, key)
  JOIN automation_heard h ON h.workspace_id = %(ws)s AND h.id = p.heard
    ON CONFLICT (workspace_id, key) WHERE NOT (key = '') DO UPDATE
   SET event_id = excluded.event_id, kind = excluded.kind, data = excluded.data, happened_at = excluded.happened_at,
       is_automatic = excluded.is_automatic, root_id = excluded.root_id, depth = excluded.depth,
       due_at = excluded.due_at
"""
TAKE = "SELECT pg_try_advisory_xact_lock(hashtextextended('automation.triggers', %(ws)s))"
HEARD_WORKSPACES = "SELECT automation_heard_workspaces()"
# The deals of people, the open ones first and of those the one that was last changed.
CANDIDATES = """
SELECT c.contact_id, d.id, d.pipeline_id, d.closed_at IS NULL
  FROM deals_dealcontact c
  JOIN deals_deal d ON d.workspace_id = c.workspace_id AND d.id = c.deal_id
 WHERE c.workspace_id = %(ws)s AND c.contact_id = ANY(%(contacts)s) AND d.deleted_at IS NULL
   AND d.pipeline_id = ANY(%(pipelines)s)
 ORDER BY c.contact_id, d.closed_at IS NOT NULL, d.updated_at DESC, d.id DESC
"""
# Records before anything else, in the order of their ids; what somebody is saving is taken next time.
LOCK_PRESENT = """
SELECT id FROM deals_deal WHERE workspace_id = %(ws)s AND id = ANY(%(ids)s) AND deleted_at IS NULL
 ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
"""
PRESENT = "SELECT id FROM deals_deal WHERE workspace_id = %(ws)s AND id = ANY(%(ids)s) AND deleted_at IS NULL"
# A few of its latest events are enough to tell, however long its history is.
BUSY = """
SELECT g.deal FROM unnest(%(ids)s::bigint[]) AS g (deal)
 WHERE (SELECT count(*)
          FROM (SELECT kind, actor_kind, at FROM timeline_event
                 WHERE workspace_id = %(ws)s AND deal_id = g.deal ORDER BY id DESC LIMIT %(looked)s) AS e
         WHERE e.kind = 'deal.moved' AND e.actor_kind = 'rule' AND e.at > now() - interval '1 hour') >= %(most)s
"""
FROZEN = "SELECT deal_id FROM automation_frozen WHERE workspace_id = %(ws)s AND deal_id = ANY(%(ids)s)"
FREEZE = """
INSERT INTO automation_frozen (workspace_id, deal_id, since, reason)
SELECT %(ws)s, g.deal, now(), %(reason)s FROM unnest(%(ids)s::bigint[]) AS g (deal)
ON CONFLICT (workspace_id, deal_id) DO NOTHING RETURNING deal_id
"""


@dataclass(frozen=True)
class Candidate:
    """A deal of a client."""

    contact_id: int
    deal_id: int
    pipeline_id: int
    is_open: bool


def hear(
    events: Sequence[tuple[int, NewEvent]],
    *,
    listening: Sequence[tuple[str, str]],
    chains: Mapping[int, tuple[int | None, int]],
) -> None:
    """Note events that a trigger of this workspace listens for; `listening` are pairs of a kind of event and a
    kind of trigger, `chains` what began it and how deep it is, by deal, where rules are at work.
    """
    chained = [_chain_of(one, chains) for _, one in events]
    run(
        HEAR,
        ids=[pk for pk, _ in events],
        kinds=[one.kind for _, one in events],
        deals=[one.deal_id for _, one in events],
        contacts=[one.contact_id for _, one in events],
        data=[json.dumps(dict(one.data), default=str) for _, one in events],
        automatic=[one.actor.kind == "rule" for _, one in events],
        roots=[root for root, _ in chained],
        depths=[depth for _, depth in chained],
        heard=[heard for heard, _ in listening],
        by=[by for _, by in listening],
    )


def _chain_of(event: NewEvent, chains: Mapping[int, tuple[int | None, int]]) -> tuple[int | None, int]:
    """That of its deal; a deal that a rule made of another one is of the chain of that one."""
    own = chains.get(event.deal_id or 0)
    return own or chains.get(event.data.get("made_of") or 0, (None, 0))


def take_triggers() -> bool:
    """Whether this transaction may look at what was heard: one at a time does, so events keep their order."""
    return bool(run(TAKE)[0][0])


def waited_for(kinds: Collection[str]) -> set[str]:
    """Those of these kinds of triggers that the workspace has and that are on."""
    return {row[0] for row in run(WAITED_FOR, kinds=sorted(kinds))}


@dataclass(frozen=True)
class PutOff:
    """A thing that was heard, for a deal and a trigger, until it was quiet."""

    heard_id: int
    deal_id: int
    trigger_id: int
    until: dt.datetime


def put_off(later: Mapping[str, PutOff]) -> None:
    """Keep things until then, one for each name: the last one."""
    run(
        PUT_OFF,
        keys=list(later),
        heard=[one.heard_id for one in later.values()],
        deals=[one.deal_id for one in later.values()],
        triggers=[one.trigger_id for one in later.values()],
        until=[one.until for one in later.values()],
    )


def heard_workspaces() -> list[int]:
    """Where something was heard and not looked at. Asked outside any workspace."""
    with connection.cursor() as cursor:
        cursor.execute(HEARD_WORKSPACES)
        return [row[0] for row in cursor.fetchall()]


def candidates(contact_ids: Collection[int], pipeline_ids: Collection[int]) -> list[Candidate]:
    """The present deals of people in these pipelines, the most recently active open one first."""
    rows = run(CANDIDATES, contacts=list(contact_ids), pipelines=list(pipeline_ids))
    return [Candidate(*row) for row in rows]


def lock_present(deal_ids: Collection[int]) -> tuple[set[int], set[int]]:
    """Lock present deals that nobody else has: those that are locked now, and those that exist at all."""
    ids = sorted(deal_ids)
    locked = {row[0] for row in run(LOCK_PRESENT, ids=ids)}
    if len(locked) == len(ids):
        return locked, locked
    return locked, {row[0] for row in run(PRESENT, ids=ids)}


SPENT = """
SELECT g.deal, (SELECT count(*) FROM (SELECT root_id FROM automation_step
                                       WHERE workspace_id = %(ws)s AND deal_id = g.deal
                                       ORDER BY id DESC LIMIT %(most)s) AS s
                 WHERE s.root_id = g.root)
  FROM unnest(%(deals)s::bigint[], %(roots)s::bigint[]) AS g (deal, root)
"""
# Of deals that rules opened all in one chain count together, or two rules that open two deals each go on for ever.
BRED = """
SELECT g.root, (SELECT count(*) FROM (SELECT FROM automation_step s
                                       WHERE s.workspace_id = %(ws)s AND s.root_id = g.root AND s.epoch = 1
                                         AND s.depth > 0
                                       LIMIT %(most)s) AS s)
  FROM unnest(%(roots)s::bigint[]) AS g (root)
"""


def spent(roots: dict[int, int]) -> dict[int, int]:
    """How many steps of the chain that began with an event each of these deals had, up to the limit of one."""
    if not roots:
        return {}
    return dict(run(SPENT, deals=list(roots), roots=list(roots.values()), most=MOST_OF_ROOT))


def bred(roots: Collection[int]) -> dict[int, int]:
    """How many steps deals had, in the entries they were opened with, that rules opened in these chains."""
    return dict(run(BRED, roots=sorted(roots), most=MOST_OF_ROOT)) if roots else {}


def busy(deal_ids: Collection[int], *, most: int, looked: int = 200) -> set[int]:
    """The deals that rules and triggers moved at least `most` times in the last hour."""
    return {row[0] for row in run(BUSY, ids=list(deal_ids), most=most, looked=looked)}


def frozen(deal_ids: Collection[int]) -> set[int]:
    """The deals that stand still."""
    return {row[0] for row in run(FROZEN, ids=list(deal_ids))}


def freeze(deal_ids: Collection[int], *, reason: str) -> list[int]:
    """Let deals stand still; those that did not yet."""
    return [row[0] for row in run(FREEZE, ids=sorted(deal_ids), reason=reason)]
