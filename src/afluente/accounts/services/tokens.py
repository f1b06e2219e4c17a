"""API tokens of the present workspace."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from afluente.accounts.models import ApiToken, Membership, Scope
from afluente.accounts.services.audit import record_audit
from afluente.kernel import clock, ids
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from collections.abc import Iterable

NOTED_EVERY = timedelta(minutes=1)  # how exact «last used» is; each note is a write
_SECRET_CHARS = 40  # 200 bits


class UnknownScopeError(Exception):
    """The first argument is a scope that does not exist."""


def create_token(
    *, name: str, scopes: Iterable[str], by: Membership, expires_in: timedelta | None = None
) -> tuple[ApiToken, str]:
    """Make a key for another program; the second value is its text, which nobody sees again.

    The key acts in this workspace, within `scopes`, until it is revoked, it expires, or `by` is
    deactivated. Raises UnknownScopeError.
    """
    wanted = list(dict.fromkeys(scopes))
    for scope in wanted:
        if scope not in Scope.values:
            raise UnknownScopeError(scope)
    text = f"af_{current_workspace_id()}_{ids.random_text(_SECRET_CHARS)}"
    now = clock.now()
    token = ApiToken.objects.create(
        name=name.strip(),
        digest=ids.digest(text),
        hint=text[-4:],
        scopes=wanted,
        created_by=by,
        expires_at=now + expires_in if expires_in else None,
    )
    record_audit(kind="token.made", by=by, subject=token.name, after={"scopes": wanted})
    return token, text


def revoke_token(*, token: ApiToken, by: Membership | None = None) -> ApiToken:
    """Make a key useless from its next request on. Revoking twice keeps the first moment."""
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=clock.now()):
        record_audit(kind="token.revoked", by=by, subject=token.name)
    token.refresh_from_db()
    return token


def note_token_use(*, token: ApiToken) -> None:
    """Remember that `token` was used, to the minute."""
    now = clock.now()
    if token.last_used_at and now - token.last_used_at < NOTED_EVERY:
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - NOTED_EVERY)
    ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)
