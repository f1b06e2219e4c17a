from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import sql

from afluente.kernel.postgres import ProvisionError, provision, role_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from afluente.kernel.postgres import Embedded


def test_the_embedded_database_gives_the_plain_names() -> None:
    assert role_names("afluente") == ("afluente_app", "afluente_definer")


@given(st.text(min_size=1, max_size=63))
def test_role_names_fit_and_need_no_quoting(database: str) -> None:
    for name in role_names(database):
        assert len(name.encode()) <= 63
        assert name.replace("_", "a").isalnum()
        assert name == name.lower()
        assert name[0].isalpha()


@given(st.text(min_size=1, max_size=63), st.text(min_size=1, max_size=63))
def test_two_databases_do_not_share_roles(one: str, other: str) -> None:
    assert (role_names(one) == role_names(other)) == (one == other)


def test_the_application_role_is_ordinary(server: Embedded) -> None:
    with psycopg.connect(server.app_url) as connection:
        role = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles"
            " WHERE rolname = current_user"
        ).fetchone()

    assert role == (False, False, False, False)


def test_what_the_owner_makes_the_application_may_use(server: Embedded) -> None:
    with psycopg.connect(server.owner_url) as owner:
        owner.execute("CREATE TABLE lead (id bigint GENERATED ALWAYS AS IDENTITY, name text)")
        owner.execute("CREATE FUNCTION leads() RETURNS bigint LANGUAGE sql RETURN 7")

    with psycopg.connect(server.app_url) as app:
        app.execute("INSERT INTO lead (name) VALUES ('Ana')")
        assert app.execute("SELECT leads(), count(*) FROM lead").fetchone() == (7, 1)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("DROP TABLE lead")


def test_the_owner_may_hand_a_function_to_the_definer(server: Embedded) -> None:
    with psycopg.connect(server.owner_url) as owner:
        owner.execute("CREATE FUNCTION who() RETURNS text LANGUAGE sql SECURITY DEFINER RETURN current_user")
        owner.execute("ALTER FUNCTION who() OWNER TO afluente_definer")

    with psycopg.connect(server.app_url) as app:
        assert app.execute("SELECT who()").fetchone() == ("afluente_definer",)


@pytest.mark.parametrize("role", ["afluente_definer", "somebody"])
def test_others_cannot_come_in(server: Embedded, role: str) -> None:
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server.url(role))


def test_no_password_no_entry(server: Embedded) -> None:
    for role in ("postgres", "afluente_owner", "afluente_app"):
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(server.app_url, user=role, password="wrong")


@pytest.fixture
def tenant(server: Embedded) -> Iterator[str]:
    """The URL of a database on somebody's server, owned by a role without any privilege."""
    name = f"shop_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'shop'").format(sql.Identifier(name)))
        admin.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(sql.Identifier(name)))
        yield f"postgresql://{name}:shop@/{name}?host={server.layout.sockets}"
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_an_owner_who_may_create_roles_needs_no_administrator(server: Embedded, tenant: str) -> None:
    with psycopg.connect(server.admin_url) as admin:
        name = psycopg.conninfo.conninfo_to_dict(tenant)["user"]
        admin.execute(sql.SQL("ALTER ROLE {} CREATEROLE").format(sql.Identifier(str(name))))

    roles = provision(tenant, "first")
    provision(tenant, "second")

    with psycopg.connect(tenant, user=roles.app, password="second") as app:
        assert app.execute("SELECT current_user").fetchone() == (roles.app,)
    with psycopg.connect(tenant) as owner:
        owner.execute("CREATE FUNCTION one() RETURNS int LANGUAGE sql RETURN 1")
        owner.execute(sql.SQL("ALTER FUNCTION one() OWNER TO {}").format(sql.Identifier(roles.definer)))


def test_an_owner_who_may_not_is_told_what_an_administrator_runs(server: Embedded, tenant: str) -> None:
    with pytest.raises(ProvisionError) as refused:
        provision(tenant, "derived")

    told, _, commands = str(refused.value).partition("\n")
    assert "may not create roles" in told
    assert "derived" not in commands
    with psycopg.connect(server.admin_url) as admin:
        admin.execute(commands)
    provision(tenant, "derived")
