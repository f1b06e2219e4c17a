"""The people of the tests: Ana owns, Bruno is on the team, Carla is on another team, Dora administers.

All four work in one workspace, Estúdio Maré. `stranger` works in another one.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from allauth.usersessions.models import UserSession
from django.test import Client

from afluente.accounts.models import Membership, Reach, Role, Team, Workspace
from afluente.kernel import workspace as kernel_workspace
from afluente.kernel.workspace import scope
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Cast:
    """Everybody, and the teams they are in."""

    workspace: Workspace
    sales: Team
    courses: Team
    ana: Membership
    bruno: Membership
    carla: Membership
    dora: Membership


def assemble(workspace: Workspace) -> Cast:
    """Put the four people into `workspace`, whose scope must be open."""
    sales, courses = make.team(name="Sales"), make.team(name="Courses")
    return Cast(
        workspace=workspace,
        sales=sales,
        courses=courses,
        ana=make.member(name="Ana Souza", role=Role.OWNER, team=sales),
        bruno=make.member(name="Bruno Lima", role=Role.MEMBER, reach=Reach.OWN, team=sales),
        carla=make.member(name="Carla Dias", role=Role.MEMBER, reach=Reach.TEAM, team=courses),
        dora=make.member(name="Dora Nunes", role=Role.ADMIN),
    )


def stranger() -> Membership:
    """The owner of another workspace, «Oficina Norte». Call it outside every scope."""
    elsewhere = make.workspace(name="Oficina Norte")
    with scope(elsewhere.pk):
        return make.member(name="Estela Ramos", role=Role.OWNER)


@contextmanager
def outside() -> Iterator[None]:
    """Leave the scope of the test for a moment, as a request or another process would find things."""
    present = kernel_workspace._current.get()
    token = kernel_workspace._current.set(None)
    if present is not None:
        kernel_workspace.set_local("app.ws", "")
    try:
        yield
    finally:
        kernel_workspace._current.reset(token)
        if present is not None:
            kernel_workspace.set_local("app.ws", str(present))


class Browser(Client):
    """Django's test client, whose requests start outside the scope of the test."""

    def request(self, **request: Any) -> Any:
        with outside():
            return super().request(**request)


def browser(member: Membership | None = None, **defaults: Any) -> Browser:
    """A browser, signed in as `member` when one is given, in that member's workspace."""
    made = Browser(**defaults)
    if member is not None:
        made.force_login(member.user)
        session = made.session
        session["workspace_id"] = member.workspace_id
        session.save()
        UserSession.objects.create(  # as signing in by the page does
            user=member.user, session_key=session.session_key, ip="127.0.0.1", user_agent="tests"
        )
    return made
