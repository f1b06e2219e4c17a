"""Building a filter on the screen, and keeping it."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from afluente.accounts.models import Workspace
from afluente.contacts import services as fields
from afluente.contacts.models import ListSetting, SavedFilter, Tag
from afluente.contacts.statements.search import index_contacts
from afluente.kernel import clock
from afluente.timeline.events import SYSTEM
from tests import make

pytestmark = pytest.mark.django_db


def builder(*conditions: tuple[str, str, list[str]], **more: str) -> str:
    """What the panel sends: each condition a group of its own."""
    data = QueryDict(mutable=True)
    for n, (name, op, values) in enumerate(conditions):
        data[f"name-{n}-0"], data[f"op-{n}-0"] = name, op
        data.setlist(f"value-{n}-0", values)
    data.update(more)
    return data.urlencode()


def send(client, body: str, **headers: str):
    return client.post("/contacts/filter/", body, "application/x-www-form-urlencoded", headers=headers)


def test_the_panel_goes_to_the_list_with_what_was_filled_in(client_as, people):
    conditions = [
        ("created", "last", ["90"]),
        ("source", "is", ["form", "api"]),
        ("tag", "is", []),
        ("email", "empty", []),
    ]

    answer = send(client_as(people.ana), builder(*conditions, rest="q=lia&sort=name", do="apply"))

    assert answer.status_code == 302
    query = QueryDict(answer["Location"].partition("?")[2])
    assert query.getlist("where") == ["created.last:90", "source.is:form,api", "email.empty"]
    assert (query["q"], query["sort"]) == ("lia", "name")


def test_any_of_groups_is_said_in_the_address(client_as, people):
    data = builder(("created", "last", ["9"]), ("source", "is", ["api"]), match="any", do="apply")
    data += "&name-0-1=phone&op-0-1=filled"

    query = QueryDict(send(client_as(people.ana), data)["Location"].partition("?")[2])

    assert (query.getlist("where"), query["match"]) == (
        ["created.last:9|phone.filled", "source.is:api"],
        "any",
    )


@pytest.mark.parametrize(("do", "rows"), [("group", 3), ("add:0", 3), ("remove:0-0", 1), ("redraw", 2)])
def test_conditions_are_added_and_taken_out_before_anything_is_asked(client_as, people, do, rows):
    body = builder(("created", "last", ["90"]), ("source", "is", ["form"]), do=do)

    answer = send(client_as(people.ana), body, **{"HX-Request": "true"})

    assert answer.content.decode().count('class="cond"') == rows
    assert "<html" not in answer.content.decode()


def test_another_field_brings_its_own_operators_and_control(client_as, people):
    answer = send(client_as(people.ana), builder(("source", "last", ["90"]), do="redraw"))

    page = answer.content.decode()
    assert 'name="value-0-0" value="form"' in page
    assert 'value="90"' not in page


@pytest.mark.parametrize(("name", "is_said"), [("email", True), ("last_name", False)])
def test_an_address_says_that_its_parts_are_found_by_their_beginning(client_as, people, name, is_said):
    answer = send(client_as(people.ana), builder((name, "contains", ["bran"]), do="redraw"))

    assert ('placeholder="The beginning of a part of it"' in answer.content.decode()) is is_said


def test_the_fields_that_stand_there_every_time_are_remembered(client_as, people):
    ana = client_as(people.ana)
    body = builder(("created", "last", [])) + "&do=fields&field=phone&field=location"

    page = send(ana, body).content.decode()

    assert page.count('class="cond"') == 2
    assert ListSetting.objects.get(member=people.ana).fields == ["phone", "location"]
    assert client_as(people.ana).get("/contacts/filter/").content.decode().count('class="cond"') == 2
    assert client_as(people.bruno).get("/contacts/filter/").content.decode().count('class="cond"') == 4


def test_a_filter_is_kept_opened_replaced_and_deleted_with_a_way_back(client_as, people):
    ana = client_as(people.ana)
    index_contacts([make.contact(name="Lia", source="form").pk, make.contact(name="Rui", source="api").pk])
    query = "where=source.is%3Aform&after=7"

    ana.post("/contacts/filters/", {"name": "From forms", "query": query})
    kept = SavedFilter.objects.get()
    page = ana.get(f"/contacts/?{kept.query}").content.decode()

    assert (kept.query, kept.is_shared) == ("where=source.is%3Aform", False)
    assert 'aria-current="page">From forms' in page
    assert "Lia" in page
    assert "Rui" not in page
    ana.post("/contacts/filters/", {"name": "from FORMS", "query": "where=source.is%3Aapi"})
    assert SavedFilter.objects.get().query == "where=source.is%3Aapi"
    answer = ana.post(f"/contacts/filters/{kept.pk}/deletion/", follow=True)
    assert not SavedFilter.objects.exists()
    (way_back,) = [one for one in answer.content.decode().split('"') if "/filters/again/" in one][:1]
    ana.post(way_back.replace("&amp;", "&"))
    assert SavedFilter.objects.get().name == "from FORMS"


def test_others_see_a_shared_filter_and_cannot_delete_it(client_as, people):
    shared = SavedFilter.objects.create(
        owner=people.ana, name="Ours", query="where=email.filled", is_shared=True, created_at=clock.now()
    )
    SavedFilter.objects.create(
        owner=people.ana, name="Secret", query="where=email.empty", created_at=clock.now()
    )
    bruno = client_as(people.bruno)

    page = bruno.get("/contacts/?where=email.filled").content.decode()

    assert ("Ours" in page, "Secret" in page) == (True, False)
    assert bruno.post(f"/contacts/filters/{shared.pk}/deletion/").status_code == 404


def test_a_filter_on_a_deleted_tag_shows_as_broken_and_finds_nobody(client_as, people):
    tag = Tag.objects.create(name="VIP", created_at=clock.now())
    index_contacts([make.contact(name="Lia").pk])
    address = f"/contacts/?where=tag.is_not%3A{tag.pk}"
    assert "Lia" in client_as(people.ana).get(address).content.decode()
    tag.delete()

    page = client_as(people.ana).get(address).content.decode()

    assert "Lia" not in page
    assert "<span>Tag is not ?: This tag was deleted.</span>" in page
    assert "chip broken" in page


def test_a_filter_without_a_name_is_not_kept(client_as, people):
    answer = client_as(people.ana).post("/contacts/filters/", {"name": " ", "query": "q=x"}, follow=True)

    assert "Give the filter a name." in answer.content.decode()
    assert not SavedFilter.objects.exists()


def test_a_day_is_said_as_people_write_days(people, client_as):
    page = (
        client_as(people.ana).get("/contacts/?where=created.between:2024-01-05,2024-02-30").content.decode()
    )

    assert "Added between 5 Jan 2024 and 2024-02-30" in page


@pytest.fixture
def limit(people):
    return fields.create_field(name="Limit", kind="number", by=SYSTEM)


@pytest.mark.parametrize(
    ("country", "typed", "said"),
    [
        ("BR", ["1.000", "2.000,5"], "1000,2000.5"),
        ("US", ["1,000", "2,000.5"], "1000,2000.5"),
        ("BR", ["250.5", "1125,125"], "250.5,1125.125"),
        ("BR", ["a lot", "3"], "a lot,3"),
    ],
)
def test_a_number_is_typed_as_the_country_writes_it(client_as, people, limit, country, typed, said):
    Workspace.objects.update(country=country)

    answer = send(client_as(people.ana), builder((f"field-{limit.pk}", "between", typed), do="apply"))

    where = QueryDict(answer["Location"].partition("?")[2]).getlist("where")
    assert where == [f"field-{limit.pk}.between:{said}"]


def test_a_number_stands_in_the_panel_as_it_was_typed(client_as, people, limit):
    Workspace.objects.update(country="BR")
    asked = builder((f"field-{limit.pk}", "between", ["1000,5", "2.000"]), do="group")

    panel = send(client_as(people.ana), asked).content.decode()
    page = client_as(people.ana).get(f"/contacts/?where=field-{limit.pk}.gte:1000.5").content.decode()

    assert 'value="1.000,5"' in panel
    assert 'value="2.000"' in panel
    assert "Limit at least 1.000,5" in page


@pytest.mark.parametrize("said", ["created.between:2026-01-01", "field.between:5"])
def test_between_asks_for_both_ends(client_as, people, limit, said):
    said = said.replace("field.", f"field-{limit.pk}.")

    page = client_as(people.ana).get(f"/contacts/?where={said}").content.decode()

    assert "Write both: from what, and up to what." in page
    assert "Lia" not in page
