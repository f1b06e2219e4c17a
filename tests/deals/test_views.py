"""The board over HTTP."""

import pytest

from tests import make


def test_the_board_shows_each_open_deal_once(people, client_as):
    stage = make.stage_of(make.pipeline())
    make.deal(name="Oak kitchen", stage=stage, contacts=(make.contact(),), amount=1200, assignee=people.ana)

    page = client_as(people.ana).get("/deals/")

    assert page.status_code == 200
    assert page.content.decode().count("Oak kitchen") == 2  # its name, and the label of its menu


def test_the_page_of_a_deal_shows_what_it_says(people, client_as):
    deal = make.deal(name="Oak kitchen", contacts=(make.contact(emails=("camila@example.com",)),), amount=1200)

    page = client_as(people.ana).get(f"/deals/{deal.pk}/")

    assert page.status_code == 200
    assert "camila@example.com" in page.content.decode()


def test_a_board_gets_the_side_panel_of_a_deal(people, client_as):
    deal = make.deal(name="Oak kitchen")

    panel = client_as(people.ana).get(f"/deals/{deal.pk}/", headers={"HX-Request": "true"})

    assert panel.status_code == 200
    assert "<html" not in panel.content.decode()


def test_an_administrator_sees_the_pipelines_and_their_stages(people, client_as):
    pipeline = make.pipeline(name="Atacado")
    browser = client_as(people.dora)

    listed = browser.get("/settings/pipelines/")
    opened = browser.get(f"/settings/pipelines/{pipeline.pk}/")
    asked = browser.get(f"/settings/stages/{make.stage_of(pipeline).pk}/deletion/")

    assert [page.status_code for page in (listed, opened, asked)] == [200, 200, 200]
    assert "Atacado" in listed.content.decode()
    assert "Pending approval" in opened.content.decode()
