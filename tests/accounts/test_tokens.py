"""Keys for other programs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from afluente.accounts import selectors, services
from afluente.accounts.models import ApiToken
from afluente.accounts.selectors.audit import audit_page
from afluente.kernel import clock
from afluente.kernel.workspace import scope
from tests import cast


@pytest.mark.django_db
def test_a_token_names_its_workspace_and_opens_it(people):
    token, text = services.create_token(name="Site", scopes=["leads:write", "leads:write"], by=people.ana)

    assert text.startswith(f"af_{people.workspace.pk}_")
    assert selectors.token_workspace_id(text) == people.workspace.pk
    found = selectors.authenticate_token(text)
    assert found == token
    assert found.scopes == ["leads:write"]
    assert found.workspace == people.workspace


@pytest.mark.django_db
def test_the_text_of_a_token_is_not_kept(people):
    token, text = services.create_token(name="Site", scopes=["leads:write"], by=people.ana)

    assert text not in str(ApiToken.objects.values().get())
    assert token.hint == text[-4:]


@pytest.mark.django_db
def test_a_revoked_an_expired_and_a_wrong_token_open_nothing(people):
    revoked, revoked_text = services.create_token(name="A", scopes=["leads:write"], by=people.ana)
    services.revoke_token(token=revoked)
    expired, expired_text = services.create_token(
        name="B", scopes=["leads:write"], by=people.ana, expires_in=timedelta(days=1)
    )
    assert selectors.authenticate_token(expired_text) == expired
    ApiToken.objects.filter(pk=expired.pk).update(expires_at=clock.now())

    for text in (revoked_text, expired_text, revoked_text[:-1] + "0", "af_1_x", ""):
        assert selectors.authenticate_token(text) is None


@pytest.mark.django_db
def test_revoking_twice_keeps_the_first_moment(people):
    token, _ = services.create_token(name="A", scopes=["leads:write"], by=people.ana)

    first = services.revoke_token(token=token).revoked_at

    assert services.revoke_token(token=token).revoked_at == first


@pytest.mark.django_db
def test_an_unknown_scope_makes_no_token(people):
    with pytest.raises(services.UnknownScopeError, match="everything"):
        services.create_token(name="A", scopes=["leads:write", "everything"], by=people.ana)

    assert ApiToken.objects.count() == 0


@pytest.mark.django_db
def test_another_workspaces_token_opens_nothing_here(people, stranger):
    with cast.outside(), scope(stranger.workspace_id):
        _, text = services.create_token(name="Theirs", scopes=["leads:write"], by=stranger)

    assert selectors.authenticate_token(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "af_",
        "af__x",
        "af_1_",
        "af_x_y",
        "bf_1_x",
        "af_\u0661_x",
        "af_-1_x",
        "af_" + "9" * 19 + "_x",
        "af_1_" + "x" * 99,
    ],
)
def test_a_text_that_is_no_token_names_no_workspace(text):
    assert selectors.token_workspace_id(text) is None


@pytest.mark.django_db
def test_use_is_noted_to_the_minute(people, django_assert_num_queries):
    token, text = services.create_token(name="A", scopes=["leads:write"], by=people.ana)

    services.note_token_use(token=token)

    noted = selectors.authenticate_token(text)
    assert noted.last_used_at is not None
    with django_assert_num_queries(0):
        services.note_token_use(token=noted)


def test_the_log_says_in_words_what_a_token_may_do(people):
    services.create_token(name="Site", scopes=["leads:write", "tasks:read"], by=people.ana)

    line = audit_page(member=people.ana).lines[0]

    assert line.changes == ["It may: Send leads, Read tasks"]
