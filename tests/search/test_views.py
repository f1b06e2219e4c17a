"""The page of the search, the lines of its box, and what was opened."""

from __future__ import annotations

import pytest

from afluente.contacts.statements import search as index
from afluente.search.models import Opened
from tests import cast, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def lia(people):
    made = make.contact(name="Lia Prado", assignee=people.ana)
    index.index_contacts([made.pk])
    return made


def test_the_page_works_without_script(people, lia):
    browser = cast.browser(people.ana)

    page = browser.get("/search/?q=lia").content.decode()

    assert f'href="/contacts/{lia.pk}/"' in page
    assert "<mark>Lia</mark> Prado" in page
    assert "Nothing fits" in browser.get("/search/?q=zzz").content.decode()
    assert browser.get("/search/").status_code == 200
    assert browser.get("/search/?q=lia&in=nothing").status_code == 404


def test_all_results_of_one_source_are_a_page(people):
    pipeline = make.pipeline()
    for number in range(12):
        make.deal(name=f"Roof {number}", stage=pipeline.stages.first())
    browser = cast.browser(people.ana)

    everything = browser.get("/search/?q=roof").content.decode()
    deals = browser.get("/search/?q=roof&in=deals").content.decode()

    assert "/search/?q=roof&amp;in=deals" in everything
    assert (everything.count("<mark>Roof</mark>"), deals.count("<mark>Roof</mark>")) == (10, 12)


def test_the_lines_of_the_box_are_options(people, lia):
    lines = cast.browser(people.ana).get("/search/lines/?q=lia").content.decode()

    assert 'role="listbox"' in lines
    assert lines.count('role="option"') >= 1
    assert 'data-said="' in lines
    assert "<html" not in lines


def test_every_page_has_the_box_and_a_record_says_that_it_was_opened(people, lia):
    browser = cast.browser(people.ana)

    page = browser.get(f"/contacts/{lia.pk}/").content.decode()

    assert 'role="combobox"' in page
    assert f'data-opened="contacts:{lia.pk}"' in page
    assert "data-opened" not in browser.get("/contacts/").content.decode()
    assert browser.post("/search/opened/", {"kind": "contacts", "record": lia.pk}).status_code == 204
    assert Opened.objects.get().record == lia.pk
    assert "Opened lately" in browser.get("/search/lines/").content.decode()


@pytest.mark.parametrize("record", ["", "x", "9" * 30, "-1", "12"])
def test_nonsense_is_not_noted(people, record):
    answer = cast.browser(people.ana).post("/search/opened/", {"kind": "contacts", "record": record})

    assert answer.status_code == 204
    assert not Opened.objects.exists()
