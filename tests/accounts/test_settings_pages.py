"""The settings pages: who opens which, and what they do."""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afluente.accounts import services
from afluente.accounts.models import ApiToken, Invitation, Membership, Team, User
from tests import cast, make

FOR_ADMINISTRATORS = (
    "/settings/workspace/",
    "/settings/people/",
    "/settings/people/invitation/",
    "/settings/teams/",
    "/settings/tokens/",
    "/settings/tokens/new/",
)
FOR_EVERYBODY = (
    "/settings/profile/",
    "/settings/security/",
    "/accounts/email/",
    "/accounts/password/set/",
    "/accounts/2fa/",
)


@pytest.mark.django_db
@pytest.mark.parametrize("path", FOR_ADMINISTRATORS)
def test_administrators_open_it_and_members_do_not(people, client_as, path):
    for member, status in ((people.ana, 200), (people.dora, 200), (people.bruno, 404)):
        assert client_as(member).get(path).status_code == status, member
    assert cast.browser().get(path).url.startswith("/accounts/login/")


@pytest.mark.django_db
@pytest.mark.parametrize("path", FOR_EVERYBODY[1:])
def test_pages_about_security_are_marked_as_such_in_the_navigation(people, client_as, path):
    page = client_as(people.bruno).get(path).content.decode()

    # Beside the page, and above it on a phone.
    assert page.count('href="/settings/security/" aria-current="page"') == 2


@pytest.mark.django_db
@pytest.mark.parametrize("path", FOR_EVERYBODY)
def test_everybody_opens_their_own_pages(people, client_as, path):
    assert client_as(people.bruno).get(path).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("path", [*FOR_ADMINISTRATORS, *FOR_EVERYBODY])
def test_looking_changes_nothing(people, client_as, path):
    browser = client_as(people.ana)
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT look")
        cursor.execute("SET LOCAL transaction_read_only = on")

    status = browser.get(path).status_code

    with connection.cursor() as cursor:
        cursor.execute("ROLLBACK TO SAVEPOINT look")
    assert status == 200


@pytest.mark.django_db
def test_members_find_no_settings_but_their_own(people, client_as):
    assert client_as(people.ana).get("/settings/").url == "/settings/workspace/"
    assert client_as(people.bruno).get("/settings/").url == "/settings/profile/"


@pytest.mark.django_db
def test_another_workspaces_rows_are_not_there(people, stranger, client_as):
    browser = client_as(people.ana)

    for path in (
        f"/settings/people/{stranger.pk}/deactivation/",
        f"/settings/people/{stranger.pk}/",
    ):
        assert browser.post(path).status_code == 404
    assert browser.get(f"/settings/people/{stranger.pk}/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/settings/people/{pk}/deactivation/",
        "/settings/people/{pk}/",
        "/settings/people/invitation/",
        "/settings/teams/",
        "/settings/tokens/new/",
        "/settings/workspace/",
    ],
)
def test_members_change_nothing(people, client_as, path):
    response = client_as(people.bruno).post(path.format(pk=people.carla.pk), {"name": "x", "role": "owner"})

    assert response.status_code == 404
    assert Membership.objects.get(pk=people.carla.pk).is_active
    assert (Team.objects.count(), ApiToken.objects.count(), Invitation.objects.count()) == (2, 0, 0)


@pytest.mark.django_db
def test_changing_the_workspace(people, client_as):
    form = {
        "name": "Maré Alta",
        "country": "PL",
        "currency": "PLN",
        "language": "pl",
        "timezone": "Europe/Warsaw",
    }

    response = client_as(people.dora).post("/settings/workspace/", form)

    assert response.status_code == 303
    people.workspace.refresh_from_db()
    assert (people.workspace.name, people.workspace.currency) == ("Maré Alta", "PLN")


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["country", "currency", "language", "timezone"])
def test_the_workspace_takes_only_what_exists(people, client_as, field):
    form = {
        "name": "Maré",
        "country": "BR",
        "currency": "BRL",
        "language": "en",
        "timezone": "America/Sao_Paulo",
    }

    response = client_as(people.ana).post("/settings/workspace/", form | {field: "'; DROP TABLE x"})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]


@pytest.mark.django_db
def test_a_member_is_given_another_role(people, client_as):
    form = {"role": "manager", "team": people.courses.pk, "contacts_reach": "team", "deals_reach": "all"}

    client_as(people.dora).post(f"/settings/people/{people.bruno.pk}/", form)

    bruno = Membership.objects.get(pk=people.bruno.pk)
    assert (bruno.role, bruno.team_id, bruno.contacts_reach) == ("manager", people.courses.pk, "team")


@pytest.mark.django_db
def test_an_administrator_cannot_reach_above_themselves(people, client_as):
    browser = client_as(people.dora)
    form = {"role": "owner", "team": "", "contacts_reach": "all", "deals_reach": "all"}

    made = browser.post(f"/settings/people/{people.dora.pk}/", form)
    browser.post(f"/settings/people/{people.ana.pk}/", form | {"role": "member"})
    gone = browser.post(f"/settings/people/{people.ana.pk}/deactivation/")

    assert (made.status_code, gone.status_code) == (422, 404)
    roles = dict(Membership.objects.values_list("user__name", "role"))
    assert (roles["Dora Nunes"], roles["Ana Souza"]) == ("admin", "owner")


