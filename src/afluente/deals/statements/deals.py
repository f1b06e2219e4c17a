"""Set statements of deals: opening, moving."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import connection

from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from afluente.deals.models import Stage
    from afluente.deals.services.opening import NewDeal

# The counter's row is locked until commit: numbers have no holes and no doubles.
NEXT_NUMBERS = """
INSERT INTO deals_dealcounter AS c (workspace_id, last_number) VALUES (%(ws)s, %(count)s)
ON CONFLICT (workspace_id) DO UPDATE SET last_number = c.last_number + %(count)s
RETURNING last_number
"""
# A new deal goes on top of its column: later is smaller (crm.md 2.5, "empty puts it at the top").
OPEN = """
WITH given AS (
  SELECT nextval(pg_get_serial_sequence('deals_deal', 'id')) AS id, g.*
    FROM unnest(%(name)s::text[], %(amount)s::numeric[], %(currency)s::text[], %(pipeline)s::bigint[],
                %(stage)s::bigint[], %(assignee)s::bigint[], %(source)s::text[], %(source_ref)s::bigint[],
                %(source_name)s::text[], %(raw)s::bigint[], %(rule)s::bigint[], %(company)s::bigint[],
                %(kind)s::bigint[], %(due)s::timestamptz[], %(due_day)s::bool[], %(remind)s::int[],
                %(created)s::timestamptz[], %(closed)s::timestamptz[], %(lost)s::text[])
         WITH ORDINALITY AS g (name, amount, currency, pipeline, stage, assignee, source, source_ref,
                               source_name, raw, rule, company, kind, due, due_day, remind, created, closed,
                               lost, n)
), made AS (
  INSERT INTO deals_deal
         (workspace_id, id, number, name, amount, currency, pipeline_id, stage_id, stage_epoch,
          stage_entered_at, position, assignee_id, source, source_ref, source_name, lost_reason,
          raw_event_id, rule_ref, created_at, updated_at, closed_at, company_id, type_id, due_at,
          is_due_day, remind_before)
  SELECT %(ws)s, g.id, %(first)s + g.n - 1,
         CASE WHEN g.name = '' THEN '#' || (%(first)s + g.n - 1) ELSE g.name END,
         g.amount, g.currency, g.pipeline, g.stage, 1, now(),
         -(extract(epoch FROM clock_timestamp()) * 1000000)::bigint - g.n, g.assignee, g.source,
         g.source_ref, g.source_name, CASE WHEN s.kind = 'lost' THEN g.lost ELSE '' END, g.raw, g.rule,
         coalesce(g.created, now()), now(),
         CASE WHEN s.kind <> 'open' THEN coalesce(g.closed, now()) END, g.company, g.kind,
         coalesce(g.due, now() + s.due_hours * interval '1 hour'), g.due IS NOT NULL AND g.due_day,
         CASE WHEN g.due IS NOT NULL THEN g.remind WHEN s.due_hours IS NOT NULL THEN s.remind_before END
    FROM given g JOIN deals_stage s ON s.workspace_id = %(ws)s AND s.id = g.stage
  RETURNING id, due_at, remind_before
), people AS (
  INSERT INTO deals_dealcontact (workspace_id, deal_id, contact_id, is_primary)
  SELECT %(ws)s, given.id, p.contact, p.main
    FROM unnest(%(p_n)s::int[], %(p_contact)s::bigint[], %(p_main)s::bool[]) AS p (n, contact, main)
    JOIN given USING (n)
)
SELECT made.id, made.due_at, made.remind_before FROM made JOIN given USING (id) ORDER BY given.n
"""
# The parameters of OPEN by what a NewDeal calls them.
OPENED = {
    "name": "name", "amount": "amount", "currency": "currency", "pipeline": "pipeline_id",
    "stage": "stage_id", "assignee": "assignee_id", "source": "source", "source_ref": "source_ref",
    "source_name": "source_name", "raw": "raw_event_id", "rule": "rule_ref", "company": "company_id",
    "kind": "type_id", "due": "due_at", "due_day": "is_due_day", "remind": "remind_before",
    "created": "created_at", "closed": "closed_at", "lost": "lost_reason",
}  # fmt: skip
# Ordered, so that two sets of deals that overlap cannot wait for each other (S-ENTRY). No join: a deal that
# somebody else has moved while this waited would not fit its old stage, and be left out.
LOCK_DEALS = """
SELECT d.id, d.stage_id,
       (SELECT s.name FROM deals_stage s WHERE s.workspace_id = d.workspace_id AND s.id = d.stage_id),
       d.pipeline_id,
       (SELECT c.contact_id FROM deals_dealcontact c
         WHERE c.workspace_id = d.workspace_id AND c.deal_id = d.id AND c.is_primary),
       d.lost_reason, d.position, d.closed_at, d.due_at
  FROM deals_deal d
 WHERE d.workspace_id = %(ws)s AND d.id = ANY(%(ids)s) AND d.deleted_at IS NULL
 ORDER BY d.id FOR NO KEY UPDATE OF d
