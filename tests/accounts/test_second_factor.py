"""The second factor, from turning it on to the lost phone (S-13)."""

from __future__ import annotations

import time

import pytest
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

from tests import cast, make

ON = "/accounts/2fa/totp/activate/"
CODES = "/accounts/2fa/recovery-codes/"


def code_for(secret):
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def next_code(secret):
    """The code of the next half minute, which the server takes as well (a phone may be ahead)."""
    counter = int(time.time()) // app_settings.TOTP_PERIOD + 1
    return format_hotp_value(hotp_value(secret, counter))


def sign_in(email="marina@example.com"):
    browser = cast.browser()
    browser.post("/accounts/login/", {"login": email, "password": make.PASSWORD})
    return browser


def prove(browser):
    """Answer the question that comes before a change which is for this person alone."""
    browser.post("/accounts/reauthenticate/", {"password": make.PASSWORD})


@pytest.fixture
def factor(marina):
    """A browser in which Marina has turned it on, and the secret of her app."""
    browser = sign_in()
    prove(browser)
    secret = browser.get(ON).context["form"].secret
    browser.post(ON, {"code": code_for(secret)})
    assert Authenticator.objects.filter(user=marina.user, type="totp").exists()
    return browser, secret


@pytest.mark.django_db
def test_turning_it_on_needs_a_proof_of_who_asks(marina, client_as):
    response = client_as(marina).get(ON)

    assert response.url.startswith("/accounts/reauthenticate/")


@pytest.mark.django_db
def test_a_wrong_code_turns_nothing_on(marina):
    browser = sign_in()
    prove(browser)
    browser.get(ON)

    browser.post(ON, {"code": "000000"})

    assert Authenticator.objects.count() == 0


@pytest.mark.django_db
def test_the_key_is_kept_sealed(marina, factor):
    _, secret = factor

    assert secret not in str(Authenticator.objects.values())


@pytest.mark.django_db
def test_the_password_alone_no_longer_opens(marina, factor):
    browser = sign_in()

    assert browser.get("/settings/profile/").url.startswith("/accounts/login/")
    assert "_auth_user_id" not in browser.session


@pytest.mark.django_db
def test_the_code_of_the_app_opens_once(marina, factor):
    _, secret = factor
    Authenticator.objects.filter(type="totp").update(last_used_at=None)
    code = next_code(secret)
    first, second = sign_in(), sign_in()

    first.post("/accounts/2fa/authenticate/", {"code": code})
    second.post("/accounts/2fa/authenticate/", {"code": code})

    assert "_auth_user_id" in first.session
    assert "_auth_user_id" not in second.session


@pytest.mark.django_db
def test_guessing_codes_is_stopped(marina, factor):
    browser = sign_in()

    pages = [browser.post("/accounts/2fa/authenticate/", {"code": f"{n:06}"}) for n in range(12)]

    assert "Too many tries" in pages[-1].content.decode()


@pytest.mark.django_db
def test_a_recovery_code_opens_once(marina, factor):
    browser, _ = factor
    if not Authenticator.objects.filter(type="recovery_codes").exists():
        browser.post(f"{CODES}generate/")
    code = browser.get(CODES).context["unused_codes"][0]
    first, second = sign_in(), sign_in()

    first.post("/accounts/2fa/authenticate/", {"code": code})
    second.post("/accounts/2fa/authenticate/", {"code": code})

    assert "_auth_user_id" in first.session
    assert "_auth_user_id" not in second.session


@pytest.mark.django_db
def test_turning_it_off(marina, factor):
    browser, _ = factor

    browser.post("/accounts/2fa/totp/deactivate/")

    assert Authenticator.objects.count() == 0
    assert "_auth_user_id" in sign_in().session


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/accounts/2fa/", CODES, f"{CODES}generate/", "/accounts/2fa/totp/deactivate/"]
)
def test_its_pages_are_drawn(factor, path):
    browser, _ = factor
    if not Authenticator.objects.filter(type="recovery_codes").exists():
        browser.post(f"{CODES}generate/")

    assert browser.get(path).status_code == 200


@pytest.mark.django_db
def test_a_mistyped_code_can_be_corrected(marina):
    browser = sign_in()
    prove(browser)
    secret = browser.get(ON).context["form"].secret

    again = browser.post(ON, {"code": "000000"})
    browser.post(ON, {"code": code_for(again.context["form"].secret)})

    assert again.context["form"].secret == secret
    assert Authenticator.objects.filter(user=marina.user, type="totp").exists()
