"""Who sees and changes which tasks, and which contacts are linked through them."""

from __future__ import annotations

import pytest

from afluente.accounts import services as accounts
from afluente.accounts.models import Action, Area, Membership, Reach, Rights, Role
from afluente.contacts import policies as contacts
from afluente.contacts import selectors as contact_selectors
from afluente.tasks import policies
from tests import make

pytestmark = pytest.mark.django_db


def hire(people, view, edit=Reach.OWN, contacts_view=Reach.LINKED):
    """Somebody of a role with these reaches, on the sales team."""
    rights = Rights(
        {
            (Area.TASKS, Action.VIEW): view,
            (Area.TASKS, Action.EDIT): edit,
            (Area.TASKS, Action.DELETE): Reach.NONE,
            (Area.CONTACTS, Action.VIEW): contacts_view,
        }
    )
    role = accounts.create_role(name=f"Role {view}{edit}", rights=rights, by=people.ana)
    member = make.member(name="Nina Reis", team=people.sales)
    Membership.objects.filter(pk=member.pk).update(role=Role.CUSTOM, custom_role=role)
    return Membership.objects.select_related("user", "workspace", "team", "custom_role").get(pk=member.pk)


def tasks_of_everybody(people, me):
    mate = make.member(name="Rui Teles", team=people.sales)
    return {
        "own": make.task(assignee=me),
        "made": make.task(assignee=people.carla, created_by=me),
        "followed": make.task(assignee=people.carla, observers=(me,)),
        "mate": make.task(assignee=mate),
        "other": make.task(assignee=people.carla),
        "nobody": make.task(),
    }


def seen(queryset, made):
    ids = set(queryset.values_list("pk", flat=True))
    return {name for name, task in made.items() if task.pk in ids}


ALWAYS = {"own", "made", "followed"}


@pytest.mark.parametrize(
    ("reach", "expected"),
    [
        (Reach.NONE, set()),
        (Reach.OWN, ALWAYS | {"nobody"}),
        (Reach.TEAM, ALWAYS | {"nobody", "mate"}),
        (Reach.ALL, ALWAYS | {"nobody", "mate", "other"}),
    ],
)
def test_the_reach_and_always_what_is_ones_own_followed_or_made(people, reach, expected):
    me = hire(people, reach)
    made = tasks_of_everybody(people, me)

    assert seen(policies.visible_to(me), made) == expected
    changed = expected & {"own", "made", "nobody"}
    assert seen(policies.editable_by(me), made) == changed
    assert seen(policies.deletable_by(me), made) == set()


def test_deleted_tasks_are_seen_by_nobody_and_restored_by_who_could_delete(people):
    from afluente.kernel import clock

    task = make.task(deleted_at=clock.now())

    assert not policies.visible_to(people.ana).exists()
    assert list(policies.restorable_by(people.ana)) == [task]


def test_contacts_of_ones_own_tasks_are_opened_and_not_listed(people):
    me = hire(people, Reach.OWN)
    linked = make.contact(name="Lia", assignee=people.carla)
    strange = make.contact(name="Rui", assignee=people.carla)
    make.task(title="Ask Lia", assignee=me, contacts=(linked,))
    make.task(title="Ask Rui", assignee=people.carla, contacts=(strange,), observers=(me,))

    assert list(contacts.visible_to(me)) == [linked]
    assert not contacts.listed_to(me).exists()
    seers = contact_selectors.seers_of_contact(contact=linked, viewer=people.ana)
    reasons = {seer.member.pk: seer.reason for seer in seers}
    assert reasons[me.pk] == "It is in their task «Ask Lia»."
