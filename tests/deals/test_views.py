"""The board over HTTP."""

import pytest

from tests import make


def test_the_board_shows_each_open_deal_once(people, client_as):
    stage = make.stage_of(make.pipeline())
    make.deal(name="Oak kitchen", stage=stage, contacts=(make.contact(),), amount=1200, assignee=people.ana)

    page = client_as(people.ana).get("/deals/")

    assert page.status_code == 200
    assert page.content.decode().count("Oak kitchen") == 2  # its name, and the label of its menu
