"""R-3: five ways of losing or leaking what was confirmed, each refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from afluente.kernel.postgres import Embedded, check_database
from afluente.kernel.postgres.checks import _durability

from .conftest import KEY

if TYPE_CHECKING:
    from pathlib import Path

SAFE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "data_checksums": "on"}


def test_the_server_we_start_is_safe(server: Embedded) -> None:
    with psycopg.connect(server.app_url) as connection:
        assert check_database(connection, embedded=True) == []


def test_a_server_that_could_lose_commits_is_refused(tmp_path: Path) -> None:
    careless = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}

    with (
        Embedded(tmp_path, KEY, overrides=careless) as server,
        psycopg.connect(server.app_url) as connection,
    ):
        problems = check_database(connection, embedded=True)

    assert [problem.is_fatal for problem in problems] == [True, True, True]
    assert [word for word in careless if any(word in problem.fix for problem in problems)] == list(careless)


@pytest.mark.parametrize("embedded", [True, False])
def test_missing_checksums_are_fatal_only_where_we_made_the_data(*, embedded: bool) -> None:
    [problem] = _durability(SAFE | {"data_checksums": "off"}, embedded=embedded)

    assert problem.is_fatal is embedded


@pytest.mark.parametrize(
    ("attribute", "words"), [("SUPERUSER", "superuser"), ("BYPASSRLS", "bypasses row-level security")]
)
def test_an_application_role_above_the_policies_is_refused(
    server: Embedded, attribute: str, words: str
) -> None:
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        admin.execute(f"ALTER ROLE afluente_app {attribute}")
        try:
            with psycopg.connect(server.app_url) as connection:
                problems = check_database(connection)
        finally:
            admin.execute(f"ALTER ROLE afluente_app NO{attribute}")

    assert [words in problem.what for problem in problems] == [True]


def test_an_application_role_that_owns_tables_is_refused(server: Embedded) -> None:
    with psycopg.connect(server.owner_url) as owner:
        owner.execute("CREATE TABLE IF NOT EXISTS thing (id int)")

        problems = check_database(owner)

    assert ["owns" in problem.what for problem in problems] == [True]
