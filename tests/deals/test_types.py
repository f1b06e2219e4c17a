"""Types of deals: arranged in the settings, said where they are used before one goes (K3, SP-180)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from afluente.contacts import services as contacts
from afluente.contacts.models import SavedFilter
from afluente.contacts.services import saving
from afluente.deals import selectors, services
from afluente.deals.models import Deal, DealType
from afluente.deals.selectors import BoardFilter
from afluente.timeline.events import SYSTEM, Actor
from afluente.timeline.models import Event
from tests import make

pytestmark = pytest.mark.django_db
LIST = "/settings/deal-types/"


@pytest.fixture
def browser(people, client_as):
    return client_as(people.dora)


def made(*names):
    return [services.create_type(name=name, by=SYSTEM) for name in names]


def offered():
    return [one.name for one in selectors.deal_types()]


def test_a_type_is_added_and_a_name_stands_once(browser):
    assert browser.post(LIST, {"name": " Rental "}).status_code == 303
    again = browser.post(LIST, {"name": "rental"})

    assert offered() == ["Rental"]
    assert again.status_code == 422
    assert "Another type is called so." in again.content.decode()
    assert browser.post(LIST, {"name": "  "}).status_code == 422
    assert list(Event.objects.values_list("kind", flat=True)) == ["dealtype.created"]


def test_a_type_is_renamed_on_every_deal(browser):
    sale, _rent = made("Sale", "Rental")
    deal = make.deal(name="Kitchen", type=sale)

    assert browser.post(f"{LIST}{sale.pk}/", {"name": "Rental"}).status_code == 422
    assert browser.post(f"{LIST}{sale.pk}/", {"name": "SALE"}).status_code == 303
    assert ">SALE</option>" in browser.get(f"/deals/{deal.pk}/").content.decode()
    assert Event.objects.get(kind="dealtype.changed").data["name"] == ["Sale", "SALE"]


def test_types_are_ordered_by_dragging_and_by_keys(browser):
    first, second, third = made("A", "B", "C")

    browser.post(LIST, {"order": f"{third.pk},{first.pk},{second.pk}"})
    assert offered() == ["C", "A", "B"]
    browser.post(LIST, {"up": second.pk})
    assert offered() == ["C", "B", "A"]
    browser.post(LIST, {"order": "nonsense,77"})
    assert offered() == ["C", "B", "A"]


def test_an_archived_type_stays_on_deals_and_comes_back(browser):
    sale, _rent = made("Sale", "Rental")
    deal = make.deal(name="Kitchen", type=sale)

    browser.post(f"{LIST}{sale.pk}/archiving/")
    assert offered() == ["Rental"]
    page = browser.get(f"/deals/{deal.pk}/").content.decode()
    assert f'value="{sale.pk}" selected' in page
    assert ">Sale</option>" not in browser.get("/deals/add/").content.decode()
    refused = browser.post(LIST, {"name": "sale"})
    assert "Bring it back instead." in refused.content.decode()
    browser.post(f"{LIST}{sale.pk}/archiving/", {"back": "1"})
    assert offered() == ["Sale", "Rental"]


def test_only_a_type_without_deals_is_deleted_and_its_filters_are_named(browser, people):
    sale, rent = made("Sale", "Rental")
    make.deal(name="Kitchen", type=sale)
    gone = make.deal(name="Old", type=rent, deleted_at=make.clock.now())
    saving.save_filter(
        owner=people.ana, name="Rented", query=f"where=type.is:{rent.pk}", is_shared=True, entity="deal"
    )

    used = browser.get(f"{LIST}{sale.pk}/").content.decode()
    free = browser.get(f"{LIST}{rent.pk}/").content.decode()
    assert "deletion/" not in used
    assert "Filter Rented" in free
    browser.post(f"{LIST}{sale.pk}/deletion/")
    browser.post(f"{LIST}{rent.pk}/deletion/")

    assert [one.name for one in DealType.objects.all()] == ["Sale"]
    assert Deal.objects.get(pk=gone.pk).type_id is None
    asked = BoardFilter.read(QueryDict(f"where=type.is:{rent.pk}"))
    assert asked.problems(people.ana) == [f"type.is:{rent.pk}: This type was deleted."]


def test_the_page_costs_the_same_for_one_type_and_for_many(browser):
    def cost():
        with CaptureQueriesContext(connection) as caught:
            assert browser.get(LIST).status_code == 200
        return len(caught)

    (sale,) = made("Sale")
    make.deal(name="Kitchen", type=sale)
    cost()
    few = cost()
    for one in made("A", "B", "C"):
        make.deal(name="Another", type=one)
    assert cost() == few


def test_only_who_configures_may_enter(people, client_as):
    (sale,) = made("Sale")
    browser = client_as(people.bruno)

    assert browser.get(LIST).status_code == 403
    assert browser.post(LIST, {"name": "Mine"}).status_code == 403
    for act in ("", "archiving/", "deletion/"):
        assert browser.post(f"{LIST}{sale.pk}/{act}", {"name": "Mine"}).status_code == 403


def test_filters_of_deals_follow_a_merged_tag_and_name_a_stage_that_goes(people, client_as):
    ana = client_as(people.ana)
    by = Actor("member", people.ana.pk, "Ana")
    vip, key = (contacts.create_tag(name=name, by=by) for name in ("VIP", "Key"))
    pipeline = make.pipeline()
    stage = make.stage_of(pipeline, "In progress")
    tagged, staged = (
        saving.save_filter(owner=people.ana, name=name, query=query, is_shared=True, entity="deal")
        for name, query in (
            ("Tagged", f"where=person_tag.any:{vip.pk}"),
            ("Staged", f"where=stage.is:{stage.pk}"),
        )
    )
    assert "Filter Tagged" in ana.get(f"/settings/contacts/tags/{vip.pk}/").content.decode()
    assert "Filter Staged" in ana.get(f"/settings/stages/{stage.pk}/deletion/").content.decode()

    contacts.merge_tags(tag_id=vip.pk, into_id=key.pk, by=by)

    assert SavedFilter.objects.get(pk=tagged.pk).query == f"where=person_tag.any%3A{key.pk}"
    services.delete_stage(stage=stage, to=make.stage_of(pipeline, "New"), by=by)
    broken = ana.get(f"/deals/?{SavedFilter.objects.get(pk=staged.pk).query}").content.decode()
    assert "This stage was deleted." in broken
    assert 'class="chip broken"' in broken
