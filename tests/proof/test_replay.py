"""A slice of the real data set through the running product, twice."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from afluente.proof.product import Product
from bench import replay_leads, sellers

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("AFLUENTE_SHARED", ROOT.parent / "shared"))
DATA = SHARED / "data" / "olist"


@pytest.mark.proof
def test_real_leads_arrive_once_each_and_are_won_as_the_data_says():
    if not (DATA / "leads.csv").exists():
        if os.environ.get("AFLUENTE_REQUIRE_DATA") == "1":
            pytest.fail(f"The data set must be here: {DATA}")
        pytest.skip(f"The data set is not here ({DATA}); its licence keeps it out of the repository.")
    rows = replay_leads.read_rows(DATA, 400)

    with Product() as product:
        members = sellers.hire(product, product.set_up("Olist"), [row.seller for row in rows if row.seller])
        api = replay_leads.Api(product.url, product.token())
        replay_leads.play(api, rows, members)
        first = replay_leads.check(api, rows)
        replay_leads.play(api, rows, members)
        second = replay_leads.check(api, rows)
        api.close()

    assert {name: holds for name, (_, holds) in first.items()} == dict.fromkeys(first, True)
    assert second == first
