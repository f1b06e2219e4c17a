"""How long the database works or waits for this process before it gives up.

A web process must not hold a thread for a query that nobody waits for any more; a worker may think
longer. So the limits are not the role's but the process's: it says them when it connects. With
PgBouncer in front, name `options` in its `ignore_startup_parameters` and set them on the role.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
from django.db import OperationalError, connection, connections, transaction

from afluente.kernel import statements
from afluente.kernel.workspace import set_local

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# A half-open TCP connection is given up within these seconds instead of minutes.
_NETWORK = {
    "connect_timeout": 2,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": 5000,
}


def limit_statements(*, statement: int, lock: int, idle: int, alias: str = "default") -> None:
    """Set the limits, in seconds, of connections that this process opens from now on.

    `statement` bounds one statement, `lock` one wait for a lock, `idle` the pause inside a
    transaction after which the server ends it. What the operator's URL says wins. Call it before
    the first query.
    """
    limits = {
        "statement_timeout": statement,
        "lock_timeout": lock,
        "idle_in_transaction_session_timeout": idle,
    }
    options = connections.settings[alias].setdefault("OPTIONS", {})
    for name, value in _NETWORK.items():
        options.setdefault(name, value)
    said = " ".join(f"-c {name}={seconds}s" for name, seconds in limits.items())
    options["options"] = f"{said} {options.get('options', '')}".strip()


class TooSlowError(Exception):
    """What was asked inside `at_most` took longer than it was given."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Give all that the block asks of the database so long, together; a transaction must be open.

    Raises TooSlowError after that: what the block wrote is undone, the transaction around it goes on.
    The last statement may begin just in time, so that up to twice the time can pass.
    """
    deadline = time.monotonic() + seconds

    def watch(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        if time.monotonic() > deadline:
            raise TooSlowError
        return execute(sql, params, many, context)

    try:
        with transaction.atomic():
            before = statements.exchange("statement_timeout", str(max(1, round(seconds * 1000))))
            with connection.execute_wrapper(watch):
                yield
            set_local("statement_timeout", before)
    except OperationalError as error:
        if isinstance(error.__cause__, psycopg.errors.QueryCanceled):
            raise TooSlowError from error
        raise
