"""R-1 in its small form: the whole of it is `make proof`."""

from __future__ import annotations

import pytest

from afluente.proof import killing


@pytest.mark.proof
def test_nothing_that_was_acknowledged_is_lost_or_doubled_by_kills():
    figures = killing.run(kills=6, events=60, seconds=40).figures

    assert figures["complaints"] == {}
    assert figures["drained"]
    assert figures["kills"] == 6
    assert figures["acked"] >= 60
