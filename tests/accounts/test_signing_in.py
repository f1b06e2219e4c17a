"""Sign-in, its limits, and that it tells nobody who exists (S-13)."""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afluente.accounts import services
from afluente.accounts.models import User
from afluente.accounts.services import signing_in
from afluente.kernel.limits import Limit
from afluente.kernel.workspace import scope
from tests import cast, make

LOGIN = "/accounts/login/"


def sign_in(browser, email="marina@example.com", password=make.PASSWORD, **rest):
    return browser.post(LOGIN, {"login": email, "password": password} | rest)


def text_of(response, *hidden):
    body = response.content.decode()
    for value in (*hidden, response.context["csrf_token"]):
        body = body.replace(str(value), "·")
    return body


@pytest.mark.django_db
def test_a_person_signs_in_and_lands_in_their_workspace(marina, visitor):
    response = sign_in(visitor)

    assert (response.status_code, response["Location"]) == (302, "/")
    assert visitor.session["workspace_id"] == marina.workspace_id


@pytest.mark.django_db
def test_signing_in_changes_the_session(marina, visitor):
    visitor.get(LOGIN)
    before = visitor.session.session_key

    sign_in(visitor)

    assert visitor.session.session_key != before


@pytest.mark.django_db
def test_a_wrong_password_and_an_unknown_person_get_the_same_answer(marina, visitor):
    wrong = sign_in(visitor, password="wrong-wrong-wrong")
    unknown = sign_in(cast.browser(), email="nobody@example.com", password="wrong-wrong-wrong")

    assert wrong.status_code == unknown.status_code == 200
    assert text_of(wrong, "marina@example.com") == text_of(unknown, "nobody@example.com")


@pytest.mark.django_db
def test_next_leads_nowhere_else(marina):
    for target in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"):
        assert sign_in(cast.browser(), next=target)["Location"] == "/"
    assert sign_in(cast.browser(), next="/contacts/")["Location"] == "/contacts/"


@pytest.mark.django_db
def test_nobody_signs_up(marina, visitor):
    visitor.post("/accounts/signup/", {"email": "x@example.com", "password1": make.PASSWORD})

    assert not User.objects.filter(email="x@example.com").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("email", ["marina@example.com", "nobody@example.com"])
def test_guessing_is_stopped_alike_for_people_who_exist_and_who_do_not(marina, visitor, email):
    answers = [sign_in(visitor, email=email, password=f"wrong-{n}-wrong") for n in range(10)]

    refused = ["Too many tries" in answer.content.decode() for answer in answers]
    assert refused == [False] * 8 + [True] * 2
    assert "Too many tries" in sign_in(visitor, email=email).content.decode()


@pytest.mark.django_db
def test_a_guesser_elsewhere_does_not_lock_the_person_out(marina, visitor, monkeypatch):
    monkeypatch.setattr(signing_in, "TO_PERSON", Limit("signin-person", most=6, seconds=3600))
    sign_in(visitor)
    visitor.post("/accounts/logout/")
    for number in range(8):
        sign_in(cast.browser(REMOTE_ADDR=f"203.0.113.{number}"), password="wrong-wrong-wrong")
    stranger = sign_in(cast.browser(REMOTE_ADDR="198.51.100.1"))

    assert "Too many tries" in stranger.content.decode()  # even with the right password
    assert sign_in(visitor)["Location"] == "/"  # in her own browser she comes in


@pytest.mark.django_db
def test_a_device_cookie_is_good_for_one_person_only(marina):
    cookie = services.new_device(email="marina@example.com")

    assert services.known_device(cookie, email="MARINA@example.com")
    assert services.known_device(cookie, email="ana@example.com") is None
    assert services.known_device(cookie[:-2] + "xx", email="marina@example.com") is None
    assert services.known_device("", email="marina@example.com") is None


@pytest.mark.django_db
def test_right_passwords_do_not_use_up_the_tries(marina):
    for _ in range(12):
        assert sign_in(cast.browser())["Location"] == "/"


@pytest.mark.django_db
def test_forgetting_the_browser_ends_the_session_with_it(marina, visitor):
    sign_in(visitor)
    assert visitor.session.get_expire_at_browser_close()

    kept = cast.browser()
    sign_in(kept, remember="on")
    assert not kept.session.get_expire_at_browser_close()


@pytest.mark.django_db
def test_signing_out_needs_a_post(marina, visitor):
    sign_in(visitor)

    visitor.get("/accounts/logout/")
    assert "_auth_user_id" in visitor.session
    visitor.post("/accounts/logout/")
    assert "_auth_user_id" not in visitor.session


@pytest.mark.django_db
def test_somebody_who_is_a_member_nowhere_is_told_so_and_can_leave(workspace, marina):
    loner = make.user(email="loner@example.com", password=make.PASSWORD)
    browser = cast.browser()
    sign_in(browser, email=loner.email)

    assert browser.get("/")["Location"] == "/no-workspace/"
    assert loner.email in browser.get("/no-workspace/").content.decode()
    assert browser.post("/accounts/logout/").status_code == 302


@pytest.mark.django_db
def test_a_closed_account_cannot_sign_in(marina, visitor):
    User.objects.update(is_active=False)

    sign_in(visitor)

    assert "_auth_user_id" not in visitor.session


@pytest.mark.django_db
def test_moving_to_another_workspace(people, stranger, client_as):
    with cast.outside(), scope(stranger.workspace_id):
        make.member(user=people.ana.user)
    browser = client_as(people.ana)

    assert browser.post(f"/workspaces/{stranger.workspace_id}/entry/")["Location"] == "/"
    assert browser.get("/settings/profile/").context["request"].workspace.pk == stranger.workspace_id
    assert client_as(people.bruno).post(f"/workspaces/{stranger.workspace_id}/entry/").status_code == 404


@pytest.mark.django_db
def test_a_known_and_an_unknown_person_cost_the_same_work(marina, monkeypatch):
    """Timing is not asserted here: the same queries and the same number of hashes are."""
    hashes = []
    for name in ("encode", "verify"):
        real = getattr(Argon2PasswordHasher, name)
        monkeypatch.setattr(
            Argon2PasswordHasher, name, lambda *args, real=real: (hashes.append(1), real(*args))[1]
        )

    def work(email):
        hashes.clear()
        with CaptureQueriesContext(connection) as queries:
            sign_in(cast.browser(), email=email, password="wrong-wrong-wrong")
        return len(queries), len(hashes)

    work("warm-up@example.com")

    assert work("marina@example.com") == work("nobody@example.com")
