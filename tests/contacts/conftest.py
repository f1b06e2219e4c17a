"""The API as a token of somebody sees it."""

import pytest

from tests.calls import caller


@pytest.fixture
def call(people):
    """`call("GET", "/contacts")` with a token of the owner; `as_` for one of somebody else."""
    return caller(people.ana, ("contacts:read", "contacts:write"))
