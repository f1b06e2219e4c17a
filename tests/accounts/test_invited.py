"""An invitation from the form to the first page, over HTTP."""

from __future__ import annotations

import pytest

from afluente.accounts.models import Invitation, Membership, User
from afluente.kernel import mail
from tests import cast, make

NEW = {"name": "Bia Rocha", "password": make.PASSWORD, "language": "pl"}


@pytest.fixture
def invite(client_as):
    """`invite(by)` is the path of the letter's link."""

    def send(by, email="bia@example.com", role="member"):
        answer = client_as(by).post(
            "/settings/people/invitation/", {"email": email, "role": role, "team": ""}
        )
        assert answer.status_code == 201, answer.context["form"].errors
        return answer.context["url"].removeprefix("http://testserver")

    return send


@pytest.mark.django_db
def test_a_new_person_comes_in(people, invite):
    browser, path = cast.browser(), invite(people.dora)
    page = browser.get(path)
    assert "bia@example.com" in page.content.decode()

    response = browser.post(path, NEW)

    assert (response.status_code, response["Location"]) == (303, "/")
    assert browser.get("/settings/profile/").context["request"].member.role == "member"
    assert User.objects.get(email="bia@example.com").language == "pl"


@pytest.mark.django_db
def test_the_link_works_once(people, invite):
    path = invite(people.dora)
    cast.browser().post(path, NEW)

    again = cast.browser().post(path, NEW)

    assert again.status_code == 404
    assert "This invitation is closed" in again.content.decode()
    assert Membership.objects.count() == 5


@pytest.mark.django_db
def test_looking_at_the_link_does_not_use_it(people, invite):
    browser, path = cast.browser(), invite(people.dora)

    assert [browser.get(path).status_code for _ in range(3)] == [200] * 3
    assert Invitation.objects.get().accepted_at is None


@pytest.mark.django_db
def test_a_weak_password_does_not_use_the_link(people, invite):
    path = invite(people.dora)

    response = cast.browser().post(path, NEW | {"password": "bia@example.com"})

    assert response.status_code == 422
    assert not User.objects.filter(email="bia@example.com").exists()


@pytest.mark.django_db
def test_somebody_who_has_an_account_signs_in_and_joins(people, stranger, invite, client_as):
    path = invite(people.dora, email=stranger.user.email)
    assert "sign in as" in cast.browser().get(path).content.decode()
    assert "sign in as" in cast.browser().post(path, NEW).content.decode()
    browser = client_as(stranger)

    response = browser.post(path)

    assert response.status_code == 303
    assert browser.get("/settings/profile/").context["request"].workspace.pk == people.workspace.pk


@pytest.mark.django_db
def test_the_wrong_person_does_not_join(people, stranger, invite, client_as):
    response = client_as(stranger).post(invite(people.dora))

    assert response.status_code == 403
    assert Membership.objects.count() == 4


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["1x" + "a" * 26, "nonsense", "9" * 30 + "x" + "a" * 26])
def test_a_made_up_link_is_closed(people, text):
    assert cast.browser().get(f"/invitations/{text}/").status_code == 404


@pytest.mark.django_db
def test_inviting_a_member_says_so(people, client_as):
    response = client_as(people.dora).post(
        "/settings/people/invitation/", {"email": people.bruno.user.email, "role": "member", "team": ""}
    )

    assert response.status_code == 422
    assert "member already" in response.content.decode()


@pytest.mark.django_db
def test_taking_an_invitation_back_closes_its_link(people, invite, client_as):
    path = invite(people.dora)

    client_as(people.ana).post(f"/settings/people/invitations/{Invitation.objects.get().pk}/revocation/")

    assert cast.browser().get(path).status_code == 404


@pytest.mark.django_db
def test_without_a_mail_server_administrators_read_the_letters(
    people, invite, client_as, queued_mail, do_jobs
):
    path = invite(people.dora)

    do_jobs()

    page = client_as(people.dora).get("/settings/mail/")
    assert path in page.content.decode()
    assert client_as(people.bruno).get("/settings/mail/").status_code == 404


@pytest.mark.django_db
def test_letters_that_make_owners_are_read_by_owners(people, invite, client_as, queued_mail, do_jobs):
    path = invite(people.ana, role="owner")

    do_jobs()

    assert path in client_as(people.ana).get("/settings/mail/").content.decode()
    assert path not in client_as(people.dora).get("/settings/mail/").content.decode()


@pytest.mark.django_db
def test_letters_of_others_and_about_passwords_are_not_shown(
    people, stranger, invite, client_as, queued_mail, do_jobs
):
    invite(stranger)
    cast.browser().post("/accounts/password/reset/", {"email": people.ana.user.email})

    do_jobs()

    assert len(list(queued_mail.glob("*.eml"))) == 2
    assert client_as(people.ana).get("/settings/mail/").context["letters"] == []


@pytest.mark.django_db
def test_with_a_mail_server_no_letters_are_shown(people, client_as, settings):
    settings.MAIL_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"

    assert not mail.is_written_to_files()
    assert client_as(people.ana).get("/settings/mail/").context["letters"] is None
