"""The columns of the list: what each holds, which ones somebody sees, how the list is sorted (SP-109 to SP-117)."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from afluente.contacts import selectors, services
from afluente.contacts.models import Company, CompanyContact, SavedFilter
from afluente.contacts.services import saving
from afluente.kernel import clock
from afluente.timeline.events import Actor
from tests import make
from tests.contacts.test_values import fields, sample

__all__ = ["fields"]  # a fixture
pytestmark = pytest.mark.django_db
BY = Actor("member", 1, "Ana Souza")
NOON = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)


def read(member, contacts, keys=None):
    """What an export would hold: plain values by key, of each contact."""
    known = selectors.all_columns()
    columns = [known[key] for key in keys or known]
    found = list(selectors.contact_page(member=member, wanted=selectors.Filter()).rows)
    assert len(found) == len(contacts)
    rows = type(contacts[0]).objects.filter(pk__in=[one.pk for one in contacts])
    batch = selectors.batch_of(
        list(rows.select_related("assignee__user").order_by("pk")), columns=columns, member=member
    )
    return [{column.key: column.plain(batch, one) for column in columns} for one in batch.contacts]


def rich(people, fields, number=0):
    contact = make.contact(
        name=f"Lia Prado {number}",
        emails=(f"lia{number}@example.com", f"l{number}@example.org"),
        phones=("11 98412-3307", "11 3344-9021"),
        messengers=(("telegram", f"@lia{number}"),),
        assignee=people.bruno,
        source="form",
        source_name="Site",
        location="Campinas",
        address="Rua das Flores 7",
        created_at=NOON,
        utm_first={"utm_source": "google"},
        utm_last={"utm_source": "insta"},
    )
    company = Company.objects.create(name=f"Maré {number}", created_at=NOON, updated_at=NOON)
    CompanyContact.objects.create(company=company, contact=contact, created_at=clock.now())
    tag = services.create_tag(name=f"VIP {number}", by=BY)
    services.attach_tags(contact_ids=[contact.pk], tag_ids=[tag.pk], by=BY)
    services.set_values(contact_ids=[contact.pk], values=sample(fields), by=BY)
    make.deal(contacts=(contact,), assignee=people.ana)
    return contact


def test_every_column_gives_a_plain_value(people, fields):
    contact = rich(people, fields)

    values = read(people.ana, [contact])[0]

    own = {key: value for key, value in values.items() if key not in {"tasks", "open_tasks"}}
    assert {key: value for key, value in own.items() if value in (None, "", [])} == {
        f"{visit}utm_{name}": None
        for visit in ("", "first_")
        for name in ("medium", "campaign", "term", "content")
    }
    assert values["name"] == "Lia Prado 0"
    assert values["email"] == ["lia0@example.com", "l0@example.org"]
    assert values["phone"] == ["+55 11 98412-3307", "+55 11 3344-9021"]
    assert values["messengers"] == ["Telegram: @lia0"]
    assert (values["company"], values["tags"], values["assignee"]) == (["Maré 0"], ["VIP 0"], "Bruno Lima")
    assert (values["source"], values["location"], values["created"]) == ("Site", "Campinas", NOON)
    assert (values["utm_source"], values["first_utm_source"]) == ("insta", "google")
    assert (values["deals"], values["open_deals"]) == (1, 1)
    assert values[f"field-{fields['number'].id}"] == sample(fields)[fields["number"].id]
    assert values[f"field-{fields['multiselect'].id}"] == ["Um", "Dois"]
    assert values[f"field-{fields['checkbox'].id}"] is True


def test_columns_cost_the_same_for_one_and_for_three(people, fields):
    costs = []
    contacts = [rich(people, fields)]
    read(people.ana, contacts)
    for number in (0, 1, 2):
        if number:
            contacts += [rich(people, fields, number * 2 - 1), rich(people, fields, number * 2)]
        with CaptureQueriesContext(connection) as captured:
            read(people.ana, contacts)
        costs.append(len(captured))

    assert len(set(costs)) == 1


def test_archived_and_hidden_fields_are_no_columns(people, fields):
    services.set_field_state(field_id=fields["text"].id, state="hidden", by=BY)

    assert f"field-{fields['text'].id}" not in selectors.all_columns()


@pytest.mark.parametrize("sort", ["newest", "oldest", "name", "-name", "updated", "-updated"])
def test_every_order_is_read_on_without_gap_or_double(people, sort):
    for number in (3, 1, 2, 5, 4):
        moment = NOON + dt.timedelta(days=number % 3)
        make.contact(name=f"Lia {number % 4}", created_at=moment, updated_at=moment)
    wanted = selectors.Filter(sort=sort)
    whole = [row.id for row in selectors.contact_page(member=people.ana, wanted=wanted).rows]

    read_on, last = [], None
    for _ in range(5):
        page = selectors.contact_page(
            member=people.ana, wanted=selectors.Filter(sort=sort, after=last), size=1
        )
        read_on.append(page.rows[0].id)
        last = page.next_after
    begun = selectors.contact_page(member=people.ana, wanted=selectors.Filter(sort=sort, at=whole[2]))

    assert read_on == whole
    assert [row.id for row in begun.rows] == whole[2:]


def test_opposite_orders_are_each_other_turned_round(people):
    for number in range(4):
        make.contact(name=f"Lia {number % 2}")
    page = [
        [row.id for row in selectors.contact_page(member=people.ana, wanted=selectors.Filter(sort=sort)).rows]
        for sort in ("name", "-name")
    ]

    assert page[0] == page[1][::-1]


def keys(member, view=None):
    return [one.said for one in selectors.chosen_columns(member=member, view=view)]


def test_columns_are_remembered_per_person_and_per_kept_filter(people, fields):
    view = SavedFilter.objects.create(
        owner=people.ana,
        name="Campinas",
        query="where=location.is%3ACampinas",
        is_shared=True,
        created_at=NOON,
    )
    delivered = keys(people.ana)
    saving.change_list(member=people.ana, columns=["phone", f"field-{fields['text'].id}:22", "field-9999"])
    saving.change_list(member=people.ana, columns=["tags", "name:40"], view=view)

    assert delivered == ["name", "phone", "email", "source", "assignee", "deals", "tags", "created"]
    assert keys(people.ana) == ["name", "phone", f"field-{fields['text'].id}:22"]
    assert keys(people.bruno) == delivered
    assert keys(people.ana, view) == keys(people.bruno, view) == ["name:40", "tags"]
    saving.change_list(member=people.bruno, columns=["email"], view=view)
    assert keys(people.bruno, view) == ["name", "email"]
    assert keys(people.ana, view) == ["name:40", "tags"]


def test_a_kept_filter_is_known_whatever_is_searched_in_it(people):
    view = SavedFilter.objects.create(
        owner=people.ana, name="Campinas", query="where=location.is%3ACampinas", created_at=NOON
    )

    assert selectors.view_of(member=people.ana, query="q=lia&where=location.is%3ACampinas&sort=name") == view
    assert selectors.view_of(member=people.bruno, query="where=location.is%3ACampinas") is None
    assert selectors.view_of(member=people.ana, query="sort=name") is None


@pytest.mark.parametrize("language", ["en", "pt-br", "pl"])
def test_no_two_columns_have_one_heading(people, language):
    with translation.override(language):
        labels = [str(column.label) for column in selectors.all_columns().values()]

    assert len(labels) == len(set(labels))
