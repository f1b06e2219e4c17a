"""What members may do, and taking access away."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session

from afluente.accounts import policies, selectors, services
from afluente.accounts.models import ApiToken, Membership, Reach, Role
from afluente.contacts.models import Contact
from afluente.kernel.workspace import scope
from tests import cast, make


def change(member, by, **what):
    now = {
        "role": member.role,
        "team": member.team,
        "contacts_reach": member.contacts_reach,
        "deals_reach": member.deals_reach,
    }
    return services.change_member(member=member, by=by, **now | what)


@pytest.mark.django_db
def test_an_administrator_changes_role_team_and_reach(people):
    change(people.bruno, people.dora, role=Role.MANAGER, team=people.courses, deals_reach=Reach.TEAM)

    bruno = Membership.objects.get(pk=people.bruno.pk)
    assert (bruno.role, bruno.team_id, bruno.deals_reach) == (Role.MANAGER, people.courses.pk, Reach.TEAM)


@pytest.mark.django_db
def test_only_owners_make_owners(people):
    with pytest.raises(services.OwnersOnlyError):
        change(people.bruno, people.dora, role=Role.OWNER)
    assert Membership.objects.get(pk=people.bruno.pk).role == Role.MEMBER

    change(people.bruno, people.ana, role=Role.OWNER)

    assert Membership.objects.get(pk=people.bruno.pk).role == Role.OWNER


@pytest.mark.django_db
def test_only_owners_change_and_remove_owners(people):
    with pytest.raises(services.OwnersOnlyError):
        change(people.ana, people.dora, role=Role.MEMBER)
    with pytest.raises(services.OwnersOnlyError):
        services.deactivate_member(member=people.ana, by=people.dora)

    assert Membership.objects.get(pk=people.ana.pk).is_active


@pytest.mark.django_db
def test_the_last_owner_stays(people):
    with pytest.raises(services.LastOwnerError):
        change(people.ana, people.ana, role=Role.ADMIN)

    change(people.bruno, people.ana, role=Role.OWNER)
    change(people.ana, people.ana, role=Role.ADMIN)

    assert Membership.objects.filter(role=Role.OWNER).count() == 1


@pytest.mark.django_db
def test_an_inactive_owner_does_not_count_as_the_other_one(people):
    change(people.bruno, people.ana, role=Role.OWNER)
    services.deactivate_member(member=people.bruno, by=people.ana)

    with pytest.raises(services.LastOwnerError):
        change(people.ana, people.ana, role=Role.ADMIN)


@pytest.mark.django_db
def test_nobody_takes_away_their_own_access(people):
    with pytest.raises(services.OwnPlaceError):
        services.deactivate_member(member=people.dora, by=people.dora)

    assert Membership.objects.get(pk=people.dora.pk).is_active


@pytest.mark.django_db
def test_deactivation_ends_sessions_tokens_invitations_and_streams(people, client_as):
    Membership.objects.filter(pk=people.bruno.pk).update(role=Role.ADMIN)
    people.bruno.refresh_from_db()
    bruno = client_as(people.bruno)
    key = bruno.session.session_key
    _, text = services.create_token(name="Site", scopes=["leads:write"], by=people.bruno)
    _, letter = services.invite(email="friend@example.com", role="member", team=None, by=people.bruno)
    assert selectors.is_still_active(people.bruno.user_id, key)

    services.deactivate_member(member=people.bruno, by=people.dora)

    assert not selectors.is_still_active(people.bruno.user_id, key)
    assert not Session.objects.filter(session_key=key).exists()
    assert selectors.authenticate_token(text) is None
    assert selectors.open_invitation(letter) is None
    assert bruno.get("/settings/profile/").url.startswith("/accounts/login/")


@pytest.mark.django_db
def test_deactivation_tells_open_streams_after_commit(
    people, django_capture_on_commit_callbacks, monkeypatch
):
    woken = []
    monkeypatch.setattr("afluente.kernel.live.wake", lambda *where: woken.append(where))

    with django_capture_on_commit_callbacks(execute=True):
        services.deactivate_member(member=people.bruno, by=people.dora)

    assert ("afluente_live", people.workspace.pk) in woken


@pytest.mark.django_db
def test_deactivation_here_leaves_the_other_workspace_open(people, client_as, stranger):
    with cast.outside(), scope(stranger.workspace_id):
        make.member(user=people.bruno.user)
    bruno = client_as(people.bruno)

    services.deactivate_member(member=people.bruno, by=people.dora)

    assert bruno.get("/settings/profile/").status_code == 302  # this workspace is closed: start over
    assert bruno.get("/settings/profile/").context["request"].workspace.pk == stranger.workspace_id


@pytest.mark.django_db
def test_a_reactivated_member_enters_again_and_their_tokens_stay_dead(people, client_as):
    services.create_token(name="Site", scopes=["leads:write"], by=people.bruno)
    services.deactivate_member(member=people.bruno, by=people.dora)

    services.reactivate_member(member=people.bruno, by=people.dora)

    assert client_as(people.bruno).get("/settings/profile/").status_code == 200
    assert ApiToken.objects.get().revoked_at is not None


@pytest.mark.django_db
def test_reach_decides_whose_records_are_seen(people):
    for name, assignee in (("Of Ana", people.ana), ("Of Bruno", people.bruno), ("Of Carla", people.carla)):
        make.contact(name=name, assignee=assignee)
    make.contact(name="Of nobody")

    def seen(member):
        condition = policies.reach_filter(member, member.contacts_reach)
        return set(Contact.objects.filter(condition).values_list("last_name", flat=True))

    assert seen(people.ana) == {"Ana", "Bruno", "Carla", "nobody"}
    assert seen(people.bruno) == {"Bruno", "nobody"}
    assert seen(people.carla) == {"Carla", "nobody"}
    change(people.bruno, people.ana, contacts_reach=Reach.TEAM)
    assert seen(Membership.objects.get(pk=people.bruno.pk)) == {"Ana", "Bruno", "nobody"}
    assert seen(people.dora) == {"Ana", "Bruno", "Carla", "nobody"}


@pytest.mark.django_db
def test_own_team_without_a_team_is_own(people):
    make.contact(name="Of Bruno", assignee=people.bruno)
    make.contact(name="Of Dora", assignee=people.dora)
    loner = change(people.bruno, people.ana, team=None, contacts_reach=Reach.TEAM)

    found = Contact.objects.filter(policies.reach_filter(loner, loner.contacts_reach))

    assert [contact.last_name for contact in found] == ["Bruno"]
