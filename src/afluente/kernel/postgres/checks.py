"""What must be true of the database before anything is acknowledged (R-3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg import Connection

OLDEST = 150000
DURABLE_COMMIT = {"on", "local", "remote_write", "remote_apply"}


@dataclass(frozen=True)
class Problem:
    """Something wrong, in one sentence, with what mends it."""

    what: str
    fix: str
    is_fatal: bool = True

    def __str__(self) -> str:
        return f"{self.what} {self.fix}"


def check_database(connection: Connection[Any], *, embedded: bool = False) -> list[Problem]:
    """Problems of the database seen through the application's own `connection`.

    A fatal one means: refuse to serve. On an external server missing checksums are only a warning,
    because they cannot be switched on while it runs.
    """
    from . import statements

    found = statements.guarantees(connection)
    return [
        *_server(found),
        *_durability(found, embedded=embedded),
        *_role(*statements.my_role(connection), tables=statements.owned_tables(connection)),
    ]


def _server(found: dict[str, str]) -> Iterator[Problem]:
    if int(found["server_version_num"]) < OLDEST:
        yield Problem(
            f"The database is PostgreSQL {int(found['server_version_num']) // 10000}, too old.",
            "Use PostgreSQL 15 or newer.",
        )
    if found["server_encoding"] != "UTF8":
        yield Problem(
            f"The database keeps text as {found['server_encoding']} and cannot hold every name.",
            "Make it anew with ENCODING 'UTF8' TEMPLATE template0.",
        )


def _durability(found: dict[str, str], *, embedded: bool) -> Iterator[Problem]:
    for name in ("fsync", "full_page_writes"):
        if found[name] != "on":
            yield Problem(
                f"The database runs with {name} off, so a power cut can destroy it.",
                f"Set {name} = on in the server's configuration and restart the server.",
            )
    if found["synchronous_commit"] not in DURABLE_COMMIT:
        yield Problem(
            "The database confirms changes before they are on disk (synchronous_commit is off).",
            "Set synchronous_commit = on for the server, the database and the role.",
        )
    if found["data_checksums"] != "on":
        yield Problem(
            "The database has no data checksums, so silent damage on disk would go unnoticed.",
            "Stop the server and run pg_checksums --enable on its data directory.",
            is_fatal=embedded,
        )


def _role(name: str, is_superuser: bool, bypasses_security: bool, *, tables: int) -> Iterator[Problem]:
    if is_superuser:
        yield Problem(
            f"The application's database role “{name}” is a superuser and would see every workspace.",
            f'Run ALTER ROLE "{name}" NOSUPERUSER as an administrator.',
        )
    if bypasses_security:
        yield Problem(
            f"The application's database role “{name}” bypasses row-level security.",
            f'Run ALTER ROLE "{name}" NOBYPASSRLS as an administrator.',
        )
    if tables and not is_superuser:
        yield Problem(
            f"The application's database role “{name}” owns {tables} tables and could lift their protection.",
            "Give the tables to the owner role: REASSIGN OWNED, as an administrator.",
        )
