"""Filters kept under a name, the same way above contacts, deals and tasks."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afluente.contacts.models import ListSetting, SavedFilter, Tag
from afluente.contacts.services import saving
from afluente.kernel import clock
from afluente.tasks import services as tasks
from afluente.timeline.events import Actor
from tests import make

pytestmark = pytest.mark.django_db
LISTS = {"contact": "contacts", "deal": "deals", "task": "tasks"}
each = pytest.mark.parametrize("entity", LISTS)


@pytest.fixture
def pages(people):
    """The page of each list that its filters stand over."""
    make.pipeline()
    tasks.create_board(name="Work", by=Actor("member", people.ana.pk, "Ana"))
    return {"contact": "/contacts/", "deal": "/deals/", "task": "/tasks/list/"}


def kept(owner, entity, query="where=assignee.is%3Anobody", name="Old", is_shared=False):
    return saving.save_filter(owner=owner, name=name, query=query, entity=entity, is_shared=is_shared)


def way_back(answer):
    """The address that the button Undo sends."""
    (found,) = {one for one in answer.content.decode().split('"') if "/filters/" in one and "?" in one}
    return found.replace("&amp;", "&")


@each
def test_a_kept_filter_is_renamed_and_shared_with_a_way_back(client_as, people, pages, entity):
    one, ana = kept(people.ana, entity), client_as(people.ana)

    said = ana.post(
        f"/{LISTS[entity]}/filters/{one.pk}/",
        {"name": "New", "is_shared": "1", "page": pages["task"]},
        follow=True,
    )

    one.refresh_from_db()
    assert (one.name, one.is_shared) == ("New", True)
    assert ">New<" in client_as(people.bruno).get(f"{pages[entity]}?{one.query}").content.decode()
    ana.post(f"/{LISTS[entity]}/filters/{one.pk}/?name=Old")
    one.refresh_from_db()
    assert (one.name, one.is_shared) == ("Old", False)
    assert "Changed the filter New" in said.content.decode()


@each
def test_what_others_keep_cannot_be_changed_or_deleted(client_as, people, pages, entity):
    one, bruno = kept(people.ana, entity, is_shared=True), client_as(people.bruno)

    answers = [
        bruno.post(f"/{LISTS[entity]}/filters/{one.pk}/{act}", {"name": "Mine now"})
        for act in ("", "deletion/")
    ]

    one.refresh_from_db()
    assert [answer.status_code for answer in answers] == [404, 404]
    assert (one.name, one.owner_id) == ("Old", people.ana.pk)


@each
def test_a_filter_is_changed_at_the_address_of_its_own_list_only(client_as, people, pages, entity):
    one = kept(people.ana, entity)
    others = [path for kind, path in LISTS.items() if kind != entity]

    answers = [client_as(people.ana).post(f"/{path}/filters/{one.pk}/deletion/") for path in others]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert SavedFilter.objects.filter(pk=one.pk).exists()


@each
def test_a_deleted_filter_comes_back_with_its_columns(client_as, people, pages, entity):
    one, ana = kept(people.ana, entity), client_as(people.ana)
    saving.change_list(member=people.ana, columns=["name:20", "created"], view=one, entity=entity)

    gone = ana.post(f"/{LISTS[entity]}/filters/{one.pk}/deletion/", follow=True)
    assert not SavedFilter.objects.exists()
    ana.post(way_back(gone))

    again = SavedFilter.objects.get()
    assert (again.name, again.query, again.entity, again.is_shared) == ("Old", one.query, entity, False)
    assert ListSetting.objects.get(view=again).columns == ["name:20", "created"]


@each
@pytest.mark.parametrize(
    "query", ["where=assignee.is%3A999999", "where=field-999.is%3A4", "where=assignee.nonsense%3A1"]
)
def test_a_filter_that_asks_for_something_gone_is_marked_in_its_tab(client_as, people, pages, entity, query):
    kept(people.ana, entity)
    before = client_as(people.ana).get(pages[entity]).content.decode()
    kept(people.ana, entity, query=query, name="Gone")

    page = client_as(people.ana).get(pages[entity]).content.decode()
    panel = client_as(people.ana).get(f"/{LISTS[entity]}/filter/").content.decode()

    assert "Asks for something that is gone" not in before
    assert page.count('title="Asks for something that is gone"') == 1
    assert panel.count("Asks for something that is gone") == 1


def test_a_taken_or_missing_name_changes_nothing(client_as, people, pages):
    kept(people.ana, "contact", name="Taken", query="where=email.empty")
    one = kept(people.ana, "contact")

    said = [
        client_as(people.ana)
        .post(f"/contacts/filters/{one.pk}/", {"name": name}, follow=True)
        .content.decode()
        for name in ("taken", "  ")
    ]

    one.refresh_from_db()
    assert one.name == "Old"
    assert "Another filter of this list has this name." in said[0]
    assert "Give the filter a name." in said[1]


@each
def test_tabs_ask_as_much_for_many_filters_as_for_few(client_as, people, pages, entity):
    ana = client_as(people.ana)
    tags = [Tag.objects.create(name=f"T{n}", created_at=clock.now()) for n in range(5)]
    name = "person_tag" if entity == "deal" else "tag"
    kept(people.ana, entity, query=f"where={name}.is%3A{tags[0].pk}", name="0")
    ana.get(pages[entity])
    with CaptureQueriesContext(connection) as few:
        ana.get(pages[entity])

    for n, tag in enumerate(tags[1:]):
        kept(people.ana, entity, query=f"where={name}.is%3A{tag.pk}", name=str(n + 1))

    with CaptureQueriesContext(connection) as many:
        ana.get(pages[entity])
    assert len(many) == len(few)


@each
def test_the_panel_lists_what_one_keeps_and_what_others_share(client_as, people, pages, entity):
    for name, owner, is_shared in (
        ("Own", people.bruno, False),
        ("Shared by Ana", people.ana, True),
        ("Of Ana alone", people.ana, False),
    ):
        kept(owner, entity, name=name, is_shared=is_shared)

    panel = client_as(people.bruno).get(f"/{LISTS[entity]}/filter/").content.decode()

    listed = panel.partition("Saved filters</summary>")[2].partition("</details>")[0]
    assert [name in listed for name in ("Own", "Shared by Ana", "Of Ana alone")] == [True, True, False]
