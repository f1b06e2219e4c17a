"""Filters of deals: what each condition means, on boards and in the API, and keeping them (SP-143)."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from afluente.contacts.models import ContactTag, SavedFilter, Tag
from afluente.deals import policies
from afluente.deals.models import Deal, DealType
from afluente.deals.selectors import BoardFilter
from afluente.deals.selectors.criteria import deal_criteria
from afluente.kernel import clock
from tests import cast, make
from tests.calls import token_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(people):
    """Four deals that differ in everything that can be asked."""
    now, days = clock.now(), lambda n: dt.timedelta(days=n)
    first, other = make.pipeline(name="Sales"), make.pipeline(name="Courses", currency="EUR")
    new, progress = make.stage_of(first), make.stage_of(first, "In progress")
    new.stale_after_days = 4
    new.save()
    vip = Tag.objects.create(name="VIP", created_at=now)
    resale = DealType.objects.create(name="Resale")
    camila = make.contact(name="Camila Ótima", emails=("camila@bemviver.example",), phones=("11 98412-3307",))
    ContactTag.objects.create(contact=camila, tag=vip)
    tiago = make.contact(name="Tiago")
    shop = make.deal(
        name="Loja virtual", stage=new, amount=1000, assignee=people.ana, source="form", contacts=(camila,)
    )
    site = make.deal(name="Site", stage=progress, amount="250.50", contacts=(tiago,), type=resale)
    course = make.deal(name="Curso", stage=make.stage_of(other), amount=90, assignee=people.bruno)
    won = make.deal(name="Ganho", stage=make.stage_of(first, "Won"), created_at=now - days(40))
    Deal.objects.filter(pk=shop.pk).update(stage_entered_at=now - days(3))
    Deal.objects.filter(pk=course.pk).update(created_at=now - days(400), updated_at=now - days(400))
    make.task(deals=(site,), due_at=now - days(1))
    return {
        "sales": first.pk, "progress": progress.pk, "vip": vip.pk, "type": resale.pk, "site": site.number,
        "bruno": people.bruno.pk, "won": won.pk,
    }  # fmt: skip


SHOP, SITE, COURSE, WON = "Loja virtual", "Site", "Curso", "Ganho"
ALL = {SHOP, SITE, COURSE, WON}
MEANINGS = {
    "pipeline.is:{sales}": {SHOP, SITE, WON},
    "pipeline.is_not:{sales}": {COURSE},
    "stage.is:{progress}": {SITE},
    "status.is:open": {SHOP, SITE, COURSE},
    "status.is:won": {WON},
    "status.is_not:open,won": set(),
    "assignee.is:me": {SHOP},
    "assignee.is:nobody": {SITE, WON},
    "assignee.is_not:{bruno}": {SHOP, SITE, WON},
    "source.is:form": {SHOP},
    "name.contains:loja": {SHOP},
    "name.not_contains:loja": {SITE, COURSE, WON},
    "number.eq:{site}": {SITE},
    "amount.gte:250.5": {SHOP, SITE},
    "amount.between:80,300": {SITE, COURSE},
    "amount.not_eq:0": {SHOP, SITE, COURSE},
    "currency.is:EUR": {COURSE},
    "type.is:{type}": {SITE},
    "type.empty": {SHOP, COURSE, WON},
    "created.last:30": {SHOP, SITE},
    "created.older:100": {COURSE},
    "closed.filled": {WON},
    "updated.older:100": {COURSE},
    "entered.last:2": {SITE, COURSE},
    "stale.is:half": {SHOP},
    "stale.is:over": set(),
    "stale.is_not:half": {SITE, COURSE, WON},
    "person.contains:otima": {SHOP},
    "person.empty": {COURSE, WON},
    "person_email.contains:bemviver": {SHOP},
    "person_email.is:camila@bemviver.example": {SHOP},
    "person_phone.contains:98412": {SHOP},
    "person_tag.is:{vip}": {SHOP},
    "person_tag.empty": {SITE, COURSE, WON},
    "task.is:overdue": {SITE},
    "task.is:none": {SHOP, COURSE, WON},
}


def find(member, where):
    asked = BoardFilter.asking([where], "all")
    found = asked.apply(policies.visible_to(member), member=member)
    return {deal.name for deal in found}, asked.problems(member)


@pytest.mark.parametrize("where", MEANINGS)
def test_every_condition_means_what_it_says(people, world, where):
    found, problems = find(people.ana, where.format(**world))
    if where.startswith("entered"):  # when the test began is now
        found -= {WON}

    assert (found, problems) == (MEANINGS[where], [])


@pytest.mark.parametrize(
    "where",
    ["stage.is:999999", "type.is:999999", "person_tag.is:999999", "amount.gte:much", "amount.gte:1e400",
     "status.is:maybe", "stale.is:no", "assignee.is:999999", "unknown.is:1", "person_phone.contains:1",
     "name.between:1,2"],
)  # fmt: skip
def test_what_cannot_be_asked_finds_nothing_and_is_said(people, world, where):
    found, problems = find(people.ana, where)

    assert (found, len(problems)) == (set(), 1)


def test_groups_are_put_together_as_the_address_says(people, world):
    both = BoardFilter.read(QueryDict("where=amount.gte:200&where=source.is:form|person.contains:tiago"))
    one = BoardFilter.read(QueryDict("where=source.is:form&where=person.contains:tiago&match=any"))

    for asked in (both, one):
        found = asked.apply(policies.visible_to(people.ana), member=people.ana)
        assert {deal.name for deal in found} == {SHOP, SITE}


def test_people_out_of_reach_are_not_asked(people):
    hidden = make.contact(name="Segredo", assignee=people.carla)
    make.deal(name="Mine", assignee=people.bruno, contacts=(hidden,))

    from afluente.accounts.models import Membership, Reach

    Membership.objects.filter(pk=people.bruno.pk).update(contacts_reach=Reach.OWN)
    bruno = Membership.objects.select_related("user", "custom_role").get(pk=people.bruno.pk)

    assert find(bruno, "person.contains:segredo") == (set(), [])


def test_the_board_shows_chips_and_what_fits(client_as, people, world):
    page = client_as(people.ana).get(
        f"/deals/pipelines/{world['sales']}/?where=amount.gte:500&where=source.is:form"
    )

    text = page.content.decode()
    assert "Value at least 500" in text
    assert SHOP in text
    assert ">Site<" not in text
    broken = (
        client_as(people.ana).get(f"/deals/pipelines/{world['sales']}/?where=type.is:999999").content.decode()
    )
    assert "This filter cannot be asked any more" in broken
    assert "Type is ?: This type was deleted." in broken


def test_closed_deals_are_filtered_by_the_same_address(client_as, people, world):
    ana, base = client_as(people.ana), f"/deals/pipelines/{world['sales']}/?status=won"

    assert "Ganho" in ana.get(f"{base}&where=name.contains:ganho").content.decode()
    assert "Ganho" not in ana.get(f"{base}&where=name.contains:loja").content.decode()


def test_a_filtered_board_costs_the_same_for_one_deal_and_for_three(client_as, people, world):
    ana, address = client_as(people.ana), f"/deals/pipelines/{world['sales']}/?where=person.contains:camila"

    def count():
        with CaptureQueriesContext(connection) as caught:
            ana.get(address)
        return len(caught)

    count()  # what is read once
    one = count()
    camila = Deal.objects.get(name=SHOP).contacts.get()
    for _ in range(3):
        make.deal(contacts=(camila,))

    assert count() == one


def send(client, body):
    return client.post("/deals/filter/", body, "application/x-www-form-urlencoded")


def test_the_panel_goes_back_to_its_board(client_as, people, world):
    body = f"name-0-0=amount&op-0-0=gte&value-0-0=500&do=apply&rest=pipeline%3D{world['sales']}%26status%3Dwon%26q%3Dana"

    answer = send(client_as(people.ana), body)

    address, _, query = answer["Location"].partition("?")
    assert address == f"/deals/pipelines/{world['sales']}/"
    assert QueryDict(query).dict() == {"where": "amount.gte:500", "q": "ana", "status": "won"}


def test_the_panel_is_built_without_script(client_as, people, world):
    ana = client_as(people.ana)

    page = ana.get(f"/deals/filter/?pipeline={world['sales']}&where=amount.gte:500").content.decode()
    more = send(ana, "name-0-0=amount&op-0-0=gte&value-0-0=500&do=group&rest=").content.decode()

    assert 'value="500"' in page
    assert page.count('class="cond"') == 5
    assert more.count('class="cond"') == 2


def test_a_filter_is_kept_shared_deleted_and_kept_again(client_as, people, world):
    ana, bruno = client_as(people.ana), client_as(people.bruno)
    board = f"/deals/pipelines/{world['sales']}/"

    data = {
        "name": "Big",
        "query": "?where=amount.gte%3A500&status=won",
        "pipeline": world["sales"],
        "is_shared": "1",
    }
    answer = ana.post("/deals/filters/", data)

    kept = SavedFilter.objects.get()
    assert (kept.entity, kept.query, kept.is_shared) == ("deal", "where=amount.gte%3A500", True)
    assert answer["Location"] == f"{board}?where=amount.gte%3A500"
    assert ">Big<" in bruno.get(board).content.decode()
    assert ">Big<" not in ana.get("/contacts/").content.decode()
    assert bruno.post(f"/deals/filters/{kept.pk}/deletion/").status_code == 404
    ana.post(f"/deals/filters/{kept.pk}/deletion/", {"pipeline": world["sales"]})
    assert not SavedFilter.objects.exists()
    ana.post("/deals/filters/again/?name=Big&query=where%3Damount.gte%253A500")
    assert SavedFilter.objects.get().name == "Big"


def test_programs_ask_the_same(people, world):
    secret = token_of(people.ana, ["deals:read"])

    def get(query):
        answer = cast.Browser().get(f"/api/v1/deals?{query}", headers={"Authorization": f"Bearer {secret}"})
        return answer.status_code, json.loads(answer.content)

    status, found = get("where=amount.gte:200&where=status.is:open")
    assert (status, {deal["name"] for deal in found["items"]}) == (200, {SHOP, SITE})
    status, found = get("where=type.is:999999")
    assert (status, found["error"]["field"]) == (422, "where")
    assert get("where=nonsense")[0] == 422


@pytest.mark.parametrize("language", ["en", "pt-br", "pl"])
def test_no_two_fields_of_the_filter_are_called_the_same(ana, language):
    with translation.override(language):
        labels = [str(one.label) for one in deal_criteria().values()]

    assert sorted(labels) == sorted(set(labels))
