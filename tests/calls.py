"""The API as a token of somebody sees it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from afluente.accounts.models import ApiToken
from afluente.kernel import clock, ids
from tests import cast

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from afluente.accounts.models import Membership


def token_of(member: Membership, scopes: Sequence[str]) -> str:
    """A new token that `member` made, inside the scope of their workspace."""
    secret = f"af_{member.workspace_id}_{ids.random_text(32)}"
    ApiToken.objects.create(
        name="Site",
        digest=ids.digest(secret),
        hint="x",
        scopes=list(scopes),
        created_by=member,
        created_at=clock.now(),
    )
    return secret


def caller(owner: Membership, usual: Sequence[str]) -> Callable[..., tuple[int, Any]]:
    """`call("GET", "/contacts")` with a token of the owner and the usual scopes, unless told otherwise."""

    def call(
        method: str, path: str, body: Any = None, *, as_: Membership = owner, scopes: Sequence[str] = usual
    ) -> tuple[int, Any]:
        answer = cast.Browser().generic(
            method,
            f"/api/v1{path}",
            data=json.dumps(body) if body is not None else "",
            content_type="application/json",
            headers={"Authorization": f"Bearer {token_of(as_, scopes)}"},
        )
        return answer.status_code, answer.json() if answer.content else None

    return call
