"""Making workspaces and people."""

from __future__ import annotations

import threading

import pytest
from allauth.account.models import EmailAddress
from django.db import connection

from afluente.accounts import events, selectors, services
from afluente.accounts.models import Membership, Role, User, Workspace
from afluente.kernel import bus
from afluente.kernel.workspace import scope
from tests import cast, make

OWNER = {
    "name": "Marina Couto",
    "email": "Marina@Example.com",
    "password": make.PASSWORD,
    "workspace_name": "Estúdio Maré",
}


@pytest.fixture
def heard(monkeypatch):
    """Facts that were published, instead of telling the upper slices."""
    told = []
    monkeypatch.setattr(bus, "_handlers", {})
    for event in (
        events.WorkspaceCreated,
        events.ExampleDataWanted,
        events.MemberDeactivated,
        events.MemberJoined,
    ):
        bus.subscribe(event, told.append)
    return told


@pytest.mark.django_db
def test_setting_up_makes_an_owner_who_can_sign_in(heard):
    member = services.set_up(**OWNER, country="BR")

    assert member.role == Role.OWNER
    assert member.user.email == "marina@example.com"
    assert member.user.check_password(make.PASSWORD)
    assert EmailAddress.objects.get(user=member.user).verified
    assert (member.workspace.currency, member.workspace.timezone) == ("BRL", "America/Sao_Paulo")
    assert member.user.language == "pt-br"


@pytest.mark.django_db
def test_the_country_suggests_money_clock_and_language(heard):
    member = services.set_up(**OWNER, country="PL")

    workspace = member.workspace
    assert (workspace.currency, workspace.timezone, workspace.language) == ("PLN", "Europe/Warsaw", "pl")


@pytest.mark.django_db
def test_a_new_workspace_is_announced_inside_its_own_scope(monkeypatch):
    seen = []
    monkeypatch.setattr(bus, "_handlers", {})
    bus.subscribe(
        events.WorkspaceCreated, lambda fact: seen.append((fact.workspace_id, Workspace.objects.get().pk))
    )

    member = services.set_up(**OWNER)

    assert seen == [(member.workspace_id, member.workspace_id)]


@pytest.mark.django_db
def test_example_data_is_asked_for_only_when_wanted(heard):
    services.set_up(**OWNER)
    assert [type(fact) for fact in heard] == [events.WorkspaceCreated]

    again = OWNER | {"email": "other@example.com"}
    services.set_up(**again, with_example=True, is_first_run=False)

    assert isinstance(heard[-1], events.ExampleDataWanted)


@pytest.mark.django_db
def test_setting_up_twice_is_refused_and_changes_nothing(heard):
    services.set_up(**OWNER)

    with pytest.raises(services.AlreadySetUpError):
        services.set_up(**OWNER | {"email": "other@example.com"})

    assert User.objects.count() == 1
    assert len(heard) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_first_runs_at_once_one_wins():
    outcomes = []

    def run(number: int) -> None:
        try:
            services.set_up(**OWNER | {"email": f"owner{number}@example.com"})
            outcomes.append("made")
        except services.AlreadySetUpError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["made", "refused", "refused", "refused"]
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_an_email_belongs_to_one_person_whatever_its_case(heard):
    services.create_person(name="Ana", email="ana@example.com", password=make.PASSWORD, language="en")

    with pytest.raises(services.EmailTakenError):
        services.create_person(name="Ana", email="ANA@example.com", password=make.PASSWORD, language="en")

    assert User.objects.count() == 1


@pytest.mark.django_db
def test_a_person_sees_their_workspaces_and_no_other(heard):
    member = services.set_up(**OWNER)
    second = services.create_workspace(
        name="Oficina",
        owner=member.user,
        language="pl",
        country="PL",
        currency="PLN",
        timezone="Europe/Warsaw",
    )
    stranger = cast.stranger()

    ours = [workspace.pk for workspace in selectors.workspaces_of(user=member.user)]

    assert ours == [member.workspace_id, second.pk]
    assert stranger.workspace_id not in ours


@pytest.mark.django_db
def test_a_workspace_is_renamed_and_relocated(workspace):
    services.update_workspace(
        workspace=workspace,
        name=" Maré Alta ",
        country="PL",
        currency="PLN",
        language="pl",
        timezone="Europe/Warsaw",
    )

    kept = Workspace.objects.get()
    assert (kept.name, kept.country, kept.currency, kept.language) == ("Maré Alta", "PL", "PLN", "pl")


@pytest.mark.django_db
def test_a_profile_is_kept(ana):
    services.update_profile(
        user=ana.user,
        name="Ana S.",
        language="pl",
        timezone="Europe/Warsaw",
        theme="dark",
        density="compact",
        has_shortcuts=False,
    )

    kept = User.objects.get(pk=ana.user_id)
    assert (kept.name, kept.language, kept.theme, kept.has_shortcuts) == ("Ana S.", "pl", "dark", False)


@pytest.mark.django_db
def test_team_names_are_unique_whatever_their_case(people):
    with pytest.raises(services.TeamNameTakenError):
        services.create_team(name="SALES")
    with pytest.raises(services.TeamNameTakenError):
        services.rename_team(team=people.courses, name="sales")

    assert services.create_team(name=" Support ").name == "Support"


@pytest.mark.django_db
def test_the_people_of_a_deleted_team_stay(people):
    services.delete_team(team=people.sales)

    assert Membership.objects.get(pk=people.ana.pk).team_id is None
    assert Membership.objects.count() == 4


@pytest.mark.django_db
def test_teams_of_two_workspaces_may_share_a_name(people, stranger):
    with cast.outside(), scope(stranger.workspace_id):
        assert services.create_team(name="Sales").pk
