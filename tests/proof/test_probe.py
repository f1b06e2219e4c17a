"""S-1 and S-14 in their small form: one role. `make proof` asks as every role."""

from __future__ import annotations

import pytest

from afluente.config.api import api
from afluente.proof import probing, routes, worlds

pytestmark = [pytest.mark.proof, pytest.mark.usefixtures("committed_db")]


def test_every_route_says_what_stands_in_it():
    assert routes.routes()
    assert routes.unknown_api_fields(api.get_openapi_schema()) == set()


def test_a_foreign_id_is_answered_like_one_that_nobody_has():
    attacker = worlds.build("attacker", "raubtier")
    worlds.set_apart()
    victim = worlds.build("victim", "kanarienvogel")

    found = probing.probe(attacker, victim, roles=("owner",), fields=("assignee",), methods=("GET", "POST"))

    assert not found.wrong, "\n".join(found.wrong)
    assert found.cells > 200


def test_reading_writes_nothing():
    assert probing.read_only(worlds.build("reader", "leser")).wrong == []


def test_a_forged_request_is_refused_everywhere():
    assert probing.forged(worlds.build("forger", "faelscher")).wrong == []