@pytest.mark.django_db
def test_the_only_owner_is_told_why_they_stay(people, client_as):
    form = {"role": "admin", "team": "", "contacts_reach": "all", "deals_reach": "all"}

    response = client_as(people.ana).post(f"/settings/people/{people.ana.pk}/", form)

    assert response.status_code == 422
    assert "only owner" in response.content.decode()


@pytest.mark.django_db
def test_the_list_of_people_costs_the_same_for_one_and_for_more(people, client_as, django_assert_num_queries):
    browser = client_as(people.ana)
    browser.get("/settings/people/")
    services.invite(email="first@example.com", role="member", team=people.sales, by=people.ana)
    with CaptureQueriesContext(connection) as few:
        browser.get("/settings/people/")

    for number in range(5):
        make.member(name=f"Somebody {number}")
        services.invite(email=f"x{number}@example.com", role="member", team=people.sales, by=people.ana)

    with django_assert_num_queries(len(few)):
        browser.get("/settings/people/")


@pytest.mark.django_db
def test_teams_are_made_renamed_and_deleted(people, client_as):
    browser = client_as(people.dora)
    browser.post("/settings/teams/", {"name": "Support"})
    team = Team.objects.get(name="Support")

    assert browser.post("/settings/teams/", {"name": "support"}).status_code == 422
    browser.post(f"/settings/teams/{team.pk}/", {"name": "Care"})
    assert Team.objects.filter(name="Care").exists()
    browser.post(f"/settings/teams/{team.pk}/deletion/")
    assert Team.objects.count() == 2


@pytest.mark.django_db
def test_a_token_is_shown_once_and_revoked(people, client_as):
    browser = client_as(people.dora)

    made = browser.post("/settings/tokens/new/", {"name": "Site", "scopes": ["leads:write"], "days": "30"})

    text = made.context["text"]
    assert made.status_code == 201
    assert text in made.content.decode()
    assert text not in browser.get("/settings/tokens/").content.decode()
    token = ApiToken.objects.get()
    assert token.expires_at is not None
    browser.post(f"/settings/tokens/{token.pk}/revocation/")
    token.refresh_from_db()
    assert token.revoked_at is not None


@pytest.mark.django_db
def test_a_token_that_may_do_nothing_is_not_made(people, client_as):
    response = client_as(people.ana).post("/settings/tokens/new/", {"name": "Site", "days": "0"})

    assert response.status_code == 422
    assert ApiToken.objects.count() == 0


@pytest.mark.django_db
def test_own_choices_count_at_once(people, client_as):
    browser = client_as(people.bruno)
    form = {
        "name": "Bruno L.",
        "language": "pl",
        "timezone": "Europe/Warsaw",
        "theme": "dark",
        "density": "compact",
    }

    browser.post("/settings/profile/", form)

    page = browser.get("/settings/profile/").content.decode()
    assert '<html lang="pl" data-theme="dark" data-density="compact"' in page
    assert not User.objects.get(pk=people.bruno.user_id).has_shortcuts


@pytest.mark.django_db
def test_a_choice_from_the_menu_is_kept_with_the_person(people, client_as):
    client_as(people.bruno).post("/preferences/", {"name": "theme", "value": "dark"})

    assert User.objects.get(pk=people.bruno.user_id).theme == "dark"


@pytest.mark.django_db
def test_sessions_are_listed_and_ended_one_by_one(people, client_as):
    here, there, third = client_as(people.bruno), client_as(people.bruno), client_as(people.bruno)
    elsewhere = UserSession.objects.get(session_key=there.session.session_key)
    assert len(here.get("/settings/security/").context["sessions"]) == 3

    here.post(f"/settings/security/sessions/{elsewhere.pk}/end/")

    assert there.get("/settings/profile/").url.startswith("/accounts/login/")
    assert third.get("/settings/profile/").status_code == 200
    here.post("/settings/security/sessions/end/")
    assert third.get("/settings/profile/").url.startswith("/accounts/login/")
    assert here.get("/settings/profile/").status_code == 200


@pytest.mark.django_db
def test_nobody_ends_somebody_elses_session(people, client_as):
    carla = client_as(people.carla)
    session = UserSession.objects.get(user=people.carla.user)

    response = client_as(people.bruno).post(f"/settings/security/sessions/{session.pk}/end/")

    assert response.status_code == 404
    assert carla.get("/settings/profile/").status_code == 200


@pytest.mark.django_db
def test_foreign_requests_change_nothing(people):
    browser = cast.browser(people.ana, enforce_csrf_checks=True)

    for path in (
        "/settings/teams/",
        "/settings/tokens/new/",
        f"/settings/people/{people.bruno.pk}/deactivation/",
    ):
        assert browser.post(path, {"name": "x"}).status_code == 403
    assert Membership.objects.get(pk=people.bruno.pk).is_active
