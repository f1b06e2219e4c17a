"""People: making them, their own choices, and ending what they have open."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from afluente.accounts import selectors
from afluente.accounts.models import User
from afluente.accounts.services.audit import record_audit
from afluente.kernel import live
from afluente.kernel.workspace import current_workspace_id, has_scope, scope

if TYPE_CHECKING:
    from collections.abc import Iterable

    from allauth.usersessions.models import UserSession


class EmailTakenError(Exception):
    """A person with this e-mail exists already."""


@transaction.atomic
def create_person(*, name: str, email: str, password: str, language: str) -> User:
    """Make a person who can sign in with `email` and `password`; the address counts as confirmed.

    Callers know that the address is theirs: it received the invitation, or its owner installed this.
    Raises EmailTakenError; upper and lower case are one address.
    """
    address = email.strip().lower()
    try:
        with transaction.atomic():
            person = User.objects.create_user(email=address, name=name, password=password, language=language)
    except IntegrityError as taken:
        raise EmailTakenError from taken
    EmailAddress.objects.create(user=person, email=address, verified=True, primary=True)
    return person


def update_profile(
    *,
    user: User,
    name: str,
    language: str,
    timezone: str,
    theme: str,
    density: str,
    has_shortcuts: bool,
) -> User:
    """Keep a person's own choices. An empty `timezone` follows each workspace."""
    user.name, user.language, user.timezone = name.strip(), language, timezone
    user.theme, user.density, user.has_shortcuts = theme, density, has_shortcuts
    user.save(update_fields=["name", "language", "timezone", "theme", "density", "has_shortcuts"])
    return user


def keep_preference(*, user: User, name: str, value: str) -> None:
    """Keep one choice (theme, density or language) made in a menu; the value was checked there."""
    setattr(user, name, value)
    user.save(update_fields=[name])


def note_login(*, user: User) -> None:
    """Write down, in each workspace that `user` may enter, that they signed in (P-4)."""
    present = [current_workspace_id()] if has_scope() else [w.pk for w in selectors.workspaces_of(user=user)]
    for workspace_id in present:
        with scope(workspace_id):
            member = selectors.membership(user=user)
            if member is not None:
                record_audit(kind="login", by=member)


def end_sessions(*, sessions: Iterable[UserSession]) -> int:
    """Sign out each of `sessions`, at once, and return how many there were. Their streams close."""
    ended = 0
    for session in sessions:
        session.end()
        ended += 1
    if has_scope():
        transaction.on_commit(partial(live.wake, live.LIVE, current_workspace_id()))
    return ended
