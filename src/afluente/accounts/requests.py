"""The request of a signed-in member, as views may rely on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.http import HttpRequest

if TYPE_CHECKING:
    from afluente.accounts.models import ApiToken, Membership, User, Workspace
    from afluente.accounts.selectors import Place

SESSION_KEY = "workspace_id"  # where a session keeps the workspace its person is in
VIEWED_KEY = "viewed_as"  # and there the member through whose eyes they look, if any


class Request(HttpRequest):
    """Set by WorkspaceMiddleware; the view runs inside `scope(workspace.id)`."""

    user: User
    member: Membership
    workspace: Workspace
    places: list[Place]  # workspaces of the person, when they were asked for on the way in
    viewer: Membership | None  # who really looks, while `member` is somebody they view as


class Call(HttpRequest):
    """Set by config.gate; the operation runs inside the scope of the token's workspace."""

    token: ApiToken


def token_of(request: HttpRequest) -> ApiToken:
    """The token of a call of the API."""
    return cast("Call", request).token


def member_of(request: HttpRequest) -> Membership:
    """Whoever made the token of a call of the API: it may what they may, and sees what they see."""
    return token_of(request).created_by
