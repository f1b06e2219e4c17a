"""Who sees whom: the list, the page and the search agree, because they start from one queryset."""

import pytest

from afluente.contacts import policies, selectors
from afluente.contacts.statements import search
from tests import make

pytestmark = pytest.mark.django_db


def everybody(people):
    """A contact of each of the cast, and one of nobody."""
    made = {
        "ana": make.contact(name="Lia Prado", assignee=people.ana),
        "bruno": make.contact(name="Lia Bento", assignee=people.bruno),
        "carla": make.contact(name="Lia Cruz", assignee=people.carla),
        "nobody": make.contact(name="Lia Nunes"),
    }
    search.index_contacts([contact.pk for contact in made.values()])
    return made


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("ana", {"ana", "bruno", "carla", "nobody"}),
        ("dora", {"ana", "bruno", "carla", "nobody"}),
        ("bruno", {"bruno", "nobody"}),
        ("carla", {"carla", "nobody"}),
    ],
)
def test_list_and_search_show_what_the_policy_allows(people, who, seen):
    made = everybody(people)
    member = getattr(people, who)
    allowed = {made[name].pk for name in seen}

    listed = selectors.contact_page(member=member, wanted=selectors.Filter())
    found = selectors.find_ids(member=member, typed="lia", limit=50)

    assert set(policies.visible_to(member).values_list("pk", flat=True)) == allowed
    assert {row.id for row in listed.rows} == allowed
    assert set(found) == allowed


def test_what_somebody_may_not_see_is_refused_and_not_named(people, client_as):
    made = everybody(people)
    browser = client_as(people.bruno)

    assert browser.get(f"/contacts/{made['bruno'].pk}/").status_code == 200
    refused = browser.get(f"/contacts/{made['ana'].pk}/")
    assert refused.status_code == 403
    assert made["ana"].last_name not in refused.content.decode()
    assert browser.post(f"/contacts/{made['ana'].pk}/comments/", {"text": "Olá"}).status_code == 403
    assert browser.post(f"/contacts/{made['ana'].pk}/assignee/", {"assignee": ""}).status_code == 403
    assert browser.get("/contacts/999999999/").status_code == 404


def test_another_workspace_finds_nobody(people, stranger):
    everybody(people)
    from afluente.kernel.workspace import scope
    from tests import cast

    with cast.outside(), scope(stranger.workspace_id):
        assert selectors.find_ids(member=stranger, typed="lia", limit=50) == []


def test_a_page_of_the_list_passes_over_what_is_not_seen(people):
    for number in range(30):
        make.contact(name=f"Lia {number:02}", assignee=people.bruno if number % 3 else people.ana)
    search.index_contacts(list(policies.visible_to(people.ana).values_list("pk", flat=True)))

    first = selectors.contact_page(member=people.bruno, wanted=selectors.Filter(typed="lia"), size=15)
    second = selectors.contact_page(
        member=people.bruno, wanted=selectors.Filter(typed="lia", after=first.next_after), size=15
    )

    assert [len(first.rows), len(second.rows)] == [15, 5]
