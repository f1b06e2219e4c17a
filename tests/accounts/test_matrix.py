"""S-2 and S-4: every role against everybody's records, through every way out of the product.

What must happen is worked out here from the table of rights alone, by a second, plainer reading of it;
what does happen is asked of pages, lists, searches, counts, the API, streams and the sheet that says
who sees a record.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from afluente.accounts import policies as rights
from afluente.accounts import selectors as accounts
from afluente.accounts import services
from afluente.accounts.models import STANDARD, Action, Area, Membership, Reach, Rights, Role
from afluente.accounts.models.rights import TO_COME, cells
from afluente.contacts import policies as contacts
from afluente.contacts import selectors as contact_selectors
from afluente.contacts import services as services_of_companies
from afluente.contacts.statements import search
from afluente.deals import policies as deals
from afluente.tasks import policies as tasks
from afluente.timeline.events import Actor
from tests import make

WHOSE = ("own", "mate", "other", "nobody")
MINIMAL = Rights({(Area.CONTACTS, Action.VIEW): Reach.OWN})
LINKED = Rights(
    {
        (Area.CONTACTS, Action.VIEW): Reach.LINKED,
        (Area.CONTACTS, Action.EDIT): Reach.OWN,
        (Area.DEALS, Action.VIEW): Reach.OWN,
        (Area.PIPELINES, Action.VIEW): Reach.ALL,
    }
)
TEAM = Rights(
    {
        (area, action): Reach.TEAM
        for area in (Area.CONTACTS, Area.DEALS, Area.TASKS)
        for action in (Action.VIEW, Action.EDIT, Action.DELETE, Action.EXPORT)
    }
    | {(Area.PIPELINES, Action.VIEW): Reach.ALL}
)
OWN_ROLES = {"minimal": MINIMAL, "linked": LINKED, "team": TEAM, "nothing": Rights()}
ROLES = [*(role.value for role in STANDARD), *OWN_ROLES]
REACHES = (Reach.ALL, Reach.TEAM, Reach.OWN)
CASES = [
    (role, reach) for role in ROLES for reach in (REACHES if role in {"member", "analyst"} else REACHES[:1])
]


@dataclass(frozen=True)
class World:
    member: Membership
    contacts: dict[str, int]
    deals: dict[str, int]
    tasks: dict[str, int]
    linked: int


@pytest.fixture
def world(people, request):
    """A member of the role and reach asked for, and a contact and a deal of everybody's."""
    role, reach = request.param
    own = None
    if role in OWN_ROLES:
        own = services.create_role(name=f"Role {role}", rights=OWN_ROLES[role], by=people.ana)
    member = make.member(name="Nina Reis", role=Role.MEMBER, reach=reach, team=people.sales)
    Membership.objects.filter(pk=member.pk).update(role="custom" if own else role, custom_role=own)
    mate = make.member(name="Rui Teles", team=people.sales)
    whose = {"own": member, "mate": mate, "other": people.carla, "nobody": None}
    made = {name: make.contact(name=f"Lia {name}", assignee=who) for name, who in whose.items()}
    opened = {name: make.deal(name=f"Lia {name}", assignee=who) for name, who in whose.items()}
    given = {name: make.task(title=f"Lia {name}", assignee=who) for name, who in whose.items()}
    linked = make.contact(name="Lia linked", assignee=people.carla)
    make.deal(name="Ours", assignee=member, contacts=(linked,))
    search.index_contacts([*(one.pk for one in made.values()), linked.pk])
    found = Membership.objects.select_related("user", "workspace", "team", "custom_role").get(pk=member.pk)
    return World(
        member=found,
        contacts={name: one.pk for name, one in made.items()},
        deals={name: one.pk for name, one in opened.items()},
        tasks={name: one.pk for name, one in given.items()},
        linked=linked.pk,
    )


def table(member: Membership) -> Rights:
    return (
        OWN_ROLES[member.custom_role.name.removeprefix("Role ")]
        if member.custom_role
        else STANDARD[Role(member.role)]
    )


def reached(member: Membership, area: Area, action: Action) -> set[str]:
    """Whose records the table allows, said in the plainest way."""
    sets = {
        Reach.NONE: set(),
        Reach.OWN: {"own", "nobody"},
        Reach.LINKED: {"own", "nobody"},
        Reach.TEAM: {"own", "mate", "nobody"},
        Reach.ALL: set(WHOSE),
    }
    allowed = sets[table(member).reach(area, action)]
    if member.role in {"owner", "admin"}:
        return allowed
    if area == Area.TASKS:  # nobody is narrowed there for themselves alone
        return allowed
    personal = member.contacts_reach if area == Area.CONTACTS else member.deals_reach
    return allowed & sets[Reach(personal)]


def seen(queryset, numbers: dict[str, int]) -> set[str]:
    found = set(queryset.values_list("pk", flat=True))
    return {whose for whose, pk in numbers.items() if pk in found}


every = pytest.mark.parametrize("world", CASES, indirect=True, ids=lambda case: f"{case[0]}-{case[1]}")


