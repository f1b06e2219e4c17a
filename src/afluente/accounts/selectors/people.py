"""Reads about people and workspaces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Lower

from afluente.accounts import policies, statements
from afluente.accounts.models import ApiToken, Invitation, Membership, Team, User
from afluente.kernel import clock, ids

if TYPE_CHECKING:
    from django.db.models import QuerySet

_LONGEST_NUMBER = 18  # digits of a workspace's number that fit its column
_LONGEST_TOKEN = 80


def membership(*, user: User) -> Membership | None:
    """`user`'s active membership of the current workspace, with workspace and role at hand."""
    found: Membership | None = (
        Membership.objects.active().select_related("workspace", "custom_role").filter(user_id=user.pk).first()
    )
    if found is not None:
        found.user = user
    return found


def first_workspace_id(*, user: User) -> int | None:
    """The oldest workspace in which `user` is active; None when there is none."""
    workspaces = workspaces_of(user=user)
    return workspaces[0].pk if workspaces else None


@dataclass(frozen=True)
class Place:
    """A workspace that a person may enter."""

    pk: int
    name: str


def workspaces_of(*, user: User) -> list[Place]:
    """The workspaces in which `user` is active, oldest first.

    Needs no workspace scope: the policies of workspace and membership also show a person their own
    rows, told by the setting `app.user`.
    """
    if not user.is_active:
        return []
    # Every page asks: a savepoint would cost as much as the question.
    with transaction.atomic(savepoint=False):
        found = statements.member_workspaces(user.pk)
    return [Place(*row) for row in found]


def people_exist() -> bool:
    """Whether this installation was set up: without people, every page leads to the first run."""
    return User.objects.exists()


def is_still_active(user_id: int, session_key: str) -> bool:
    """Whether a stream opened by this person in this session may stay open.

    Ask it inside the stream's workspace whenever the stream is woken: it needs an active person
    with an active membership here, and a session that nobody has ended.
    """
    return (
        Membership.objects.active().filter(user_id=user_id).exists()
        and Session.objects.filter(session_key=session_key, expire_date__gt=clock.now()).exists()
    )


def sessions_of(*, user: User) -> list[UserSession]:
    """Where `user` is signed in, the latest first. Sessions that have ended are left out."""
    alive = Session.objects.filter(expire_date__gt=clock.now()).values("session_key")
    return list(UserSession.objects.filter(user=user, session_key__in=alive).order_by("-created_at"))


def token_workspace_id(text: str) -> int | None:
    """The workspace named by an API token's text; None when the text is no such token.

    It only reads the text: whether the token is good is said by `authenticate_token`, inside it.
    """
    head, _, rest = text.partition("_")
    number, _, secret = rest.partition("_")
    is_number = number.isascii() and number.isdigit() and len(number) <= _LONGEST_NUMBER
    return int(number) if head == "af" and is_number and secret and len(text) <= _LONGEST_TOKEN else None


def authenticate_token(text: str) -> ApiToken | None:
    """The token of this text, when it is good now: not revoked, not expired, its maker still active.

    Ask it inside `scope(token_workspace_id(text))`; it opens no scope itself.
    """
    return (
        ApiToken.objects.filter(Q(expires_at=None) | Q(expires_at__gt=clock.now()))
        .filter(
            digest=ids.digest(text),
            revoked_at=None,
            created_by__is_active=True,
            created_by__user__is_active=True,
        )
        .select_related("created_by__user", "created_by__custom_role", "workspace")
        .first()
    )


def open_invitation(text: str) -> Invitation | None:
    """The invitation behind a letter's text, while it can be accepted. Ask inside its workspace."""
    return (
        open_invitations(
            Invitation.objects.select_related("invited_by__user", "workspace", "team", "custom_role")
        )
        .filter(digest=ids.digest(text))
        .first()
    )


def open_invitations(invitations: QuerySet[Invitation]) -> QuerySet[Invitation]:
    """Those of `invitations` that can still be accepted, the newest first."""
    return invitations.filter(accepted_at=None, revoked_at=None, expires_at__gt=clock.now()).order_by("-pk")


def person(*, email: str) -> User | None:
    """The person who signs in with `email`, in whatever case it is written."""
    return User.objects.alias(folded=Lower("email")).filter(folded=email.strip().lower()).first()


def listed_tokens(*, member: Membership) -> list[ApiToken]:
    """The tokens `member` may manage: those that work first, each group newest first."""
    found = policies.tokens_managed_by(member).order_by("-created_at", "-pk")
    now = clock.now()
    return sorted(found, key=lambda token: not token.is_good_at(now))


def sized_teams(*, member: Membership) -> list[Team]:
    """The teams `member` may manage by name, each with `size`, its number of active people."""
    # A subquery: PostgreSQL cannot group by a half of the primary key, which is what Django would do.
    active = (
        Membership.objects.active()
        .filter(team=OuterRef("pk"))
        .order_by()
        .values("team")
        .annotate(size=Count("pk"))
        .values("size")
    )
    size = Coalesce(Subquery(active), 0)
    return list(policies.teams_managed_by(member).annotate(size=size).order_by("name", "pk"))