"""
# Deleted ones too, in the order of their numbers.
HOLD_DEALS = """
SELECT id FROM deals_deal WHERE workspace_id = %s AND id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
"""
HOLD_STAGES = """
SELECT count(*) FROM (SELECT FROM deals_stage
                       WHERE workspace_id = %(ws)s AND id = ANY(%(ids)s) AND ends_into IS NULL
                       ORDER BY id FOR KEY SHARE) AS held
"""
ENTER_STAGE = """
UPDATE deals_deal d
   SET stage_id = %(stage)s, pipeline_id = %(pipeline)s, stage_epoch = stage_epoch + 1,
       stage_entered_at = now(), position = g.position, lost_reason = %(lost_reason)s, updated_at = now(),
       closed_at = CASE WHEN %(is_open)s THEN NULL ELSE now() END,
       due_at = coalesce(now() + %(due_hours)s::int * interval '1 hour', due_at),
       is_due_day = is_due_day AND %(due_hours)s::int IS NULL,
       remind_before = CASE WHEN %(due_hours)s::int IS NULL THEN remind_before ELSE %(remind)s::int END
  FROM unnest(%(ids)s::bigint[], %(positions)s::numeric[]) AS g (id, position)
 WHERE d.workspace_id = %(ws)s AND d.id = g.id
RETURNING d.id, d.stage_epoch, d.due_at, d.remind_before
"""
REORDER = """
UPDATE deals_deal d SET position = g.position
  FROM unnest(%(ids)s::bigint[], %(positions)s::numeric[]) AS g (id, position)
 WHERE d.workspace_id = %(ws)s AND d.id = g.id
"""
# As they were before they were moved: a deal that is closed again was closed when it was.
PUT_BACK = """
UPDATE deals_deal d
   SET position = g.position,
       closed_at = CASE WHEN d.closed_at IS NULL THEN NULL ELSE coalesce(g.closed_at, d.closed_at) END
  FROM unnest(%(ids)s::bigint[], %(positions)s::numeric[], %(moments)s::timestamptz[])
       AS g (id, position, closed_at)
 WHERE d.workspace_id = %(ws)s AND d.id = g.id
"""
# Same order, new room. The column is small enough that this is rare and quick.
RENUMBER = """
UPDATE deals_deal d SET position = g.place
  FROM (SELECT id, -(extract(epoch FROM clock_timestamp()) * 1000000)::bigint
                   + %(step)s * row_number() OVER (ORDER BY position, id) AS place
          FROM deals_deal
         WHERE workspace_id = %(ws)s AND stage_id = %(stage)s AND deleted_at IS NULL) AS g
 WHERE d.workspace_id = %(ws)s AND d.id = g.id
"""
# One column of many deals, each its own value.
_REPLACE = """
UPDATE deals_deal d SET {column} = g.value, updated_at = now()
  FROM unnest(%(ids)s::bigint[], %(values)s::{kind}[]) AS g (id, value)
 WHERE d.workspace_id = %(ws)s AND d.id = g.id
"""
REPLACE = {
    column: _REPLACE.format(column=column, kind=kind)
    for column, kind in (
        ("name", "text"),
        ("amount", "numeric"),
        ("currency", "text"),
        ("lost_reason", "text"),
    )
}
TOP = "SELECT -(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"


@dataclass(frozen=True)
class LockedDeal:
    """A deal as it is now, while this transaction keeps others from changing it."""

    id: int
    stage_id: int
    stage_name: str
    pipeline_id: int
    contact_id: int | None
    lost_reason: str
    position: Decimal
    closed_at: datetime | None
    due_at: datetime | None


@dataclass(frozen=True)
class Entered:
    """What entering a stage made of a deal."""

    epoch: int
    due_at: datetime | None
    remind_before: int | None


def hold_stages(stage_ids: Sequence[int]) -> int:
    """Keep stages from being deleted until commit; how many of them there are."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD_STAGES, {"ws": current_workspace_id(), "ids": list(stage_ids)})
        return int(cursor.fetchone()[0])


