"""A server of our own, apart from the one the other tests share: these tests stop and kill it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from afluente.kernel.postgres import Embedded

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "a secret key for tests, long enough to be one"


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """A running embedded server."""
    with Embedded(tmp_path_factory.mktemp("data"), KEY) as running:
        yield running