@every
def test_policies_lists_and_searches_are_the_table_of_rights(world):
    me = world.member
    view = reached(me, Area.CONTACTS, Action.VIEW)

    assert seen(contacts.visible_to(me), world.contacts) == view
    assert seen(contacts.listed_to(me), world.contacts) == view
    assert seen(contacts.editable_by(me), world.contacts) == view & reached(me, Area.CONTACTS, Action.EDIT)
    assert seen(contacts.deletable_by(me), world.contacts) == view & reached(me, Area.CONTACTS, Action.DELETE)
    assert seen(contacts.exportable_by(me), world.contacts) == view & reached(
        me, Area.CONTACTS, Action.EXPORT
    )
    page = contact_selectors.contact_page(member=me, wanted=contact_selectors.Filter())
    assert {row.id for row in page.rows} == set(contacts.listed_to(me).values_list("pk", flat=True))
    assert page.total == contacts.listed_to(me).count()
    found = contact_selectors.find_ids(member=me, typed="lia", limit=50)
    assert set(found) == set(contacts.listed_to(me).values_list("pk", flat=True))

    view = reached(me, Area.DEALS, Action.VIEW)
    assert seen(deals.visible_to(me), world.deals) == view
    assert seen(deals.movable_by(me), world.deals) == view & reached(me, Area.DEALS, Action.EDIT)
    assert seen(deals.deletable_by(me), world.deals) == view & reached(me, Area.DEALS, Action.DELETE)
    assert seen(deals.exportable_by(me), world.deals) == view & reached(me, Area.DEALS, Action.EXPORT)

    view = reached(me, Area.TASKS, Action.VIEW)
    assert seen(tasks.visible_to(me), world.tasks) == view
    assert seen(tasks.editable_by(me), world.tasks) == view & reached(me, Area.TASKS, Action.EDIT)
    assert seen(tasks.deletable_by(me), world.tasks) == view & reached(me, Area.TASKS, Action.DELETE)
    assert seen(tasks.exportable_by(me), world.tasks) == view & reached(me, Area.TASKS, Action.EXPORT)


@every
def test_what_is_linked_is_opened_and_not_listed(world):
    reach = table(world.member).reach(Area.CONTACTS, Action.VIEW)
    sees_all = world.member.role in {"owner", "admin"} or (
        reach == Reach.ALL and world.member.contacts_reach == Reach.ALL
    )

    is_opened = contacts.visible_to(world.member).filter(pk=world.linked).exists()
    is_listed = contacts.listed_to(world.member).filter(pk=world.linked).exists()

    assert is_listed == sees_all
    assert is_opened == (sees_all or reach == Reach.LINKED)


@every
def test_pages_answer_as_the_table_says(world, client_as):
    browser = client_as(world.member)
    me = world.member

    for whose in WHOSE:
        can_open = whose in reached(me, Area.CONTACTS, Action.VIEW)
        can_edit = can_open and whose in reached(me, Area.CONTACTS, Action.EDIT)
        contact, deal = world.contacts[whose], world.deals[whose]
        assert browser.get(f"/contacts/{contact}/").status_code == (200 if can_open else 403), whose
        assert browser.get(f"/contacts/{contact}/access/").status_code == (200 if can_open else 403), whose
        assert browser.get(f"/contacts/{contact}/name/").status_code == (200 if can_edit else 403), whose
        can_open = whose in reached(me, Area.DEALS, Action.VIEW)
        can_move = can_open and whose in reached(me, Area.DEALS, Action.EDIT)
        can_delete = can_open and whose in reached(me, Area.DEALS, Action.DELETE)
        assert browser.get(f"/deals/{deal}/").status_code == (200 if can_open else 403), whose
        assert browser.get(f"/deals/{deal}/moves/").status_code == (200 if can_move else 403), whose
        assert browser.post(f"/deals/{deal}/deletion/").status_code == (303 if can_delete else 403), whose


DOORS = (
    ("/contacts/", Area.CONTACTS, Action.VIEW, 403),
    ("/contacts/new/", Area.CONTACTS, Action.CREATE, 403),
    ("/deals/", Area.DEALS, Action.VIEW, 403),
    ("/deals/new/", Area.DEALS, Action.CREATE, 403),
    ("/products/", Area.PRODUCTS, Action.VIEW, 403),
    ("/products/new/", Area.PRODUCTS, Action.CREATE, 403),
    ("/documents/", Area.DOCUMENTS, Action.VIEW, 403),
    ("/settings/documents/", Area.PRODUCTS, Action.CONFIGURE, 403),
    ("/settings/messages/", Area.MESSAGES, Action.VIEW, 403),
    ("/settings/templates/", Area.MESSAGES, Action.VIEW, 403),
    ("/settings/templates/new/", Area.MESSAGES, Action.EDIT, 403),
    ("/settings/sending/", Area.MESSAGES, Action.CONFIGURE, 403),
    ("/settings/suppressions/", Area.MESSAGES, Action.CONFIGURE, 403),
    ("/settings/taxes/", Area.PRODUCTS, Action.CONFIGURE, 403),
    ("/settings/pipelines/", Area.PIPELINES, Action.CONFIGURE, 403),
    ("/settings/rules/", Area.SOURCES, Action.CONFIGURE, 404),
    ("/forms/", Area.SOURCES, Action.CONFIGURE, 404),
    ("/hooks/", Area.SOURCES, Action.CONFIGURE, 404),
    ("/settings/tokens/", Area.INTEGRATIONS, Action.CONFIGURE, 404),
    ("/settings/people/", Area.PEOPLE, Action.CONFIGURE, 404),
    ("/settings/roles/", Area.PEOPLE, Action.CONFIGURE, 404),
    ("/settings/teams/", Area.PEOPLE, Action.CONFIGURE, 404),
    ("/settings/workspace/", Area.WORKSPACE, Action.CONFIGURE, 404),
    ("/settings/audit/", Area.WORKSPACE, Action.CONFIGURE, 404),
)