def insert_deals(
    deals: Sequence[NewDeal],
) -> dict[int, tuple[datetime | None, int | None]]:
    """Insert deals with numbers and people; their ids in the order given, each with when it is due and how
    many minutes before that somebody is reminded.
    """
    workspace_id = current_workspace_id()
    people = [
        (n, contact_id, i == 0)
        for n, deal in enumerate(deals, start=1)
        for i, contact_id in enumerate(dict.fromkeys(deal.contact_ids))
    ]
    with connection.cursor() as cursor:
        cursor.execute(NEXT_NUMBERS, {"ws": workspace_id, "count": len(deals)})
        (last,) = cursor.fetchone()
        given = {"ws": workspace_id, "first": last - len(deals) + 1}
        given |= {column: [getattr(deal, name) for deal in deals] for column, name in OPENED.items()}
        given |= {part: [row[n] for row in people] for n, part in enumerate(("p_n", "p_contact", "p_main"))}
        cursor.execute(OPEN, given)
        return {row[0]: (row[1], row[2]) for row in cursor.fetchall()}


def hold_deals(ids: Sequence[int]) -> list[int]:
    """Hold these deals until the transaction ends, deleted or not; those there are."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD_DEALS, [current_workspace_id(), list(ids)])
        return [row[0] for row in cursor.fetchall()]


def lock_deals(ids: Sequence[int]) -> list[LockedDeal]:
    """Lock the present ones of `ids`, in id order, and return them as they are."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK_DEALS, {"ws": current_workspace_id(), "ids": list(ids)})
        return [LockedDeal(*row) for row in cursor.fetchall()]


def enter_stage(
    positions: dict[int, Decimal], *, stage: Stage, lost_reason: str, sets_due: bool
) -> dict[int, Entered]:
    """Put the deals (id to position) into a stage; what that made of them by id.

    `sets_due`: they are due when the stage says, if it says so.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            ENTER_STAGE,
            {
                "ws": current_workspace_id(),
                "ids": list(positions),
                "positions": list(positions.values()),
                "stage": stage.pk,
                "pipeline": stage.pipeline_id,
                "is_open": stage.kind == "open",
                "lost_reason": lost_reason,
                "due_hours": stage.due_hours if sets_due and stage.kind == "open" else None,
                "remind": stage.remind_before,
            },
        )
        return {row[0]: Entered(*row[1:]) for row in cursor.fetchall()}


def reorder(positions: dict[int, Decimal]) -> None:
    """Give deals (id to position) another place in the column they are in."""
    with connection.cursor() as cursor:
        cursor.execute(
            REORDER,
            {"ws": current_workspace_id(), "ids": list(positions), "positions": list(positions.values())},
        )


def put_back(places: Mapping[int, Sequence[str | None]]) -> None:
    """Give deals, held by the caller, the position and the moment of closing that they had, both as text."""
    if places:
        told: dict[str, Any] = {"ws": current_workspace_id(), "ids": list(places)}
        told |= {"positions": [one[0] for one in places.values()]}
        told |= {"moments": [one[1] for one in places.values()]}
        with connection.cursor() as cursor:
            cursor.execute(PUT_BACK, told)


def renumber(*, stage_id: int, step: Decimal) -> None:
    """Number a column anew, `step` apart, in the order it has."""
    with connection.cursor() as cursor:
        cursor.execute(RENUMBER, {"ws": current_workspace_id(), "stage": stage_id, "step": step})


def replace_column(name: str, values: Mapping[int, Any]) -> None:
    """Let each deal, held by the caller, have its value in the column `name` of REPLACE."""
    if values:
        with connection.cursor() as cursor:
            cursor.execute(
                REPLACE[name],
                {"ws": current_workspace_id(), "ids": list(values), "values": list(values.values())},
            )


def top_position() -> Decimal:
    """A position above everything that is there."""
    with connection.cursor() as cursor:
        cursor.execute(TOP)
        return Decimal(cursor.fetchone()[0])


NAMED = "SELECT deals_named(%(query)s, %(mates)s::bigint[], %(limit)s)"


def deals_named(words: Sequence[str], *, mates: Sequence[int] | None, limit: int) -> list[int]:
    """Ids of present deals in whose names each of `words`, folded, begins a word; the newest first.

    `mates` are those whose deals count besides those of nobody; None: everybody's.
    """
    # Whatever was typed is data: quoted as tsquery wants it.
    quoted = ["'" + "\x01:" + word.replace("\\", "\\\\").replace("'", "''") + "':*" for word in words]
    said = {"query": " & ".join(quoted), "mates": None if mates is None else list(mates), "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(NAMED, said)
        return [row[0] for row in cursor.fetchall()]
