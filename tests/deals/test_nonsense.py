"""Ids that are none, sent to the screens of deals."""

import pytest

from tests import make


@pytest.fixture
def browser(people, client_as):
    return client_as(people.ana)


@pytest.fixture
def pipeline(people):
    return make.pipeline()


@pytest.mark.parametrize("nonsense", ["\x00", "²", "9" * 30, "x"])
def test_what_is_no_number_is_nobody(browser, pipeline, nonsense):
    stages = {"stages-TOTAL_FORMS": nonsense, "up": nonsense, f"stages-{nonsense}-name": "x"}
    deal = {"stage": make.stage_of(pipeline).pk, "name": "Boat", "contact": nonsense}

    assert browser.post("/deals/new/", deal).status_code == 422
    assert browser.post(f"/settings/pipelines/{pipeline.pk}/stages/", stages).status_code in {200, 422}
    assert (
        browser.post(f"/settings/pipelines/{pipeline.pk}/stages/", {"add": "1", **stages}).status_code == 200
    )
