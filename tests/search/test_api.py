"""One question to everything, for other programs."""

from __future__ import annotations

import pytest

from afluente.accounts import services as accounts
from afluente.contacts.statements import search as index
from tests import cast, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(people):
    def asked(query, *, scopes=("contacts:read", "deals:read"), by=people.ana):
        text = accounts.create_token(name="Site", scopes=scopes, by=by)[1]
        answer = cast.Browser().get(f"/api/v1/search{query}", headers={"Authorization": f"Bearer {text}"})
        return answer.status_code, answer.json()

    return asked


def test_everything_a_token_may_read_is_found(ask, people):
    lia = make.contact(name="Lia Prado", emails=("lia@example.com",), assignee=people.ana)
    index.index_contacts([lia.pk])
    deal = make.deal(name="Cozinha", contacts=(lia,))

    def found(*args, **kwargs):
        return [(one["kind"], one["id"]) for one in ask(*args, **kwargs)[1]["items"]]

    assert found("?q=lia") == [("contacts", lia.pk), ("deals", deal.pk)]
    assert found("?q=lia", scopes=("contacts:read",)) == [("contacts", lia.pk)]
    assert found("?q=lia&kind=deals") == [("deals", deal.pk)]
    assert found("?q=lia", by=people.bruno) == []
    assert ask("?q=lia")[1]["items"][0]["note"] == "lia@example.com"


@pytest.mark.parametrize("query", ["", "?q=", "?q=x&kind=rooms", "?q=x&limit=51"])
def test_a_question_that_is_none_is_refused(ask, query):
    status, answer = ask(query)

    assert (status, answer["error"]["code"]) == (422, "invalid")


def test_without_a_scope_nothing_is_asked(ask):
    assert ask("?q=lia", scopes=("deals:read",))[0] == 403
