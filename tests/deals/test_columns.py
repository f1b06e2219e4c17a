"""The columns of the list of deals: chosen, ordered, wide, remembered for the list and for a kept filter."""

from __future__ import annotations

import re

import pytest

from afluente.contacts import services as contacts
from afluente.contacts.models import ListSetting, SavedFilter
from afluente.contacts.services import saving
from afluente.deals import selectors
from afluente.timeline.events import SYSTEM
from tests import make

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def pipeline(people):
    return make.pipeline()


@pytest.fixture
def browser(people, client_as):
    return client_as(people.dora)


def heads(browser, pipeline, **asked):
    page = browser.get(f"/deals/pipelines/{pipeline.pk}/", {"status": "list", **asked}).content.decode()
    return re.findall(r'data-column="([^"]+)"', page)


def test_columns_are_chosen_ordered_and_made_wide(browser, pipeline):
    make.deal(contacts=(make.contact(),))
    delivered = heads(browser, pipeline)
    query = f"pipeline={pipeline.pk}&status=list"

    answer = browser.post(
        "/deals/columns/",
        {"query": query, "order": ["type", "amount", "due"], "column": ["type", "amount"]},
        headers=HTMX,
    )
    browser.post("/deals/columns/", {"query": query, "do": "width", "column": "amount", "width": "20"})

    assert "af:deals" in answer.headers["HX-Trigger"]
    assert delivered[:3] == ["name", "stage", "amount"]
    assert heads(browser, pipeline) == ["name", "type", "amount"]
    page = browser.get(f"/deals/pipelines/{pipeline.pk}/", {"status": "list"}).content.decode()
    assert "w-20" in page
    form = browser.get(f"/deals/columns/?{query}").content.decode()
    assert form.index('value="type"') < form.index('value="amount"') < form.index('value="due"')
    browser.post("/deals/columns/", {"query": query, "do": "reset"})
    assert heads(browser, pipeline) == delivered


def test_without_a_pipeline_the_columns_of_the_first_one_are_offered(browser, pipeline):
    answer = browser.get("/deals/columns/")

    assert answer.status_code == 200
    assert f"pipeline={pipeline.pk}" in answer.text


def test_a_kept_filter_has_its_own_columns(browser, people, pipeline):
    make.deal(assignee=people.dora)
    where = "assignee.is:me"
    saving.save_filter(
        owner=people.dora, name="Mine", query="where=assignee.is%3Ame", entity=SavedFilter.Entity.DEAL
    )
    query = f"where={where}&pipeline={pipeline.pk}&status=list"

    browser.post("/deals/columns/", {"query": query, "order": ["source"], "column": ["source"]})

    assert heads(browser, pipeline, where=where) == ["name", "source"]
    assert heads(browser, pipeline)[:2] == ["name", "stage"]
    assert ListSetting.objects.get().view.name == "Mine"


def test_fields_of_another_pipeline_stay_chosen_there(browser, people, pipeline):
    other = make.pipeline(name="Other")
    here = contacts.create_field(entity="deal", name="Here", scope_id=pipeline.pk, by=SYSTEM)
    there = contacts.create_field(entity="deal", name="There", scope_id=other.pk, by=SYSTEM)
    for one in (pipeline, other):
        make.deal(stage=make.stage_of(one))
    for one, field in ((pipeline, here), (other, there)):
        browser.post(
            "/deals/columns/",
            {
                "query": f"pipeline={one.pk}&status=list",
                "order": ["amount", f"field-{field.pk}"],
                "column": ["amount", f"field-{field.pk}"],
            },
        )

    assert heads(browser, pipeline) == ["name", "amount", f"field-{here.pk}"]
    assert heads(browser, other) == ["name", "amount", f"field-{there.pk}"]


def test_every_column_can_be_read_and_most_sorted_by(browser, people, pipeline):
    field = contacts.create_field(entity="deal", name="Note", by=SYSTEM)
    company = contacts.create_company(name="Serra", by=SYSTEM)
    person = make.contact(emails=("ana@example.com",))
    make.deal(contacts=(person,), company=company, amount=7, assignee=people.ana)
    make.deal()
    known = selectors.deal_columns(pipeline.pk)
    keys = list(known)
    query = f"pipeline={pipeline.pk}&status=list"

    browser.post("/deals/columns/", {"query": query, "order": keys, "column": keys})

    assert set(heads(browser, pipeline)) == set(keys)
    assert f"field-{field.pk}" in keys
    for column in known.values():
        if column.sort:
            page = browser.get(
                f"/deals/pipelines/{pipeline.pk}/", {"status": "list", "sort": column.sort}
            ).content.decode()
            assert 'aria-sort="ascending"' in page or 'aria-sort="descending"' in page
    page = browser.get(f"/deals/pipelines/{pipeline.pk}/", {"status": "list"}).content.decode()
    assert "ana@example.com" in page
    assert "Serra" in page


def test_a_deal_opened_from_a_list_knows_its_neighbours(browser, pipeline):
    first, second, third = (make.deal(name=f"Deal {n}") for n in "abc")
    page = browser.get(f"/deals/pipelines/{pipeline.pk}/", {"status": "list", "sort": "name"})
    address = re.search(rf'href="(/deals/{second.pk}/\?in=[^"]+)"', page.content.decode())
    assert address is not None

    found = browser.get(address[1]).content.decode()

    assert re.search(rf'rel="prev" href="/deals/{first.pk}/\?in=', found)
    assert re.search(rf'rel="next" href="/deals/{third.pk}/\?in=', found)
    assert 'rel="prev"' not in browser.get(f"/deals/{second.pk}/").content.decode()


def test_the_count_comes_after_a_page_that_does_not_hold_all(browser, pipeline, monkeypatch):
    from afluente.deals.selectors import lists

    monkeypatch.setattr(lists, "PAGE", 2)
    for n in range(3):
        make.deal(amount=100 * n)

    page = browser.get(f"/deals/pipelines/{pipeline.pk}/", {"status": "list"}).content.decode()
    count = browser.get(f"/deals/count/?pipeline={pipeline.pk}").content.decode()

    assert "/deals/count/?" in page
    assert "3 open" in count
    assert "300" in count
