"""A new password by e-mail, and what a change of password or e-mail ends (S-13)."""

from __future__ import annotations

import re
from email import message_from_bytes, policy

import pytest
import time_machine
from allauth.account.models import EmailAddress

from afluente.accounts.models import User
from afluente.kernel import clock
from afluente.kernel.models import Job
from tests import cast, make

RESET = "/accounts/password/reset/"
NEW = "outra-correnteza-8"


def user():
    """Marina, as she is now."""
    return User.objects.get(name="Marina Couto")


def ask(email):
    return cast.browser().post(RESET, {"email": email})


def letters(folder):
    found = [
        message_from_bytes(file.read_bytes(), policy=policy.default) for file in sorted(folder.glob("*.eml"))
    ]
    return [(str(letter["To"]), letter.get_body().get_content()) for letter in found]


@pytest.fixture
def link(marina, queued_mail, do_jobs):
    """The path of a fresh link."""
    ask("marina@example.com")
    do_jobs()
    ((_, body),) = letters(queued_mail)
    return re.search(r"http://testserver(\S+)", body).group(1)


def choose(path, password=NEW):
    browser = cast.browser()
    page = browser.get(path, follow=True)
    if page.context.get("token_fail"):
        return None
    browser.post(page.redirect_chain[-1][0], {"password1": password})
    return browser


@pytest.mark.django_db
def test_the_answer_and_the_work_are_the_same_for_everybody(marina, queued_mail):
    known, unknown = ask("marina@example.com"), ask("nobody@example.com")

    assert known.status_code == unknown.status_code == 302
    assert known["Location"] == unknown["Location"]
    assert list(Job.objects.values_list("name", flat=True)) == ["accounts.new_password_letter"] * 2
    assert "marina" not in str(list(Job.objects.values_list("args", flat=True)))


@pytest.mark.django_db
def test_only_people_who_exist_get_a_letter(marina, queued_mail, do_jobs):
    for email in ("marina@example.com", "nobody@example.com"):
        ask(email)

    do_jobs()

    assert [to for to, _ in letters(queued_mail)] == ["marina@example.com"]


@pytest.mark.django_db
def test_the_link_leads_to_our_address_whatever_the_request_says(marina, queued_mail, do_jobs):
    cast.browser(headers={"host": "evil.example"}).post(RESET, {"email": "marina@example.com"})

    do_jobs()

    ((_, body),) = letters(queued_mail)
    assert "http://testserver/accounts/password/reset/key/" in body
    assert "evil" not in body


@pytest.mark.django_db
def test_a_new_password_is_chosen_and_opens_the_door(link):
    browser = choose(link)

    assert user().check_password(NEW)
    assert "_auth_user_id" in browser.session


@pytest.mark.django_db
def test_the_link_works_once(link):
    choose(link)

    assert choose(link, "a-third-password-9") is None
    assert user().check_password(NEW)


@pytest.mark.django_db
def test_the_link_dies_after_an_hour(link):
    with time_machine.travel(clock.now().timestamp() + 3700, tick=True):
        assert choose(link) is None

    assert user().check_password(make.PASSWORD)


@pytest.mark.django_db
def test_the_link_dies_when_the_password_changes(marina, link):
    marina.user.set_password("changed-meanwhile-1")
    marina.user.save()

    assert choose(link) is None


@pytest.mark.django_db
def test_the_link_dies_when_the_email_changes(marina, link):
    EmailAddress.objects.filter(user=marina.user).update(email="marina@other.example")
    User.objects.filter(pk=marina.user_id).update(email="marina@other.example")

    assert choose(link) is None


@pytest.mark.django_db
def test_the_link_dies_when_the_person_is_closed(marina, link):
    User.objects.filter(pk=marina.user_id).update(is_active=False)

    browser = choose(link)

    assert browser is None or "_auth_user_id" not in browser.session


@pytest.mark.django_db
def test_changing_the_password_signs_out_everywhere_else(marina, client_as):
    here, there = client_as(marina), client_as(marina)
    page = here.get("/accounts/password/change/")
    assert page.status_code == 200

    here.post("/accounts/password/change/", {"oldpassword": make.PASSWORD, "password1": NEW})

    assert user().check_password(NEW)
    assert here.get("/settings/security/").status_code == 200
    assert there.get("/settings/security/").url.startswith("/accounts/login/")


@pytest.mark.django_db
def test_a_weak_new_password_is_refused(marina, client_as):
    response = client_as(marina).post(
        "/accounts/password/change/", {"oldpassword": make.PASSWORD, "password1": "short"}
    )

    assert "password1" in response.context["form"].errors
    assert user().check_password(make.PASSWORD)


@pytest.mark.django_db
def test_the_email_changes_when_its_link_is_opened(marina, client_as, queued_mail, do_jobs):
    browser = client_as(marina)
    browser.post("/accounts/email/", {"email": "new@example.com", "action_add": ""})
    assert user().email == "marina@example.com"
    do_jobs()
    body = next(body for to, body in letters(queued_mail) if to == "new@example.com")
    path = re.search(r"http://testserver(\S+)", body).group(1)

    browser.post(path)

    assert user().email == "new@example.com"
    kept = EmailAddress.objects.filter(user=marina.user).values_list("email", "primary", "verified")
    assert list(kept) == [("new@example.com", True, True)]
