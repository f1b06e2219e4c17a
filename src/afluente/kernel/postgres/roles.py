"""The roles of an installation, and how they come to be.

owner     owns the tables, runs migrations; on an external server the role of the URL
app       what web and worker connect as: no superuser, no BYPASSRLS, owns nothing
definer   cannot log in; owns the few SECURITY DEFINER functions that search and dispatch need
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import ProvisionError

if TYPE_CHECKING:
    import psycopg

MAX_NAME = 63  # bytes PostgreSQL keeps of a name
GRANT_OPTIONS_SINCE = 160000  # WITH INHERIT, SET: PostgreSQL 16


@dataclass(frozen=True)
class Roles:
    """Names of the three roles."""

    owner: str
    app: str
    definer: str


def role_names(database: str) -> tuple[str, str]:
    """Names of the application and the definer role of `database`.

    Derived from the database's name, so that two installations on one cluster do not share roles;
    made of lower-case letters, digits and underscores, and short enough for PostgreSQL.
    """
    stem = re.sub(r"[^a-z0-9_]", "_", database.lower())
    if not stem[:1].isalpha():
        stem = f"db_{stem}"
    longest = MAX_NAME - len("_definer")
    if stem != database or len(stem) > longest:
        digest = hashlib.sha256(database.encode()).hexdigest()[:8]
        stem = f"{stem[: longest - 9]}_{digest}"
    return f"{stem}_app", f"{stem}_definer"


def provision(owner_dsn: str, app_password: str, roles: Roles | None = None) -> Roles:
    """Make or mend the roles and their rights in the database of `owner_dsn`; return their names.

    `owner_dsn` may belong to an administrator when `roles` names another owner (the embedded
    server does). Safe to repeat. Raises ProvisionError with the SQL to run when the role of
    `owner_dsn` may not create roles, psycopg.OperationalError when the server cannot be reached.
    """
    import psycopg

    with psycopg.connect(owner_dsn, autocommit=True) as connection:
        if roles is None:
            app, definer = role_names(connection.info.dbname)
            roles = Roles(owner=connection.info.user, app=app, definer=definer)
        provision_connection(connection, roles, app_password)
    return roles


def provision_connection(
    connection: psycopg.Connection[tuple[object, ...]], roles: Roles, app_password: str
) -> None:
    """As `provision`, on an open connection in autocommit mode."""
    import psycopg

    from . import statements

    if not statements.may_make_tables(connection):
        info = connection.info
        raise ProvisionError(
            f"The database role “{info.user}” may not create tables in “{info.dbname}”: as an "
            f'administrator run ALTER DATABASE "{info.dbname}" OWNER TO "{info.user}", then start again.'
        )
    if statements.roles_exist(connection, roles):
        _grant(connection, roles)
        if _opens(connection, roles.app, app_password):
            return
    try:
        with connection.transaction():
            statements.make_roles(connection, roles, app_password)
    except psycopg.errors.InsufficientPrivilege as refused:
        verifier = statements.scram_verifier(connection, roles.app, app_password)
        raise ProvisionError(
            f"The database role “{connection.info.user}” may not create roles: as an administrator "
            f"of the server run the following, then start again.\n"
            f"{statements.administrator_sql(connection, roles, verifier)}"
        ) from refused
    _grant(connection, roles)


def _grant(connection: psycopg.Connection[tuple[object, ...]], roles: Roles) -> None:
    from . import statements

    with connection.transaction():
        statements.grant_rights(connection, roles)


def _opens(connection: psycopg.Connection[tuple[object, ...]], role: str, password: str) -> bool:
    """Whether `role` can connect with `password`."""
    import psycopg

    try:
        psycopg.connect(connection.info.dsn, user=role, password=password).close()
    except psycopg.OperationalError:
        return False
    return True
