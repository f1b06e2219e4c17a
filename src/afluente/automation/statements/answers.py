"""Set statements for the ends of what was handed to somebody outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from afluente.automation.models import SHARDS
from afluente.automation.statements.running import run

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Sequence

_ANSWERED = """
  FROM unnest(%(definition)s::bigint[], %(deal)s::bigint[], %(epoch)s::bigint[], %(rule)s::text[],
              %(occurrence)s::text[], %(state)s::text[], %(reason)s::text[], %(detail)s::text[])
       AS g (definition, deal, epoch, rule, occurrence, state, reason, detail)
"""
ANSWER_STEPS = f"""
UPDATE automation_step s SET state = g.state, reason = g.reason, detail = left(g.detail, 500), ended_at = clock_timestamp()
{_ANSWERED}
 WHERE s.workspace_id = %(ws)s AND s.definition_id = g.definition AND s.deal_id = g.deal AND s.epoch = g.epoch
   AND s.rule = g.rule AND s.occurrence = g.occurrence AND s.state IN ('awaiting', 'unknown')
"""
# The token is taken by a worker, who walks on from there.
ANSWER_TOKENS = f"""
UPDATE automation_token t SET state = 'scheduled', due_at = now(), key = g.state
{_ANSWERED}
 WHERE t.workspace_id = %(ws)s AND t.deal_id = g.deal AND t.epoch = g.epoch AND t.definition_id = g.definition
   AND t.node = g.rule || '.do' AND t.occurrence = g.occurrence AND t.state = 'awaiting'
"""
# A person says that it was done after all: what follows it starts, while the deal is where it was.
RESUME = f"""
INSERT INTO automation_token (workspace_id, definition_id, version, deal_id, epoch, entered_at, node, rule, state,
                              shard, priority, due_at, occurrence, key, root_id, depth)
SELECT %(ws)s, s.definition_id, s.version, s.deal_id, s.epoch, d.stage_entered_at, s.rule || '.do', s.rule,
       'scheduled', s.deal_id %% {SHARDS}, 0, now(), s.occurrence, g.state, s.root_id, s.depth
{_ANSWERED}
  JOIN automation_step s ON s.workspace_id = %(ws)s AND s.definition_id = g.definition AND s.deal_id = g.deal
       AND s.epoch = g.epoch AND s.rule = g.rule AND s.occurrence = g.occurrence AND s.state = 'unknown'
  JOIN deals_deal d ON d.workspace_id = %(ws)s AND d.id = s.deal_id AND d.stage_epoch = s.epoch
       AND d.deleted_at IS NULL
 WHERE g.state = 'applied'
ON CONFLICT (workspace_id, deal_id, epoch, node, occurrence) DO NOTHING
"""
# The last ends of a rule that say anything about it; of skipped and cancelled steps a few are passed over.
FAILING = """
SELECT g.definition, g.rule FROM unnest(%(definitions)s::bigint[], %(rules)s::text[]) AS g (definition, rule)
  JOIN automation_definition d ON d.workspace_id = %(ws)s AND d.id = g.definition
 WHERE (SELECT count(*) = %(most)s AND bool_and(l.state = 'failed')
          FROM (SELECT s.state FROM automation_step s
                 WHERE s.workspace_id = %(ws)s AND s.definition_id = g.definition AND s.rule = g.rule
                   AND s.state IN ('applied', 'failed', 'unknown')
                   AND s.ended_at > coalesce(d.resumed_at, '-infinity')
                 ORDER BY s.id DESC LIMIT %(most)s) AS l)
"""
POSTPONE = """
UPDATE automation_token t SET due_at = GREATEST(t.due_at, g.until)
  FROM unnest(%(definition)s::bigint[], %(deal)s::bigint[], %(epoch)s::bigint[], %(rule)s::text[],
              %(occurrence)s::text[], %(until)s::timestamptz[]) AS g (definition, deal, epoch, rule, occurrence, until)
 WHERE t.workspace_id = %(ws)s AND t.deal_id = g.deal AND t.epoch = g.epoch AND t.definition_id = g.definition
   AND t.node = g.rule || '.do' AND t.occurrence = g.occurrence AND t.state = 'awaiting'
"""


@dataclass(frozen=True, kw_only=True)
class Name:
    """The name of a step, in its parts."""

    definition_id: int
    deal_id: int
    epoch: int
    rule: str
    occurrence: str = ""

    def __str__(self) -> str:
        return f"{self.definition_id}:{self.deal_id}:{self.epoch}:{self.rule}:{self.occurrence}"

    @classmethod
    def read(cls, said: str) -> Name:
        """The name that is written so. Raises ValueError."""
        definition, deal, epoch, rule, occurrence = said.split(":", 4)
        return cls(
            definition_id=int(definition),
            deal_id=int(deal),
            epoch=int(epoch),
            rule=rule,
            occurrence=occurrence,
        )


def answer(ends: Sequence[tuple[Name, str, str, str]], *, tokens: bool = True) -> None:
    """Write how steps ended (name, state, reason, detail) that were awaiting; their lanes go on, if `tokens`."""
    if not ends:
        return
    given = {
        **_parts([name for name, *_ in ends]),
        "state": [state for _, state, _, _ in ends],
        "reason": [reason for _, _, reason, _ in ends],
        "detail": [detail for *_, detail in ends],
    }
    if tokens:
        run(RESUME, **given)
    run(ANSWER_STEPS, **given)
    if tokens:
        run(ANSWER_TOKENS, **given)


def failing(rules: Collection[tuple[int, str]], *, most: int) -> list[tuple[int, str]]:
    """Of these rules, by definition and name, those whose last `most` ends were failures."""
    given = sorted(rules)
    rows = run(FAILING, definitions=[pk for pk, _ in given], rules=[name for _, name in given], most=most)
    return [(row[0], row[1]) for row in rows]


def postpone(names: Sequence[tuple[Name, dt.datetime]]) -> None:
    """Wait longer for the ends of steps: until then."""
    if names:
        run(POSTPONE, **_parts([name for name, _ in names]), until=[until for _, until in names])


def _parts(names: Sequence[Name]) -> dict[str, list[object]]:
    return {
        "definition": [one.definition_id for one in names],
        "deal": [one.deal_id for one in names],
        "epoch": [one.epoch for one in names],
        "rule": [one.rule for one in names],
        "occurrence": [one.occurrence for one in names],
    }
