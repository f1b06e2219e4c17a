"""SQL that the ORM cannot say, each a named constant with a thin function that runs it."""

from __future__ import annotations

from django.db import connection

# Request limits. Exact under concurrency: the row is the counter, and the upsert locks it.
TAKE = """
INSERT INTO kernel_ratelimit AS r (key, "window", count)
VALUES (%(key)s, floor(extract(epoch FROM clock_timestamp()) / %(seconds)s), %(cost)s)
ON CONFLICT (key) DO UPDATE SET
  count = CASE WHEN r."window" = EXCLUDED."window" THEN r.count ELSE 0 END + EXCLUDED.count,
  "window" = EXCLUDED."window"
RETURNING count, ceil(("window" + 1) * %(seconds)s - extract(epoch FROM clock_timestamp()))
"""
GIVE_BACK = """
UPDATE kernel_ratelimit SET count = greatest(count - %(cost)s, 0)
 WHERE key = %(key)s AND "window" = floor(extract(epoch FROM clock_timestamp()) / %(seconds)s)
"""
FORGET_COUNT = "DELETE FROM kernel_ratelimit WHERE key = %(key)s"
# The second part of a key is the length of its window in seconds (limits.Limit.key).
SWEEP_COUNTS = """
DELETE FROM kernel_ratelimit
 WHERE ("window" + 1) * split_part(key, ':', 2)::bigint < extract(epoch FROM clock_timestamp())
"""


def take(*, key: str, seconds: int, cost: int) -> tuple[int, int]:
    """Count `cost` more in the present window: the count by now, and the seconds until it ends."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"key": key, "seconds": seconds, "cost": cost})
        count, rest = cursor.fetchone()
    return int(count), int(rest)


def give_back(*, key: str, seconds: int, cost: int) -> None:
    """Count `cost` less, if the window in which it was counted is still the present one."""
    with connection.cursor() as cursor:
        cursor.execute(GIVE_BACK, {"key": key, "seconds": seconds, "cost": cost})


def forget_count(*, key: str) -> None:
    """Start the count of `key` anew."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET_COUNT, {"key": key})


def sweep_counts() -> int:
    """Remove counts whose window is over."""
    with connection.cursor() as cursor:
        cursor.execute(SWEEP_COUNTS)
        return int(cursor.rowcount)


# The cache that all processes share. Its moments are the database's (invariant 7); no end means never.
_ALIVE = "(expires_at IS NULL OR expires_at > clock_timestamp())"
_END = "clock_timestamp() + make_interval(secs => %(seconds)s)"
CACHE_READ = f"SELECT value FROM kernel_cache WHERE key = %(key)s AND {_ALIVE}"
CACHE_WRITE = f"""
INSERT INTO kernel_cache (key, value, expires_at) VALUES (%(key)s, %(value)s, {_END})
ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value, expires_at = EXCLUDED.expires_at
"""
CACHE_ADD = f"{CACHE_WRITE} WHERE kernel_cache.expires_at <= clock_timestamp() RETURNING 1"
CACHE_INCREASE = f"""
UPDATE kernel_cache SET value = (value::bigint + %(delta)s)::text
 WHERE key = %(key)s AND {_ALIVE} RETURNING value
"""
CACHE_TOUCH = f"UPDATE kernel_cache SET expires_at = {_END} WHERE key = %(key)s AND {_ALIVE} RETURNING 1"
CACHE_DELETE = "DELETE FROM kernel_cache WHERE key = %(key)s RETURNING 1"
CACHE_CLEAR = "DELETE FROM kernel_cache"
SWEEP_CACHE = "DELETE FROM kernel_cache WHERE expires_at <= clock_timestamp()"


def cache(statement: str, **values: str | float | None) -> str | int | None:
    """Run one of the CACHE statements; the value it returns, or None when there is no row."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone() if cursor.description else None
    return row[0] if row else None


def sweep_cache() -> int:
    """Remove what has expired."""
    with connection.cursor() as cursor:
        cursor.execute(SWEEP_CACHE)
        return int(cursor.rowcount)


EXCHANGE = "SELECT current_setting(%(name)s), set_config(%(name)s, %(value)s, true)"


def exchange(name: str, value: str) -> str:
    """Set a PostgreSQL setting until the end of the transaction; what it said before."""
    with connection.cursor() as cursor:
        cursor.execute(EXCHANGE, {"name": name, "value": value})
        return str(cursor.fetchone()[0])
