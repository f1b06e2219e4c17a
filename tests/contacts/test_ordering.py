"""Every order of the list: what it says, page by page, both ways, and by how many queries."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from afluente.accounts.models import Action, Area, Membership, Reach, Rights
from afluente.accounts.services import create_role
from afluente.contacts import selectors, services
from afluente.contacts.models import Company, CompanyContact, Contact
from afluente.contacts.selectors import walked
from afluente.contacts.selectors.columns import all_columns
from afluente.contacts.selectors.listing import Filter, contact_page
from afluente.contacts.selectors.ordering import opposite_of
from afluente.contacts.statements import search
from afluente.timeline.events import SYSTEM, NewEvent
from afluente.timeline.models import Event
from afluente.timeline.services import record
from tests import make

pytestmark = pytest.mark.django_db
JANUARY = dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC)
KINDS = ("text", "number", "moment", "link", "checkbox", "select")


@pytest.fixture
def crowd(people):
    """Nine people with repeated and missing values in everything that the list can be sorted by."""
    fields = {
        kind: services.create_field(
            name=kind, kind=kind, options=["Ouro", "Bronze"] if kind == "select" else (), by=SYSTEM
        ).pk
        for kind in KINDS
    }
    gold, bronze = (
        one.id for one in selectors.find_field(selectors.fields_of("contact"), fields["select"]).options
    )
    values = {
        "text": ["b", "Á", "b", None],
        "number": [Decimal(7), Decimal(-1), Decimal(7), None],
        "moment": [JANUARY, None, JANUARY, JANUARY + dt.timedelta(days=1)],
        "link": ["https://b.example", None, "https://a.example", "https://b.example"],
        "checkbox": [True, False, None, True],
        "select": [(gold,), (bronze,), None, (gold,)],
    }
    owners = (people.carla, None, people.bruno, people.carla)
    made = []
    for number in range(9):
        one = make.contact(
            name=f"Lia {number % 4}",
            assignee=owners[number % 4],
            source=("form", "api", "odd")[number % 3],
            created_at=JANUARY + dt.timedelta(days=(number * 5) % 9),
        )
        given = {
            fields[kind]: values[kind][number % 4] for kind in KINDS if values[kind][number % 4] is not None
        }
        services.fill_values(given={one.pk: given}, by=SYSTEM)
        made.append(one.pk)
    search.index_contacts(made)
    return {kind: f"field-{pk}" for kind, pk in fields.items()}


def walk(member, sort, size, where=""):
    """Everybody, page by page."""
    found, after = [], None
    while True:
        query = QueryDict(f"sort={sort}{where}" + (f"&after={after}" if after else ""))
        page = selectors.contact_page(member=member, wanted=Filter.read(query), size=size)
        found += [row.id for row in page.rows]
        after = page.next_after
        if after is None:
            return found


def expected(sort, crowd):
    """The same order, worked out here: by value, who has none last, then as the order says."""
    rows = list(Contact.objects.select_related("assignee__user").order_by("-created_at", "-pk"))
    down, plain = sort.startswith("-"), sort.removeprefix("-")
    if plain == "number":
        return sorted((one.pk for one in rows), reverse=down)
    if plain == "source":
        labels = {"form": "Site form", "api": "API"}
        key = {one.pk: labels.get(one.source) for one in rows}
    elif plain == "assignee":
        key = {one.pk: one.assignee and one.assignee.user.name for one in rows}
    else:
        kind = next(kind for kind, slug in crowd.items() if slug == plain)
        number = int(plain.removeprefix("field-"))
        held = selectors.held_values("contact", [one.pk for one in rows])
        field = selectors.find_field(selectors.fields_of("contact"), number)
        places = {option.id: place for place, option in enumerate(field.options)}
        key = {}
        for one in rows:
            value = held.get(one.pk, {}).get(number)
            if kind == "select" and value is not None:
                value = places[value[0]]
            if kind == "text" and value is not None:
                value = {"Á": "a"}.get(value, value)
            key[one.pk] = value
        up = not down or kind == "select"
        rows_by_number = sorted((one.pk for one in rows if key[one.pk] is not None), reverse=up)
        having = sorted(rows_by_number, key=lambda pk: key[pk], reverse=down)
        return having + [one.pk for one in rows if key[one.pk] is None]
    having = sorted((one.pk for one in rows if key[one.pk] is not None), key=lambda pk: key[pk].lower())
    groups = sorted({key[pk] for pk in having}, key=str.lower, reverse=down)
    newest = [one.pk for one in rows]
    return [pk for group in groups for pk in newest if key[pk] == group] + [
        pk for pk in newest if key[pk] is None
    ]


SORTS = ("assignee", "source", "number", *KINDS)


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("what", SORTS)
def test_it_is_the_same_page_by_page_and_walks_back(people, crowd, what, sign):
    sort = sign + crowd.get(what, what) if what != "number" else sign + "number"
    if what == "number":  # the number of a contact, and a field of numbers
        assert walk(people.ana, sort, 2) == expected(sort, crowd)
        sort = sign + crowd["number"]
    whole = walk(people.ana, sort, 50)

    assert whole == expected(sort, crowd)
    assert walk(people.ana, sort, 1) == walk(people.ana, sort, 2) == whole
    around = [
        selectors.neighbours(member=people.ana, query=f"sort={sort}", contact=Contact.objects.get(pk=pk))
        for pk in whole
    ]
    assert [one.previous for one in around] == [None, *whole[:-1]]
    assert [one.following for one in around] == [*whole[1:], None]
    assert [one.position for one in around] == list(range(1, 10))


@pytest.fixture
def lively(people, crowd, monkeypatch):
    """The crowd with companies, some of the same name, and something that happened to all but two."""
    monkeypatch.setattr(walked, "FIRST_STEP", 2)
    Event.objects.all().delete()
    everybody = list(Contact.objects.order_by("pk").values_list("pk", flat=True))
    firms = [
        Company.objects.create(name=name, created_at=JANUARY, updated_at=JANUARY)
        for name in ("Zeta", "Águas", "aguas", "Gone")
    ]
    for number, pk in enumerate(everybody[:7]):
        for firm in (firms[number % 4], firms[(number * 3) % 4]):
            CompanyContact.objects.get_or_create(
                company=firm, contact_id=pk, defaults={"created_at": JANUARY}
            )
    Company.objects.filter(pk=firms[3].pk).update(deleted_at=JANUARY)
    for number in (4, 2, 2, 6, 0, 4, 5, 1, 1, 7, 1, 6):
        record([NewEvent("contact.changed", SYSTEM, contact_id=everybody[number])])
    return everybody


def by_company():
    rows = list(Contact.objects.order_by("-created_at", "-pk"))
    links = CompanyContact.objects.filter(company__deleted_at=None).order_by("-pk")
    names = dict(links.values_list("contact_id", "company__sort_name"))
    having = sorted((one.pk for one in rows if one.pk in names), reverse=True)
    return having, names, [one.pk for one in rows if one.pk not in names]


@pytest.mark.parametrize("sort", ["activity", "company", "-company"])
def test_by_activity_and_company_too(people, lively, sort):
    if sort == "activity":
        last = dict(Event.objects.order_by("pk").values_list("contact_id", "pk"))
        told = sorted(last, key=lambda pk: -last[pk])
        expects = told + [pk for pk in walk(people.ana, "newest", 50) if pk not in last]
        assert len(told) == 7
    else:
        having, names, rest = by_company()
        down = sort.startswith("-")
        expects = sorted(sorted(having, reverse=not down), key=lambda pk: names[pk], reverse=down) + rest
        assert len(having) == 7
    whole = walk(people.ana, sort, 50)

    assert whole == expects
    assert walk(people.ana, sort, 1) == walk(people.ana, sort, 2) == whole
    around = [
        selectors.neighbours(member=people.ana, query=f"sort={sort}", contact=Contact.objects.get(pk=pk))
        for pk in whole
    ]
    assert [one.previous for one in around] == [None, *whole[:-1]]
    assert [one.following for one in around] == [*whole[1:], None]
    assert [one.position for one in around] == list(range(1, 10))
    for place, pk in enumerate(whole):
        page = selectors.contact_page(
            member=people.ana, wanted=Filter.read(QueryDict(f"sort={sort}&at={pk}")), size=3
        )
        assert [row.id for row in page.rows] == whole[place : place + 3]


@pytest.mark.parametrize("looked_at", [0, 1_000])
def test_few_who_fit_are_sorted_by_what_happened_last(people, lively, crowd, monkeypatch, looked_at):
    monkeypatch.setattr(walked, "LOOKED_AT", looked_at)
    monkeypatch.setattr(walked, "WORTH", 0)
    whole = walk(people.ana, "activity", 50)

    few = walk(people.ana, "activity", 2, f"&where={crowd['number']}.gte:0")

    assert (few, len(few)) == ([pk for pk in whole if pk in set(few)], 5)
    assert walk(people.bruno, "activity", 2) == [
        pk for pk in whole if pk in set(walk(people.bruno, "newest", 9))
    ]


def test_a_page_may_begin_anywhere(people, crowd):
    for sort in ("assignee", f"-{crowd['number']}", crowd["select"]):
        whole = walk(people.ana, sort, 50)
        for place, pk in enumerate(whole):
            query = QueryDict(f"sort={sort}&at={pk}")
            page = selectors.contact_page(member=people.ana, wanted=Filter.read(query), size=3)
            assert [row.id for row in page.rows] == whole[place : place + 3]


def test_a_filter_and_what_somebody_may_see_hold_in_every_order(people, crowd):
    for sort in ("assignee", "-source", crowd["text"], f"-{crowd['checkbox']}"):
        where = f"&where={crowd['number']}.gte:0"
        few = walk(people.ana, sort, 2, where)
        assert few == [pk for pk in walk(people.ana, sort, 50) if pk in set(few)]
        assert len(few) == 5
        seen = walk(people.bruno, sort, 2)
        assert seen == [pk for pk in walk(people.ana, sort, 50) if pk in set(seen)]
        assert 0 < len(seen) < 9


def test_heads_lead_to_their_orders_and_back(people, crowd, client_as):
    sorted_by = {key for key, column in all_columns().items() if column.sort}
    assert sorted_by >= {"name", "assignee", "source", "id", "updated", "created", *crowd.values()}
    assert sorted_by >= {"company", "activity"}
    assert not sorted_by & {"tags", "phone"}
    assert (opposite_of("activity"), opposite_of("company")) == ("activity", "-company")
    assert opposite_of(opposite_of("assignee")) == "assignee"

    page = client_as(people.ana).get("/contacts/?sort=-assignee").content.decode()
    assert 'aria-sort="descending"' in page
    assert 'href="/contacts/?sort=assignee"' in page
    assert "sort=source" in page


def test_what_is_no_order_any_more_is_the_newest_first(people, crowd):
    newest = walk(people.ana, "newest", 50)
    several = services.create_field(name="Wishes", kind="multiselect", options=["A"], by=SYSTEM)
    for sort in ("field-0", "field-x", f"field-{several.pk}", "-newest", "nonsense"):
        assert walk(people.ana, sort, 50) == newest


def test_an_order_costs_the_same_for_one_and_for_many(people, crowd):
    def cost(sort, size):
        with CaptureQueriesContext(connection) as captured:
            selectors.contact_page(
                member=people.ana, wanted=Filter.read(QueryDict(f"sort={sort}")), size=size
            )
        return len(captured)

    for sort in ("assignee", "source", "company", "activity", crowd["text"], crowd["select"]):
        assert cost(sort, 1) <= cost(sort, 50)
        before = cost(sort, 50)
        for number in range(3):
            make.contact(name=f"Eva {number}", assignee=people.bruno)
        assert cost(sort, 50) == before


def test_the_order_of_companies_tells_nothing_to_who_may_not_see_them(people):
    ids = [make.contact(name=name, assignee=people.bruno).pk for name in ("A", "B", "C")]
    for pk, name in zip(ids, ("Zeta", "Alfa", "Meio"), strict=True):
        firm = services.create_company(name=name, by=SYSTEM)
        services.link_contacts(company_id=firm.pk, contact_ids=[pk], by=SYSTEM)
    rights = Rights({(Area.CONTACTS, Action.VIEW): Reach.ALL})
    role = create_role(name="Contacts alone", rights=rights, by=people.ana)
    Membership.objects.filter(pk=people.bruno.pk).update(
        role="custom", custom_role=role, contacts_reach=Reach.ALL
    )
    bruno = Membership.objects.select_related("custom_role", "team").get(pk=people.bruno.pk)

    def order(member, sort):
        page = contact_page(member=member, wanted=Filter(sort=sort))
        return [row.id for row in page.rows if row.id in ids]

    assert order(people.ana, "company") == [ids[1], ids[2], ids[0]]
    assert order(bruno, "company") == order(bruno, "-company") == ids[::-1]
