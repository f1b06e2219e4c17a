"""Roles: the standard ones stay, own ones are made, given and taken; nobody gives more than they have."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from afluente.accounts import policies, selectors, services
from afluente.accounts.models import (
    STANDARD,
    Action,
    Area,
    AuditEntry,
    CustomRole,
    Membership,
    Reach,
    Rights,
    Role,
)
from afluente.accounts.models.rights import cells, narrower
from afluente.timeline.models import Notification
from afluente.timeline.services import add_comment
from tests import make

EDITOR = STANDARD[Role.EDITOR]
reaches = st.sampled_from(list(Reach))


@given(one=reaches, other=reaches, third=reaches)
def test_what_two_allow_never_depends_on_the_order(one, other, third):
    assert narrower(one, other) == narrower(other, one)
    assert narrower(one, one) == one
    assert narrower(narrower(one, other), third) == narrower(one, narrower(other, third))


@given(st.dictionaries(st.sampled_from([(a, b) for a, b, _ in cells()]), reaches))
def test_rights_survive_being_kept_as_json_unless_a_cell_does_not_know_them(wanted):
    read = Rights.from_json(Rights(wanted).as_json())

    for area, action, choices in cells():
        said = wanted.get((area, action), Reach.NONE)
        assert read.reach(area, action) == (said if said in choices else Reach.NONE)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["editor", "Full access", "CRM MANAGER", "closers"])
def test_names_of_roles_differ_from_every_other_one(people, name):
    services.create_role(name="Closers", rights=EDITOR, by=people.ana)

    with pytest.raises(services.RoleNameTakenError):
        services.create_role(name=name, rights=EDITOR, by=people.ana)
    assert CustomRole.objects.count() == 1


@pytest.mark.django_db
def test_a_role_is_copied_changed_given_and_kept_while_in_use(people, client_as):
    browser = client_as(people.dora)
    form = {f"{a}-{b}": EDITOR.reach(a, b).value for a, b, _ in cells()} | {"name": "Closers"}

    assert browser.get("/settings/roles/new/?copy=editor").status_code == 200
    assert browser.post("/settings/roles/new/?copy=editor", form).status_code == 303
    role = CustomRole.objects.get()
    assert (role.as_rights().as_json(), role.copied_from) == (EDITOR.as_json(), "editor")
    changed = browser.post(f"/settings/roles/{role.pk}/", form | {"contacts-view": "own"})
    assert changed.status_code == 303
    place = {"role": f"custom-{role.pk}", "team": "", "contacts_reach": "all", "deals_reach": "all"}
    assert browser.post(f"/settings/people/{people.bruno.pk}/", place).status_code == 303

    bruno = Membership.objects.get(pk=people.bruno.pk)
    assert (bruno.role, bruno.custom_role_id) == ("custom", role.pk)
    assert policies.reach_of(bruno, Area.CONTACTS, Action.VIEW) == Reach.OWN
    browser.post(f"/settings/roles/{role.pk}/deletion/")
    assert CustomRole.objects.filter(pk=role.pk).exists()
    kinds = list(AuditEntry.objects.order_by("number").values_list("kind", flat=True))
    assert kinds == ["role.made", "role.changed", "member.changed"]


@pytest.mark.django_db
def test_nobody_gives_or_takes_what_they_do_not_have(people):
    only_people = Rights(
        {(Area.PEOPLE, Action.CONFIGURE): Reach.ALL, (Area.CONTACTS, Action.VIEW): Reach.OWN}
    )
    role = services.create_role(name="Hiring", rights=only_people, by=people.ana)
    hirer = make.member(name="Hana")
    services.change_member(
        member=hirer,
        role="custom",
        custom_role=role,
        team=None,
        contacts_reach="all",
        deals_reach="all",
        by=people.ana,
    )
    hirer.refresh_from_db()

    assert policies.standard_roles_given_by(hirer) == []
    assert [one.pk for one in policies.custom_roles_given_by(hirer)] == [role.pk]
    with pytest.raises(services.MoreThanOwnError):
        services.create_role(name="Everything", rights=STANDARD[Role.ADMIN], by=hirer)
    with pytest.raises(services.MoreThanOwnError):
        services.change_role(role=role, name="Hiring", rights=STANDARD[Role.ADMIN], by=hirer)
    with pytest.raises(services.MoreThanOwnError):
        services.invite(email="x@example.com", role="admin", team=None, by=hirer)
    assert not policies.members_changeable_by(hirer).exists()
    role.refresh_from_db()
    assert role.as_rights().as_json() == only_people.as_json()


@pytest.mark.django_db
def test_looking_through_somebody_s_eyes_shows_theirs_and_changes_nothing(people, client_as):
    make.pipeline()
    mine = make.contact(name="Lia Prado", assignee=people.ana)
    browser = client_as(people.dora)

    assert browser.post(f"/settings/people/{people.bruno.pk}/viewing/").status_code == 303
    page = browser.get("/contacts/").content.decode()
    assert "Bruno Lima" in page
    assert "Lia Prado" not in page
    assert ", Bruno</h1>" in browser.get("/").content.decode()
    assert browser.get(f"/contacts/{mine.pk}/").status_code == 403
    assert browser.post("/contacts/new/", {"first_name": "Zoe"}).status_code == 403
    assert browser.get("/settings/people/").status_code == 404
    assert browser.post("/settings/viewing/end/").status_code == 303
    assert browser.get(f"/contacts/{mine.pk}/").status_code == 200
    assert AuditEntry.objects.get().kind == "view.started"


@pytest.mark.django_db
def test_a_notification_of_somebody_leads_on_and_stays_unread_for_them(people, client_as):
    contact = make.contact(name="Lia Prado", assignee=people.bruno)
    add_comment(text="@Bruno Lima look", by=people.ana, contact_id=contact.pk, mentions=[people.bruno.pk])
    told = Notification.objects.get(member=people.bruno)
    browser = client_as(people.dora)
    browser.post(f"/settings/people/{people.bruno.pk}/viewing/")

    opened = browser.post(f"/notifications/{told.pk}/opening/")

    told.refresh_from_db()
    assert (opened.status_code, opened["Location"].partition("?")[0]) == (303, f"/contacts/{contact.pk}/")
    assert told.read_at is None
    assert browser.post(f"/notifications/{told.pk}/reading/").status_code == 403


@pytest.mark.django_db
def test_nobody_looks_through_the_eyes_of_somebody_above_them(people, client_as):
    assert client_as(people.dora).post(f"/settings/people/{people.ana.pk}/viewing/").status_code == 404
    assert client_as(people.bruno).post(f"/settings/people/{people.carla.pk}/viewing/").status_code == 404

    browser = client_as(people.dora)
    browser.post(f"/settings/people/{people.bruno.pk}/viewing/")
    Membership.objects.filter(pk=people.dora.pk).update(role="member")
    assert browser.get("/contacts/").wsgi_request.member.pk == people.dora.pk


@pytest.mark.django_db
def test_a_changed_missing_or_moved_line_of_the_log_is_found(people):

    for number in range(6):
        services.record_audit(
            kind="export.made", by=people.ana, subject=f"File {number}", after={"rows": number}
        )
    assert services.first_broken() is None
    lines = list(AuditEntry.objects.order_by("number"))
    for spoilt in lines:
        kept = spoilt.subject
        spoilt.subject = "Nothing"
        assert (
            services.audit.seal(spoilt, lines[spoilt.number - 2].digest if spoilt.number > 1 else "")
            != spoilt.digest
        )
        spoilt.subject = kept
    with pytest.raises(DatabaseError, match="stays as it is"), transaction.atomic():
        AuditEntry.objects.filter(number=3).update(subject="Nothing")
    with pytest.raises(DatabaseError, match="stays as it is"), transaction.atomic():
        AuditEntry.objects.filter(number=6).delete()
    assert services.first_broken() is None


@pytest.mark.django_db
def test_signing_in_is_written_down_and_read_by_administrators_only(people, client_as):
    services.note_login(user=people.bruno.user)

    page = client_as(people.dora).get("/settings/audit/?check=1").content.decode()
    assert "Bruno Lima" in page
    assert "Every line fits" in page
    assert client_as(people.bruno).get("/settings/audit/").status_code == 404
    assert selectors.audit_page(member=people.bruno).lines == []


@pytest.mark.django_db
def test_the_line_of_a_new_role_lists_what_it_grants_and_nothing_else(people):
    services.create_role(name="Closers", rights=EDITOR, by=people.ana)

    changes = selectors.audit_page(member=people.ana).lines[0].changes

    assert "Contacts, See: All" in changes
    assert not [one for one in changes if one.endswith(": None")]