@every
def test_doors_open_as_the_table_says(world, client_as):
    browser = client_as(world.member)
    mine = table(world.member)

    answers = {path: browser.get(path).status_code for path, *_rest in DOORS}

    assert answers == {
        path: 200 if mine.reach(area, action) != Reach.NONE else shut for path, area, action, shut in DOORS
    }


@every
def test_programs_see_what_the_maker_of_their_token_sees(world, client_as):
    _, text = services.create_token(
        name="Robot",
        scopes=["contacts:read", "contacts:write", "deals:read", "deals:write", "people:read"],
        by=world.member,
    )
    browser = client_as(None)
    browser.defaults["HTTP_AUTHORIZATION"] = f"Bearer {text}"
    me = world.member

    listed = {item["id"] for item in browser.get("/api/v1/contacts").json()["items"]}
    opened = {item["id"] for item in browser.get("/api/v1/deals").json()["items"]}

    assert listed == set(contacts.listed_to(me).values_list("pk", flat=True))
    assert opened == set(deals.visible_to(me).values_list("pk", flat=True))
    for whose in WHOSE:
        can_open = whose in reached(me, Area.CONTACTS, Action.VIEW)
        can_edit = can_open and whose in reached(me, Area.CONTACTS, Action.EDIT)
        path = f"/api/v1/contacts/{world.contacts[whose]}"
        changed = browser.patch(path, {"last_name": "Nova"}, content_type="application/json")
        assert browser.get(path).status_code == (200 if can_open else 404), whose
        assert changed.status_code == (200 if can_edit else 403 if can_open else 404), whose
    may_create = table(me).reach(Area.CONTACTS, Action.CREATE) != Reach.NONE
    made = browser.post("/api/v1/contacts", {"first_name": "Zoe"}, content_type="application/json")
    assert made.status_code == (201 if may_create else 403)


@every
def test_the_sheet_names_exactly_those_who_may_open_it(world, people):
    members = list(rights.members_visible_to(people.ana))
    for pk in [*world.contacts.values(), world.linked]:
        contact = contacts.visible_to(people.ana).get(pk=pk)
        named = {
            one.member.pk for one in contact_selectors.seers_of_contact(contact=contact, viewer=people.ana)
        }
        assert named == {one.pk for one in members if contacts.visible_to(one).filter(pk=pk).exists()}
    for pk in world.deals.values():
        deal = deals.visible_to(people.ana).get(pk=pk)
        found = accounts.seers(viewer=people.ana, area=Area.DEALS, assignee_id=deal.assignee_id)
        assert {one.member.pk for one in found} == {
            one.pk for one in members if deals.visible_to(one).filter(pk=pk).exists()
        }


@every
def test_the_sheet_of_a_company_names_exactly_those_who_may_open_it(world, people, client_as):
    made = services_of_companies.create_company(name="Oficina", by=Actor("member", people.ana.pk, "Ana"))
    members = list(rights.members_visible_to(people.ana))
    found = accounts.seers(viewer=people.ana, area=Area.COMPANIES, assignee_id=made.assignee_id)

    assert {one.member.pk for one in found} == {
        one.pk for one in members if contacts.companies_visible_to(one).filter(pk=made.pk).exists()
    }
    may_open = table(world.member).reach(Area.COMPANIES, Action.VIEW) != Reach.NONE
    answer = client_as(world.member).get(f"/companies/{made.pk}/access/")
    assert answer.status_code == (200 if may_open else 403)


@every
def test_a_stream_tells_what_the_policy_shows(world):
    from afluente.config.audience import _viewer

    viewer = _viewer(world.member, "key", "hash")
    for subject, policy, numbers in (("contact", contacts, world.contacts), ("deal", deals, world.deals)):
        whose = viewer.reach[subject]
        everything = set(numbers) == seen(policy.visible_to(world.member), numbers)
        assert everything or whose is not None


def test_every_cell_of_the_matrix_is_decided_for_every_role():
    decided = {(area, action) for area, action, _choices in cells()}

    assert all(set(given.cells) == decided for given in STANDARD.values())
    assert all(
        given.reach(area, action) in choices
        for given in STANDARD.values()
        for area, action, choices in cells()
    )
    assert set(Area) > TO_COME
