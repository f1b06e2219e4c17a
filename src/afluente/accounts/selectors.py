"""Reads about people and workspaces."""

from __future__ import annotations

from django.db import transaction

from afluente.accounts import statements
from afluente.accounts.models import Membership, User, Workspace
from afluente.kernel.workspace import set_local


def membership(*, user: User) -> Membership | None:
    """`user`'s active membership of the current workspace, with user, workspace and team at hand."""
    return (
        Membership.objects.active()
        .select_related("user", "workspace", "team")
        .filter(user_id=user.pk)
        .first()
    )


def first_workspace_id(*, user: User) -> int | None:
    """The oldest workspace in which `user` is active; None when there is none."""
    workspaces = workspaces_of(user=user)
    return workspaces[0].pk if workspaces else None


def workspaces_of(*, user: User) -> list[Workspace]:
    """The workspaces in which `user` is active, oldest first.

    Runs outside any workspace: the policies of workspace and membership also show a person their
    own rows, told by the setting `app.user`.
    """
    with transaction.atomic():
        set_local("app.user", str(user.pk))
        ids = statements.member_workspace_ids(user.pk)
        found = list(Workspace.objects.filter(pk__in=ids).order_by("pk"))
        set_local("app.user", "")
    return found
