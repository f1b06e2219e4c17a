"""The first page of an installation."""

from __future__ import annotations

import pytest

from afluente.accounts.models import Membership, User
from afluente.kernel.workspace import scope
from tests import cast, make

FORM = {
    "name": "Marina Couto",
    "email": "marina@example.com",
    "password": make.PASSWORD,
    "workspace_name": "Estúdio Maré",
    "country": "BR",
    "language": "pt-br",
    "start": "empty",
}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/", "/contacts/", "/settings/", "/accounts/login/", "/accounts/password/reset/"]
)
def test_every_page_leads_to_the_first_run_while_nobody_exists(path):
    response = cast.browser().get(path)

    assert (response.status_code, response["Location"]) == (302, "/setup/")


@pytest.mark.django_db
def test_doors_for_programs_stay_where_they_are():
    assert cast.browser().get("/healthz").status_code != 302


@pytest.mark.django_db
def test_the_first_run_makes_a_workspace_and_signs_its_owner_in():
    browser = cast.browser()
    assert browser.get("/setup/").status_code == 200

    response = browser.post("/setup/", FORM)

    assert (response.status_code, response["Location"]) == (303, "/")
    user = User.objects.get()
    workspace_id = browser.session["workspace_id"]
    with scope(workspace_id):
        assert Membership.objects.get(user=user).role == "owner"
    assert browser.get("/settings/workspace/").context["request"].workspace.name == "Estúdio Maré"


@pytest.mark.django_db
def test_once_set_up_the_page_leads_to_sign_in(workspace, marina):
    browser, before = cast.browser(), User.objects.count()

    for response in (browser.get("/setup/"), browser.post("/setup/", FORM)):
        assert (response.status_code, response["Location"]) == (302, "/accounts/login/")
    assert User.objects.count() == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "marina@"),
        ("password", "marina"),
        ("password", "marina@example.com"),
        ("name", ""),
        ("country", "XX"),
        ("workspace_name", ""),
    ],
)
def test_a_wrong_answer_names_its_field_and_makes_nothing(field, value):
    response = cast.browser().post("/setup/", FORM | {field: value})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert User.objects.count() == 0


@pytest.mark.django_db
def test_the_browsers_language_suggests_the_country():
    form = cast.browser(headers={"accept-language": "pl"}).get("/setup/").context["form"]

    assert (form.initial["language"], form.initial["country"]) == ("pl", "PL")
