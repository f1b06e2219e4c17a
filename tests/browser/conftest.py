"""Without a browser these tests are skipped and say so; where one is required they fail."""

from __future__ import annotations

import pytest

from tests.browser import chromium


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("browser") is None or chromium.found():
        return
    if chromium.is_required():
        pytest.fail(f"{chromium.MISSING} (AFLUENTE_REQUIRE_BROWSER is set.)", pytrace=False)
    pytest.skip(chromium.MISSING)
