"""What contacts get of tasks: filter criteria, a column of the list, and links that go along in a merge."""

from __future__ import annotations

import datetime as dt

import pytest

from afluente.contacts import services as contacts
from afluente.contacts.models import Tag
from afluente.contacts.selectors import Filter, contact_page, filtered
from afluente.contacts.selectors.listing import problems
from afluente.kernel import clock, conditions
from afluente.tasks.models import TaskContact, TaskTag
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(people):
    """Three contacts: one with an open task, one with an overdue and a done one, one without."""
    busy, late, free = (make.contact(name=name) for name in ("Busy", "Late", "Free"))
    tag = Tag.objects.create(name="Urgent", created_at=clock.now())
    open_ = make.task(contacts=(busy,), assignee=people.ana)
    TaskTag.objects.create(task=open_, tag=tag)
    make.task(contacts=(late,), due_at=clock.now() - dt.timedelta(days=1))
    make.task(contacts=(late, free), step="done")
    make.task(contacts=(free,), deleted_at=clock.now())
    return {"tag": tag.pk}


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("task.is:open", {"Busy", "Late"}),
        ("task.is:overdue", {"Late"}),
        ("task.is:none", {"Free"}),
        ("task.is:overdue,none", {"Late", "Free"}),
        ("task.is_not:open", {"Free"}),
        ("task_tag.is:{tag}", {"Busy"}),
        ("task_tag.is_not:{tag}", {"Late", "Free"}),
        ("task_tag.filled", {"Busy"}),
        ("task_tag.empty", {"Late", "Free"}),
    ],
)
def test_every_condition_means_what_it_says(people, world, where, expected):
    wanted = Filter(where=conditions.read([where.format(**world)]))

    assert {one.name for one in filtered(member=people.ana, wanted=wanted)} == expected
    page = contact_page(member=people.ana, wanted=wanted)
    assert {row.title for row in page.rows} == expected


@pytest.mark.parametrize("where", ["task.is:yesterday", "task_tag.is:999999"])
def test_what_cannot_be_asked_finds_nobody_and_is_said(people, world, where):
    wanted = Filter(where=conditions.read([where]))

    assert not filtered(member=people.ana, wanted=wanted).exists()
    assert len(problems(member=people.ana, wanted=wanted)) == 1


def test_tasks_that_are_not_seen_are_not_asked(people, world):
    from afluente.accounts import services as accounts
    from afluente.accounts.models import Action, Area, Membership, Reach, Rights, Role

    rights = Rights({(Area.CONTACTS, Action.VIEW): Reach.ALL})
    role = accounts.create_role(name="No tasks", rights=rights, by=people.ana)
    Membership.objects.filter(pk=people.bruno.pk).update(
        role=Role.CUSTOM, custom_role=role, contacts_reach=Reach.ALL
    )
    bruno = Membership.objects.select_related("custom_role", "user").get(pk=people.bruno.pk)

    wanted = Filter(where=conditions.read(["task.is:open"]))
    assert not filtered(member=bruno, wanted=wanted).exists()


def test_links_go_along_in_a_merge_and_come_back(people):
    from afluente.timeline.events import Actor

    by = Actor("member", people.ana.pk, "Ana")
    stays, goes = make.contact(name="Ana Lima"), make.contact(name="Ana Lima")
    own, both = make.task(contacts=(goes,)), make.task(contacts=(stays, goes))

    group = contacts.Group(contact_ids=(stays.pk, goes.pk))
    (done,) = contacts.merge_contacts(groups=[group], by=by)

    links = set(TaskContact.objects.filter(contact=stays).values_list("task_id", flat=True))
    assert links == {own.pk, both.pk}
    contacts.unmerge_contacts(merge_ids=done.merge_ids, by=by)
    assert set(TaskContact.objects.values_list("contact_id", "task_id")) == {
        (goes.pk, own.pk),
        (stays.pk, both.pk),
        (goes.pk, both.pk),
    }
