"""Each test process has its own copy of the migrated database."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.test import TransactionTestCase

from tests.databases import copy_database, drop_database, empty_database
from tests.mail_peers import mail_servers
from tests.serving import served, server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from afluente.accounts.models import Membership, Workspace
    from tests.cast import Browser, Cast

__all__ = ["committed_db", "django_db_setup", "mail_servers", "served", "server"]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests that use the running product come last, in each test process.

    Once its worker runs, it takes up what any test commits, and a test that compares the rows of before
    and after would see that too.
    """
    items.sort(key=lambda item: "server" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """Give this worker a copy of the migrated database, under both roles."""
    from django.db import connections

    name = f"{connections['owner'].settings_dict['NAME']}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    copy_database(name)
    for alias in ("default", "owner"):
        connections[alias].settings_dict["NAME"] = name
    # What `django_db(transaction=True)` does at the end; Django's own way needs the right to truncate.
    TransactionTestCase._fixture_teardown = lambda self: empty_database()  # type: ignore[method-assign]
    yield
    with django_db_blocker.unblock():
        connections.close_all()
    drop_database(name)


@pytest.fixture
def committed_db(transactional_db: None) -> None:
    """A database in which the test's transactions are committed, emptied when it ends.

    The same as `@pytest.mark.django_db(transaction=True)`. Other threads and processes see the rows.
    """


@pytest.fixture
def people(db: None) -> Iterator[Cast]:
    """Ana, Bruno, Carla and Dora in one workspace, whose scope is open for the test."""
    from afluente.kernel.workspace import scope
    from tests import cast, make

    workspace = make.workspace()
    with scope(workspace.pk):
        yield cast.assemble(workspace)


@pytest.fixture
def workspace(people: Cast) -> Workspace:
    """Estúdio Maré, with its four people; the test runs inside its scope."""
    return people.workspace


@pytest.fixture
def ana(people: Cast) -> Membership:
    """The owner."""
    return people.ana


@pytest.fixture
def bruno(people: Cast) -> Membership:
    """On Ana's team; sees his own records and those of nobody."""
    return people.bruno


@pytest.fixture
def carla(people: Cast) -> Membership:
    """On another team; sees her team's records and those of nobody."""
    return people.carla


@pytest.fixture
def dora(people: Cast) -> Membership:
    """An administrator without a team."""
    return people.dora


@pytest.fixture
def client_as() -> Callable[[Membership], Browser]:
    """`client_as(bruno)` is a browser in which Bruno has signed in; it starts outside the scope."""
    from tests import cast

    return cast.browser


@pytest.fixture
def stranger(db: None) -> Membership:
    """The owner of another workspace."""
    from tests import cast

    with cast.outside():
        return cast.stranger()
