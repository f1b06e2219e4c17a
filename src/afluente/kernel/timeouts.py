"""How long the database works or waits for this process before it gives up.

A web process must not hold a thread for a query that nobody waits for any more; a worker may think
longer. So the limits are not the role's but the process's: it says them when it connects.
"""

from __future__ import annotations

from django.db import connections


def limit_statements(*, statement: int, lock: int, idle: int, alias: str = "default") -> None:
    """Set the limits, in seconds, of connections that this process opens from now on.

    `statement` bounds one statement, `lock` one wait for a lock, `idle` the pause inside a
    transaction after which the server ends it. Call it before the first query.
    """
    limits = {
        "statement_timeout": statement,
        "lock_timeout": lock,
        "idle_in_transaction_session_timeout": idle,
    }
    options = connections.settings[alias].setdefault("OPTIONS", {})
    said = " ".join(f"-c {name}={seconds}s" for name, seconds in limits.items())
    options["options"] = f"{options.get('options', '')} {said}".strip()
