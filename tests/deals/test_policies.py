"""Who sees which deals."""

import pytest

from afluente.deals import policies, services
from afluente.timeline.events import SYSTEM
from tests import make


@pytest.fixture
def deals(people):
    return {
        "ana's": make.deal(assignee=people.ana),
        "bruno's": make.deal(assignee=people.bruno),
        "carla's": make.deal(assignee=people.carla),
        "nobody's": make.deal(),
    }


def seen(member, deals):
    numbers = set(policies.visible_to(member).values_list("pk", flat=True))
    return {whose for whose, deal in deals.items() if deal.pk in numbers}


def test_owners_and_administrators_see_every_deal(people, deals):
    assert seen(people.ana, deals) == set(deals)
    assert seen(people.dora, deals) == set(deals)


def test_who_sees_their_own_sees_nobodys_too(people, deals):
    assert seen(people.bruno, deals) == {"bruno's", "nobody's"}


def test_who_sees_their_team_sees_its_deals(people, deals):
    assert seen(people.carla, deals) == {"carla's", "nobody's"}


def test_a_deleted_deal_is_seen_by_nobody_and_restorable_by_who_saw_it(people, deals):
    services.delete_deals(deal_ids=[deals["ana's"].pk], by=SYSTEM)

    assert "ana's" not in seen(people.ana, deals)
    assert policies.restorable_by(people.ana).filter(pk=deals["ana's"].pk).exists()
    assert not policies.restorable_by(people.bruno).filter(pk=deals["ana's"].pk).exists()


def test_what_is_not_seen_is_not_moved_changed_or_deleted(people, deals, client_as):
    hidden = deals["ana's"]
    browser = client_as(people.bruno)
    stage = make.stage_of(hidden.pipeline, "Won").pk

    answers = [
        browser.post(f"/deals/{hidden.pk}/moves/", {"stage": stage}),
        browser.post(f"/deals/{hidden.pk}/name/", {"value": "Mine"}),
        browser.post(f"/deals/{hidden.pk}/deletion/"),
        browser.post(f"/deals/{hidden.pk}/contacts/", {"contact": "1"}),
        browser.get(f"/deals/{hidden.pk}/"),
    ]

    assert [answer.status_code for answer in answers] == [403] * 5
    hidden.refresh_from_db()
    assert (hidden.stage_epoch, hidden.deleted_at) == (1, None)


def test_only_those_who_configure_reach_the_settings(people, client_as):
    pipeline = make.pipeline()
    addresses = [
        "/settings/pipelines/",
        f"/settings/pipelines/{pipeline.pk}/",
        f"/settings/stages/{make.stage_of(pipeline).pk}/deletion/",
    ]

    assert [client_as(people.bruno).get(address).status_code for address in addresses] == [403] * 3
    assert [client_as(people.dora).get(address).status_code for address in addresses] == [200] * 3


def test_a_search_of_deals_says_nothing_of_people_one_does_not_see(people, client_as):
    from afluente.accounts.models import Reach

    people.bruno.deals_reach, people.bruno.contacts_reach = Reach.ALL, Reach.OWN
    people.bruno.save()
    address, number = ("zuleica@example.com",), ("+5511984123307",)
    hidden = make.contact(name="Zuleica", emails=address, phones=number, assignee=people.ana)
    stage = make.stage_of(make.pipeline())
    make.deal(name="Boat", stage=stage, contacts=(hidden,))

    for words in ("Zuleica", "zuleica@", "98412"):
        assert "Boat" in client_as(people.ana).get("/deals/", {"q": words}).content.decode()
        assert "Boat" not in client_as(people.bruno).get("/deals/", {"q": words}).content.decode()
