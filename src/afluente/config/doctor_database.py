"""What `afluente doctor` checks of the database: reach, safety, tables, worker."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from afluente.config import prepare
from afluente.config.findings import Finding, bad, good, odd
from afluente.kernel.postgres import check_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from afluente.config.environment import Environment

SILENCE = dt.timedelta(minutes=1)  # a worker reports every few seconds


def examine(environment: Environment) -> Iterator[Finding]:
    """Findings of a database that is up, or that its roles cannot be used."""
    import django
    from django.db import OperationalError, connection

    django.setup()
    try:
        with connection.cursor() as cursor:
            problems = check_database(cursor.connection, embedded=environment.is_embedded)
            version = cursor.connection.info.server_version
    except OperationalError as refused:
        yield bad(
            f"The application's role cannot use the database ({prepare.last_line(refused)}).",
            "Run `afluente migrate`, with the AFLUENTE_SECRET_KEY that every machine uses.",
        )
        return
    kind = "Embedded" if environment.is_embedded else "External"
    yield good(f"{kind} PostgreSQL {version // 10000}.{version % 10000} answers.")
    yield from (bad(p.what, p.fix) if p.is_fatal else odd(p.what, p.fix) for p in problems)
    if not problems:
        yield good("Commits are durable, and the application's role is held by row-level security.")
    yield from _tables()


def _tables() -> Iterator[Finding]:
    if prepare.needs_migration():
        yield bad("The tables are not of this version.", "Run `afluente migrate` (`afluente run` does too).")
        return
    yield good("The tables are of this version.")
    yield _worker()


def _worker() -> Finding:
    from afluente.kernel import clock
    from afluente.kernel.models import Heartbeat

    last = Heartbeat.objects.order_by("-seen_at").first()
    if last is None:
        return odd("No worker has ever run: leads are kept but not yet turned into deals.", START)
    age = clock.now() - last.seen_at
    if age > SILENCE:
        return odd(f"The last worker was seen {_spoken(age)} ago.", START)
    return good(f"A worker was seen {age.seconds} seconds ago.")


START = "Start `afluente run`, or `afluente worker` on a machine of its own."


def _spoken(age: dt.timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{minutes // 60} hours" if minutes < 48 * 60 else f"{minutes // 1440} days"
