"""Set statements of delivery: taking what is due, one worker each (spec: outbox)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

# `sending` is committed before anybody outside is asked (S-TX).
TAKE_MESSAGE = """
UPDATE delivery_message SET state = 'sending', attempts = attempts + 1,
                            lease_until = clock_timestamp() + %(lease)s * interval '1 second'
 WHERE workspace_id = %(ws)s AND id = (
   SELECT id FROM delivery_message
    WHERE workspace_id = %(ws)s AND channel = %(channel)s AND state = 'queued' AND due_at <= clock_timestamp()
      AND (is_urgent OR NOT %(is_quiet)s)
    ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""
LOST_MESSAGES = """
SELECT id FROM delivery_message
 WHERE workspace_id = %(ws)s AND channel = %(channel)s AND state = 'sending' AND lease_until < clock_timestamp()
 ORDER BY id FOR UPDATE SKIP LOCKED
"""
NEXT_MESSAGE = """
SELECT min(at) FROM (
  SELECT min(due_at) AS at FROM delivery_message
   WHERE workspace_id = %(ws)s AND channel = %(channel)s AND state = 'queued'
   UNION ALL
  SELECT min(lease_until) FROM delivery_message
   WHERE workspace_id = %(ws)s AND channel = %(channel)s AND state = 'sending') AS found
"""
# One statement in the transaction of what happened: for each event, each endpoint that is told of its kind. The body
# is written here, once and for all; one that nobody could take in says less.
ANNOUNCE = """
WITH made AS (
INSERT INTO delivery_call (workspace_id, endpoint_id, key, webhook_id, kind, event_id, contact_id, deal_id, rule_name,
                           goes_along, method, url, headers_box, body, state, reason, detail, attempts, due_at,
                           created_at)
SELECT e.workspace_id, p.id, 'event:' || e.id || ':' || p.id, 'evt_' || e.workspace_id || '_' || e.id, e.kind, e.id,
       e.contact_id, e.deal_id, '', false, 'POST', '', '',
       json_build_object('type', e.kind,
                         'timestamp', to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                         'data', json_build_object(
                           'id', e.id, 'contact_id', e.contact_id, 'deal_id', e.deal_id, 'company_id', e.company_id,
                           'task_id', coalesce(e.task_id, (e.data ->> 'task')::bigint),
                           'actor', json_build_object('kind', e.actor_kind, 'id', e.actor_id, 'name', e.actor_name),
                           'is_cut', octet_length(e.data::text) > %(room)s,
                           'details', CASE WHEN octet_length(e.data::text) > %(room)s THEN '{}' ELSE e.data END))::text,
       'queued', '', '', 0, now(), now()
  FROM timeline_event e
  JOIN delivery_endpoint p ON p.workspace_id = e.workspace_id AND p.is_on AND e.kind = ANY(p.events)
 WHERE e.workspace_id = %(ws)s AND {which}
 ORDER BY e.id
ON CONFLICT (workspace_id, key) DO NOTHING
RETURNING endpoint_id)
SELECT endpoint_id, count(*) FROM made GROUP BY endpoint_id
"""
# Most workspaces tell nobody: that is known before any event is looked at.
TELLS_SOMEBODY = """
SELECT EXISTS (SELECT FROM delivery_endpoint WHERE workspace_id = %(ws)s AND is_on AND events && %(kinds)s::varchar[])
"""
GOES_ALONG = """
SELECT EXISTS (SELECT FROM delivery_message WHERE workspace_id = %(ws)s AND deal_id = ANY(%(deals)s)
                  AND state = 'queued' AND goes_along)
    OR EXISTS (SELECT FROM delivery_call WHERE workspace_id = %(ws)s AND deal_id = ANY(%(deals)s)
                  AND state = 'queued' AND goes_along)
"""
ANNOUNCE_THESE = ANNOUNCE.replace("{which}", "e.id = ANY(%(ids)s)")
ANNOUNCE_MISSED = ANNOUNCE.replace("{which}", "p.id = %(endpoint)s AND e.at >= %(since)s")
# A call may be made twice: the receiver knows it by its id. So a lost one is simply taken again.
TAKE_CALL = """
UPDATE delivery_call SET state = 'sending', attempts = attempts + 1,
                         due_at = clock_timestamp() + %(lease)s * interval '1 second'
 WHERE workspace_id = %(ws)s AND id = (
   SELECT id FROM delivery_call
    WHERE workspace_id = %(ws)s AND endpoint_id IS NOT DISTINCT FROM %(endpoint)s
      AND state IN ('queued', 'sending') AND due_at <= clock_timestamp()
    ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""
NEXT_CALL = """
SELECT min(due_at) FROM delivery_call
 WHERE workspace_id = %(ws)s AND endpoint_id IS NOT DISTINCT FROM %(endpoint)s AND state IN ('queued', 'sending')
"""
FORGET_CALLS = """
DELETE FROM delivery_call WHERE workspace_id = %(ws)s AND id IN (
   SELECT id FROM delivery_call WHERE workspace_id = %(ws)s AND ended_at < %(before)s LIMIT %(limit)s)
"""
CALLS_DUE = "SELECT workspace_id, endpoint_id FROM delivery_calls_due()"
AUDIENCES_DUE = "SELECT workspace_id, audience_id FROM delivery_audiences_due()"
MAILBOXES_DUE = "SELECT workspace_id FROM delivery_mailboxes_due() AS found (workspace_id)"
CALLS_OLD = "SELECT workspace_id FROM delivery_calls_old(%(before)s)"
RECEIPTS = "SELECT workspace_id FROM delivery_receipts_waited_for(%(since)s)"
DUE = "SELECT workspace_id, channel FROM delivery_due()"


def _one(statement: str, **given: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"ws": current_workspace_id(), **given})
        row = cursor.fetchone()
    return row[0] if row else None


def _all(statement: str, **given: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"ws": current_workspace_id(), **given})
        return list(cursor.fetchall())


def waiting_for_receipts(since: dt.datetime) -> list[int]:
    """Workspaces with a session to hear in, and messages sent since a moment whose end is not known."""
    with connection.cursor() as cursor:
        cursor.execute(RECEIPTS, {"since": since})
        return [row[0] for row in cursor.fetchall()]


def take_message(channel: str, *, lease: int, is_quiet: bool) -> int | None:
    """Mark the next message as being sent; its number, None when nothing is due. The caller commits."""
    found: int | None = _one(TAKE_MESSAGE, channel=channel, lease=lease, is_quiet=is_quiet)
    return found


def lost_messages(channel: str) -> list[int]:
    """Messages whose sender died while it was at them, locked."""
    with connection.cursor() as cursor:
        cursor.execute(LOST_MESSAGES, {"ws": current_workspace_id(), "channel": channel})
        return [row[0] for row in cursor.fetchall()]


def next_message(channel: str) -> dt.datetime | None:
    """When a message of a channel is to be looked at next."""
    found: dt.datetime | None = _one(NEXT_MESSAGE, channel=channel)
    return found


def tells_somebody(kinds: Iterable[str]) -> bool:
    """Whether an endpoint is told of events of one of these kinds."""
    return bool(_one(TELLS_SOMEBODY, kinds=sorted(set(kinds))))


def anything_goes_along(deal_ids: Sequence[int]) -> bool:
    """Whether a message or a call waits that goes with the stage of one of these deals."""
    return bool(_one(GOES_ALONG, deals=list(deal_ids)))


def announce(ids: Sequence[int], *, room: int) -> list[int]:
    """Queue a call of these events at each endpoint that is told of their kinds; the endpoints."""
    return [row[0] for row in _all(ANNOUNCE_THESE, ids=list(ids), room=room)]


def announce_missed(*, endpoint_id: int, since: dt.datetime, room: int) -> int:
    """Queue what an endpoint would have been told since a moment and was not; how many."""
    return sum(row[1] for row in _all(ANNOUNCE_MISSED, endpoint=endpoint_id, since=since, room=room))


def take_call(endpoint_id: int | None, *, lease: int) -> int | None:
    """Mark the next call as being made; its number, None when nothing is due. The caller commits."""
    found: int | None = _one(TAKE_CALL, endpoint=endpoint_id, lease=lease)
    return found


def next_call(endpoint_id: int | None) -> dt.datetime | None:
    """When a call is to be looked at next."""
    found: dt.datetime | None = _one(NEXT_CALL, endpoint=endpoint_id)
    return found


def forget_calls(*, before: dt.datetime, limit: int) -> int:
    """Delete calls that ended before a moment, with what was answered; how many."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET_CALLS, {"ws": current_workspace_id(), "before": before, "limit": limit})
        return int(cursor.rowcount)


def calls_due_anywhere() -> list[tuple[int, int | None]]:
    """Where a call is due: workspace and endpoint, None for addresses of rules. Asked outside any workspace."""
    with connection.cursor() as cursor:
        cursor.execute(CALLS_DUE)
        return [(row[0], row[1]) for row in cursor.fetchall()]


def workspaces_with_old_calls(before: dt.datetime) -> list[int]:
    """Where calls ended before a moment. Asked outside any workspace."""
    with connection.cursor() as cursor:
        cursor.execute(CALLS_OLD, {"before": before})
        return [row[0] for row in cursor.fetchall()]


def audiences_due_anywhere() -> list[tuple[int, int]]:
    """Audiences that somebody is to get into or out of: workspace and audience. Asked outside any workspace."""
    with connection.cursor() as cursor:
        cursor.execute(AUDIENCES_DUE)
        return [(row[0], row[1]) for row in cursor.fetchall()]


def mailboxes_due_anywhere() -> list[int]:
    """Workspaces whose mailbox is to be looked into. Asked outside any workspace."""
    with connection.cursor() as cursor:
        cursor.execute(MAILBOXES_DUE)
        return [row[0] for row in cursor.fetchall()]


def due_anywhere() -> list[tuple[int, str]]:
    """Where a message is due: workspace and channel. Asked outside any workspace."""
    with connection.cursor() as cursor:
        cursor.execute(DUE)
        return [(row[0], row[1]) for row in cursor.fetchall()]
