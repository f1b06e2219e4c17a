"""The API as a token of somebody sees it."""

import json

import pytest

from afluente.accounts.models import ApiToken
from afluente.kernel import clock, ids
from tests import cast


@pytest.fixture
def call(people):
    """`call("GET", "/contacts")` with a token of the owner; `as_` for one of somebody else."""

    def make_call(method, path, body=None, *, as_=people.ana, scopes=("contacts:read", "contacts:write")):
        secret = f"af_{people.workspace.pk}_{ids.random_text(32)}"
        ApiToken.objects.create(
            name="Site",
            digest=ids.digest(secret),
            hint="x",
            scopes=list(scopes),
            created_by=as_,
            created_at=clock.now(),
        )
        answer = cast.Browser().generic(
            method,
            f"/api/v1{path}",
            data=json.dumps(body) if body is not None else "",
            content_type="application/json",
            headers={"Authorization": f"Bearer {secret}"},
        )
        return answer.status_code, answer.json() if answer.content else None

    return make_call
