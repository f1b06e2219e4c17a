"""Set statements of insights: the journeys of deals are kept by them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Aggregate, DurationField

from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

# Whoever adds by hand or brings a file knows these people already: they wait for no answer.
QUIET = ("manual", "import")
_JOURNEY = """
SELECT d.workspace_id, d.id, d.created_at, CASE WHEN s.kind <> 'lost' THEN d.stage_id END,
       d.deleted_at IS NULL AND d.closed_at IS NULL AND d.source <> ALL(%(quiet)s)
  FROM deals_deal d
  JOIN deals_stage s ON s.workspace_id = d.workspace_id AND s.id = d.stage_id
"""
BEGIN = f"""
INSERT INTO insights_journey (workspace_id, deal_id, opened_at, furthest_id, is_waiting)
{_JOURNEY}
 WHERE d.workspace_id = %(ws)s AND d.id = ANY(%(deals)s) ORDER BY d.id
    ON CONFLICT (workspace_id, deal_id) DO NOTHING
"""
BEGIN_ALL = f"""
INSERT INTO insights_journey (workspace_id, deal_id, opened_at, furthest_id, is_waiting)
{_JOURNEY}
 WHERE d.workspace_id = %(ws)s ORDER BY d.id
    ON CONFLICT (workspace_id, deal_id) DO NOTHING
"""
# Only stages of the pipeline that a deal is in now count, and never one it had passed already.
_ADVANCE = """
UPDATE insights_journey AS j SET furthest_id = r.stage_id
  FROM (SELECT DISTINCT ON (e.deal_id) e.deal_id, s.id AS stage_id, s.pipeline_id, s.position
          FROM ({reached}) AS e (deal_id, stage_id)
          JOIN deals_deal d ON d.workspace_id = %(ws)s AND d.id = e.deal_id
          JOIN deals_stage s ON s.workspace_id = %(ws)s AND s.id = e.stage_id
                            AND s.pipeline_id = d.pipeline_id AND s.kind <> 'lost'
         ORDER BY e.deal_id, s.position DESC) AS r
 WHERE j.workspace_id = %(ws)s AND j.deal_id = r.deal_id
   AND NOT EXISTS (SELECT 1 FROM deals_stage f
                    WHERE f.workspace_id = %(ws)s AND f.id = j.furthest_id
                      AND f.pipeline_id = r.pipeline_id AND f.position >= r.position)
"""
ADVANCE = _ADVANCE.format(reached="SELECT * FROM unnest(%(deals)s::bigint[], %(stages)s::bigint[])")
ADVANCE_ALL = _ADVANCE.format(
    reached="""SELECT deal_id, unnest(ARRAY[(data ->> 'from')::bigint, (data ->> 'to')::bigint])
                 FROM timeline_event WHERE workspace_id = %(ws)s AND kind = 'deal.moved' AND deal_id IS NOT NULL"""
)
# Each deal's first answer; one about a contact answers what waits of theirs.
_ANSWER = """
UPDATE insights_journey AS j SET is_waiting = false, answered_at = a.at, answered_by_id = a.member
  FROM (SELECT DISTINCT ON (e.deal_id) e.deal_id, e.at, m.id AS member
          FROM ({answers}) AS e (deal_id, at, member)
          LEFT JOIN accounts_membership m ON m.workspace_id = %(ws)s AND m.id = e.member
         ORDER BY e.deal_id, e.at) AS a
 WHERE j.workspace_id = %(ws)s AND j.deal_id = a.deal_id AND j.answered_at IS NULL AND a.at >= j.opened_at
"""
ANSWER = _ANSWER.format(
    answers="""SELECT deal_id, at, member
                 FROM unnest(%(deals)s::bigint[], %(moments)s::timestamptz[], %(members)s::bigint[])
                   AS g (deal_id, at, member)
                UNION ALL
               SELECT l.deal_id, g.at, g.member
                 FROM unnest(%(people)s::bigint[], %(people_moments)s::timestamptz[], %(people_members)s::bigint[])
                   AS g (contact_id, at, member)
                 JOIN deals_dealcontact l ON l.workspace_id = %(ws)s AND l.contact_id = g.contact_id
                 JOIN insights_journey w ON w.workspace_id = %(ws)s AND w.deal_id = l.deal_id AND w.is_waiting"""
)
ANSWER_ALL = _ANSWER.format(
    answers="""SELECT deal_id, at, actor_id FROM timeline_event
                WHERE workspace_id = %(ws)s AND deal_id IS NOT NULL AND actor_kind = 'member'
                  AND kind = ANY(%(kinds)s)"""
)
SETTLE = """
UPDATE insights_journey AS j SET is_waiting = false
  FROM deals_deal d
 WHERE d.workspace_id = %(ws)s AND j.workspace_id = %(ws)s AND j.deal_id = d.id AND j.is_waiting
   AND d.id = ANY(%(deals)s) AND (d.closed_at IS NOT NULL OR d.deleted_at IS NOT NULL)
"""
WITHDRAW = """
UPDATE insights_journey AS j SET answered_at = NULL, answered_by_id = NULL,
       is_waiting = d.closed_at IS NULL AND d.deleted_at IS NULL AND d.source <> ALL(%(quiet)s)
  FROM deals_deal d
 WHERE d.workspace_id = %(ws)s AND j.workspace_id = %(ws)s AND j.deal_id = d.id AND d.id = ANY(%(deals)s)
"""


class Median(Aggregate):
    """The middle one of durations, between the two in the middle of an even number."""

    function = "percentile_cont"
    name = "Median"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


def begin(deals: Sequence[int]) -> None:
    """Let these deals have a journey, as they are now; one that they have stays."""
    _run(BEGIN, deals=list(deals), quiet=list(QUIET))


def advance(reached: Sequence[tuple[int, int]]) -> None:
    """Note the stages that deals reached, as (deal, stage)."""
    _run(ADVANCE, deals=[deal for deal, _ in reached], stages=[stage for _, stage in reached])


def answer(
    deals: Sequence[tuple[int, dt.datetime, int | None]],
    people: Sequence[tuple[int, dt.datetime, int | None]],
) -> None:
    """Note answers, as (deal, moment, member) and (contact, moment, member). Only the first one counts."""
    _run(
        ANSWER,
        deals=[one[0] for one in deals],
        moments=[one[1] for one in deals],
        members=[one[2] for one in deals],
        people=[one[0] for one in people],
        people_moments=[one[1] for one in people],
        people_members=[one[2] for one in people],
    )


def settle(deals: Sequence[int]) -> None:
    """What is closed or gone waits no more."""
    _run(SETTLE, deals=list(deals))


def withdraw(deals: Sequence[int]) -> None:
    """Nobody has answered these after all."""
    _run(WITHDRAW, deals=list(deals), quiet=list(QUIET))


def rebuild(kinds: Sequence[str]) -> None:
    """Journeys of all deals of the workspace, from the log; what they say already stays."""
    _run(BEGIN_ALL, quiet=list(QUIET))
    _run(ADVANCE_ALL)
    _run(ANSWER_ALL, kinds=list(kinds))


def _run(statement: str, **values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"ws": current_workspace_id(), **values})
