"""The SQL that makes roles and reads what the server guarantees. Names are quoted, never pasted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import Connection, sql

from . import roles as role_rules

if TYPE_CHECKING:
    from .roles import Roles

AnyConnection = Connection[Any]

ROLE_EXISTS = "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)"
DATABASE_EXISTS = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = %s)"
MAY_USE = "SELECT pg_has_role(%s, %s, 'MEMBER')"
MAY_MAKE_TABLES = "SELECT has_schema_privilege('public', 'CREATE')"
GUARANTEES = """
    SELECT name, setting FROM pg_settings
    WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums',
                   'server_version_num', 'server_encoding')
"""
MY_ROLE = "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
MY_TABLES = """
    SELECT count(*) FROM pg_class
    WHERE relkind IN ('r', 'p') AND pg_has_role(current_user, relowner, 'MEMBER')
      AND relnamespace NOT IN (SELECT oid FROM pg_namespace
                               WHERE nspname LIKE 'pg\\_%' OR nspname = 'information_schema')
"""


def scram_verifier(connection: AnyConnection, role: str, password: str) -> str:
    """What the server stores instead of the password; plain text never reaches its log."""
    made = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
    return made.decode()


def exists(connection: AnyConnection, statement: str, name: str) -> bool:
    row = connection.execute(statement, [name]).fetchone()
    return bool(row and row[0])


def roles_exist(connection: AnyConnection, roles: Roles) -> bool:
    """Whether both roles are there and the owner may create objects owned by the definer."""
    if not all(exists(connection, ROLE_EXISTS, name) for name in (roles.app, roles.definer)):
        return False
    row = connection.execute(MAY_USE, [roles.owner, roles.definer]).fetchone()
    return bool(row and row[0])


def make_login(connection: AnyConnection, role: str, password: str) -> None:
    """Make `role`, or give it this password when it is there."""
    verb = "ALTER" if exists(connection, ROLE_EXISTS, role) else "CREATE"
    verifier = scram_verifier(connection, role, password)
    connection.execute(_login(verb, role, verifier))


def _login(verb: str, role: str, verifier: str) -> sql.Composed:
    # CREATE makes a role without superuser and BYPASSRLS by default; naming them would need
    # rights that an owner with CREATEROLE alone does not have.
    return sql.SQL(verb + " ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(role), sql.Literal(verifier))


def may_make_tables(connection: AnyConnection) -> bool:
    """Whether the current role may create tables where Afluente keeps them."""
    row = connection.execute(MAY_MAKE_TABLES).fetchone()
    return bool(row and row[0])


def make_roles(connection: AnyConnection, roles: Roles, app_password: str) -> None:
    """Create the application and the definer role. Needs CREATEROLE."""
    make_login(connection, roles.app, app_password)
    if not exists(connection, ROLE_EXISTS, roles.definer):
        connection.execute(_definer(roles))
    connection.execute(_membership(connection, roles))
    connection.execute(_idle_limit(roles))


def _definer(roles: Roles) -> sql.Composed:
    return sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(roles.definer))


def _membership(connection: AnyConnection, roles: Roles) -> sql.Composed:
    # From 16 a role with CREATEROLE gets only the admin option on what it makes.
    since_16 = connection.info.server_version >= role_rules.GRANT_OPTIONS_SINCE
    options = sql.SQL(" WITH INHERIT TRUE, SET TRUE" if since_16 else "")
    return sql.SQL("GRANT {} TO {}{}").format(
        sql.Identifier(roles.definer), sql.Identifier(roles.owner), options
    )


def _idle_limit(roles: Roles) -> sql.Composed:
    # A process that hangs inside a transaction must not hold locks for ever.
    return sql.SQL("ALTER ROLE {} SET idle_in_transaction_session_timeout = '60s'").format(
        sql.Identifier(roles.app)
    )


def administrator_sql(connection: AnyConnection, roles: Roles, verifier: str) -> str:
    """What an administrator runs when the owner may not create roles."""
    made = [
        _login("CREATE", roles.app, verifier),
        _definer(roles),
        _membership(connection, roles),
        _idle_limit(roles),
    ]
    return "\n".join(f"{statement.as_string(connection)};" for statement in made)


RIGHTS = (
    "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {app}",
    "GRANT USAGE ON SCHEMA public TO {app}",
    "GRANT USAGE, CREATE ON SCHEMA public TO {definer}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app}",
    (
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public"
        " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}"
    ),
    ("ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app}"),
    "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
    (
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public"
        " GRANT EXECUTE ON FUNCTIONS TO {app}, {definer}"
    ),
)


MIGRATIONS = "django_migrations"  # which ones ran is the owner's to write
TABLE_EXISTS = "SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public' AND tablename = %s)"
READ_ONLY = "REVOKE INSERT, UPDATE, DELETE ON {table} FROM {app}"


def grant_rights(connection: AnyConnection, roles: Roles) -> None:
    """Give the application its rights on what the owner has made and will make."""
    names = {
        "database": sql.Identifier(connection.info.dbname),
        "owner": sql.Identifier(roles.owner),
        "app": sql.Identifier(roles.app),
        "definer": sql.Identifier(roles.definer),
    }
    for right in RIGHTS:
        connection.execute(sql.SQL(right).format(**names))
    if exists(connection, TABLE_EXISTS, MIGRATIONS):
        connection.execute(sql.SQL(READ_ONLY).format(table=sql.Identifier(MIGRATIONS), **names))


def make_database(connection: AnyConnection, name: str, owner: str) -> None:
    """Create the database unless it is there, and shut it to everybody else. Autocommit only."""
    if not exists(connection, DATABASE_EXISTS, name):
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(owner))
        )
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))


def guarantees(connection: AnyConnection) -> dict[str, str]:
    """The settings that decide whether a commit survives a power cut."""
    return {str(name): str(value) for name, value in connection.execute(GUARANTEES)}


def my_role(connection: AnyConnection) -> tuple[str, bool, bool]:
    """Name of the current role, whether it is superuser, whether it bypasses row security."""
    row = connection.execute(MY_ROLE).fetchone()
    assert row is not None
    return str(row[0]), bool(row[1]), bool(row[2])


def owned_tables(connection: AnyConnection) -> int:
    """How many tables the current role owns, itself or through a role it is a member of."""
    row = connection.execute(MY_TABLES).fetchone()
    return int(row[0]) if row else 0
