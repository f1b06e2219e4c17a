"""SQL of background jobs. Time is the database's (invariant 7): a worker's clock decides nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

# A waiting job with the same key absorbs a new one. DO UPDATE rather than DO NOTHING: it locks the
# waiting row until we commit, so no worker can take it before it can see what we changed.
ENQUEUE = """
INSERT INTO kernel_job AS j
       (name, args, workspace_id, key, state, due_at, attempts, error, created_at)
SELECT %(name)s, n.args, %(workspace_id)s, n.key, 'waiting',
       COALESCE(%(due_at)s::timestamptz, now()), 0, '', now()
  FROM unnest(%(args)s::jsonb[], %(keys)s::text[]) WITH ORDINALITY AS n (args, key, place)
 ORDER BY n.key, n.place
ON CONFLICT (name, key) WHERE state = 'waiting'
DO UPDATE SET due_at = LEAST(j.due_at, EXCLUDED.due_at)
RETURNING id
"""

CANCEL = "DELETE FROM kernel_job WHERE name = %(name)s AND key = %(key)s AND state = 'waiting'"

# A claim need not be flushed to disk: losing it in a crash only means that the job is claimed again.
# The commit of the job's effects flushes it too.
CLAIM_LAZILY = "SET LOCAL synchronous_commit = off"
# Materialized: a join may otherwise read the inner query again, and each time lock other rows.
CLAIM = """
WITH due AS MATERIALIZED (
  SELECT id FROM kernel_job
   WHERE state = 'waiting' AND due_at <= now() AND name = ANY(%(names)s)
   ORDER BY due_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE kernel_job j
   SET state = 'running', attempts = attempts + 1, lease_until = now() + make_interval(secs => %(lease)s)
  FROM due
 WHERE j.id = due.id
RETURNING j.id, j.name, j.args, j.workspace_id, j.attempts, j.key
"""

# The attempt's number is the fence: whoever lost the lease meanwhile changes nothing.
_MINE = "WHERE j.id = %(id)s AND j.state = 'running' AND j.attempts = %(attempt)s"
# Of two waiting jobs with one key, one is enough: the job that would come back is then done.
_TWIN = """EXISTS (SELECT FROM kernel_job t
                    WHERE t.name = j.name AND t.key = j.key AND t.state = 'waiting' AND t.id <> j.id)"""

COMPLETE = f"""
UPDATE kernel_job j SET state = 'done', lease_until = NULL, ended_at = clock_timestamp(), error = '' {_MINE}
"""
RETRY = f"""
UPDATE kernel_job j
   SET state = CASE WHEN {_TWIN} THEN 'done' ELSE 'waiting' END,
       ended_at = CASE WHEN {_TWIN} THEN now() END,
       due_at = now() + make_interval(secs => %(seconds)s), lease_until = NULL, error = %(error)s
 {_MINE}
"""
BURY = f"""
UPDATE kernel_job j SET state = 'dead', lease_until = NULL, ended_at = now(), error = %(error)s {_MINE}
"""
RELEASE = f"""
UPDATE kernel_job j
   SET state = CASE WHEN {_TWIN} THEN 'done' ELSE 'waiting' END,
       ended_at = CASE WHEN {_TWIN} THEN now() END,
       attempts = attempts - 1, lease_until = NULL
 WHERE j.state = 'running'
   AND (j.id, j.attempts) IN (SELECT * FROM unnest(%(ids)s::bigint[], %(attempts)s::int[]))
"""
EXTEND = """
UPDATE kernel_job j SET lease_until = now() + make_interval(secs => %(lease)s)
 WHERE j.state = 'running'
   AND (j.id, j.attempts) IN (SELECT * FROM unnest(%(ids)s::bigint[], %(attempts)s::int[]))
"""

ORPHANS = """
SELECT id, name, args, workspace_id, attempts, key FROM kernel_job
 WHERE state = 'running' AND lease_until < now()
 ORDER BY lease_until LIMIT 100 FOR UPDATE SKIP LOCKED
"""

# Also of two set-aside jobs with one key, one is enough.
_ELDER = """EXISTS (SELECT FROM kernel_job t WHERE t.name = j.name AND t.key = j.key
                       AND t.state = 'dead' AND t.id = ANY(%(ids)s) AND t.id < j.id)"""
REPLAY = f"""
UPDATE kernel_job j
   SET state = CASE WHEN {_TWIN} OR {_ELDER} THEN 'done' ELSE 'waiting' END,
       due_at = now(), attempts = 0
 WHERE j.state = 'dead' AND j.id = ANY(%(ids)s) AND j.workspace_id IS NOT DISTINCT FROM %(workspace_id)s
"""

# The row is the lock: two workers that look at once cannot both move it forward.
PLAN = """
INSERT INTO kernel_schedule (name, next_at)
SELECT name, now() FROM unnest(%(names)s::text[]) AS s (name) ON CONFLICT (name) DO NOTHING
"""
COME_DUE = """
UPDATE kernel_schedule s
   SET next_at = s.next_at + d.every * ceil(
         (extract(epoch FROM now() - s.next_at) + 0.001) / extract(epoch FROM d.every))
  FROM (SELECT k.name, make_interval(secs => p.seconds) AS every
          FROM kernel_schedule k
          JOIN unnest(%(names)s::text[], %(seconds)s::float[]) AS p (name, seconds) USING (name)
         WHERE k.next_at <= now() FOR UPDATE OF k SKIP LOCKED) AS d
 WHERE s.name = d.name
RETURNING s.name
"""

BEAT = """
INSERT INTO kernel_heartbeat (worker, seen_at, version) VALUES (%(worker)s, now(), %(version)s)
ON CONFLICT (worker) DO UPDATE SET seen_at = EXCLUDED.seen_at, version = EXCLUDED.version
"""
LEAVE = "DELETE FROM kernel_heartbeat WHERE worker = %(worker)s"

COUNT = """
SELECT CASE WHEN state = 'waiting' AND due_at > now() THEN 'planned' ELSE state END, count(*)
  FROM kernel_job WHERE state <> 'done' GROUP BY 1
"""
BUSY = "SELECT DISTINCT workspace_id FROM kernel_job WHERE state = 'running' AND workspace_id IS NOT NULL"
SWEEP_DONE = "DELETE FROM kernel_job WHERE state = 'done' AND ended_at < now() - interval '1 day'"
SWEEP_BEATS = "DELETE FROM kernel_heartbeat WHERE seen_at < now() - interval '1 day'"


@dataclass(frozen=True)
class Claim:
    """A job in a worker's hands. `attempt` counts from 1."""

    id: int
    name: str
    args: dict[str, Any]
    workspace_id: int | None
    attempt: int
    key: str | None = None


def enqueue(
    name: str,
    args: Sequence[Mapping[str, Any]],
    *,
    keys: Sequence[str | None],
    due_at: datetime | None,
    workspace_id: int | None,
) -> list[int]:
    """Queue one job per entry of `args`; the ids of the jobs that will do it."""
    values = {
        "name": name,
        "args": [json.dumps(dict(each)) for each in args],
        "keys": list(keys),
        "due_at": due_at,
        "workspace_id": workspace_id,
    }
    return [int(row[0]) for row in _rows(ENQUEUE, values)]


def cancel(name: str, key: str) -> int:
    return _run(CANCEL, {"name": name, "key": key})


def claim(names: Sequence[str], *, limit: int, lease: float) -> list[Claim]:
    """Take up to `limit` due jobs, oldest first; other workers pass them over from now on."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM_LAZILY)
    rows = _rows(CLAIM, {"names": list(names), "limit": limit, "lease": lease})
    return [_claim(row) for row in sorted(rows)]


def orphans() -> list[Claim]:
    """Jobs whose worker has not been heard of in time, locked."""
    return [_claim(row) for row in _rows(ORPHANS, {})]


def complete(job: Claim) -> bool:
    """Mark the job done; False when it is no longer ours."""
    return _run(COMPLETE, {"id": job.id, "attempt": job.attempt}) == 1


def retry(job: Claim, *, seconds: float, error: str) -> None:
    _run(RETRY, {"id": job.id, "attempt": job.attempt, "seconds": seconds, "error": error})


def bury(job: Claim, *, error: str) -> None:
    _run(BURY, {"id": job.id, "attempt": job.attempt, "error": error})


def release(jobs: Sequence[Claim]) -> None:
    """Give back jobs that were claimed and not begun."""
    _run(RELEASE, _fences(jobs))


def extend(jobs: Sequence[Claim], *, lease: float) -> None:
    """Say that we are still at it."""
    _run(EXTEND, {**_fences(jobs), "lease": lease})


def replay(ids: Sequence[int], *, workspace_id: int | None) -> int:
    return _run(REPLAY, {"ids": list(ids), "workspace_id": workspace_id})


def plan(names: Sequence[str]) -> None:
    """Make the rows of periodic jobs that are new."""
    _run(PLAN, {"names": list(names)})


def come_due(intervals: Mapping[str, float]) -> list[str]:
    """Periodic jobs whose moment has come; it is moved on by a whole number of intervals."""
    values = {"names": list(intervals), "seconds": [float(each) for each in intervals.values()]}
    return [str(row[0]) for row in _rows(COME_DUE, values)]


def beat(worker: str, version: str) -> None:
    _run(BEAT, {"worker": worker, "version": version})


def leave(worker: str) -> None:
    _run(LEAVE, {"worker": worker})


def count_by_state() -> dict[str, int]:
    """How many jobs are waiting (due), planned (due later), running and dead."""
    return {str(state): int(number) for state, number in _rows(COUNT, {})}


def busy_workspaces() -> list[int]:
    """Workspaces that a running job was queued for."""
    return [int(row[0]) for row in _rows(BUSY, {})]


def sweep() -> int:
    """Remove done jobs and dead workers' heartbeats after a day; how many rows."""
    return _run(SWEEP_DONE, {}) + _run(SWEEP_BEATS, {})


def _fences(jobs: Sequence[Claim]) -> dict[str, list[int]]:
    return {"ids": [job.id for job in jobs], "attempts": [job.attempt for job in jobs]}


def _claim(row: Sequence[Any]) -> Claim:
    number, name, args, workspace_id, attempt, key = row
    return Claim(
        number, name, json.loads(args) if isinstance(args, str) else args, workspace_id, attempt, key
    )


def _rows(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _run(statement: str, values: Mapping[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)
