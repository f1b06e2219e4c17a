"""Who reads a live stream and what they may be told: what the streams ask of the slices."""

from __future__ import annotations

from collections import defaultdict
from importlib import import_module
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.models import Session
from django.db import close_old_connections
from django.http import HttpRequest, parse_cookie

from afluente.accounts import policies as account_policies
from afluente.accounts import selectors as accounts
from afluente.accounts.models import Action, Area, Membership, Reach, User
from afluente.accounts.requests import SESSION_KEY
from afluente.contacts import policies as contact_policies
from afluente.deals import policies as deal_policies
from afluente.kernel import clock
from afluente.kernel.changes import Batch, Viewer, Visible
from afluente.kernel.workspace import scope
from afluente.timeline.selectors import feed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.kernel.snapshots import Cursor


def find_viewer(cookies: str) -> Viewer | None:
    """The person behind a request's Cookie header, in the workspace they work in; None when nobody
    is signed in, or nobody who may enter.
    """
    close_old_connections()
    key = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME)
    if not key:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    user = get_user(request)
    if not isinstance(user, User):
        return None
    workspace_id = request.session.get(SESSION_KEY) or accounts.first_workspace_id(user=user)
    if workspace_id is None:
        return None
    with scope(workspace_id):
        member = accounts.membership(user=user)
        return None if member is None else _viewer(member, key, user.password)


class Audience:
    """A kernel.streams.Source: the log, the policies, the people."""

    def read(self, workspace_id: int, cursor: Cursor | None) -> Batch:
        close_old_connections()
        with scope(workspace_id):
            return Batch(feed.present().seen) if cursor is None else feed.since(cursor)

    def visible(self, viewer: Viewer, batch: Batch) -> Visible:
        """Deleted records count: who could see them is told that they are gone."""
        wanted = {
            subject: {number for change in batch.changes if (number := change.of(subject)) is not None}
            for subject in ("deal", "contact")
        }
        with scope(viewer.workspace_id):
            member = Membership.objects.select_related("user", "custom_role").get(pk=viewer.member_id)
            return {
                subject: {
                    number
                    for visible in (policies.visible_to(member), policies.gone_for(member))
                    for number in visible.filter(pk__in=wanted[subject]).values_list("pk", flat=True)
                }
                for subject, policies in (("deal", deal_policies), ("contact", contact_policies))
            }

    def still_allowed(self, viewers: Sequence[Viewer]) -> Mapping[Viewer, Viewer]:
        """Signed in still, with the same password, and an active member (S-13)."""
        close_old_connections()
        keys = {viewer.session_key for viewer in viewers}
        alive = set(
            Session.objects.filter(session_key__in=keys, expire_date__gt=clock.now()).values_list(
                "session_key", flat=True
            )
        )
        by_workspace: dict[int, list[Viewer]] = defaultdict(list)
        for viewer in viewers:
            if viewer.session_key in alive:
                by_workspace[viewer.workspace_id].append(viewer)
        return {
            viewer: now
            for workspace_id, present in by_workspace.items()
            for viewer, now in _allowed_in(workspace_id, present).items()
        }


def _allowed_in(workspace_id: int, viewers: Sequence[Viewer]) -> dict[Viewer, Viewer]:
    with scope(workspace_id):
        wanted = {viewer.member_id for viewer in viewers}
        active = Membership.objects.active().filter(pk__in=wanted).select_related("user", "custom_role")
        members = {member.pk: member for member in active}
        return {
            viewer: _viewer(member, viewer.session_key, viewer.password)
            for viewer in viewers
            if (member := members.get(viewer.member_id)) and member.user.password == viewer.password
        }


def _viewer(member: Membership, session_key: str, password: str) -> Viewer:
    return Viewer(
        workspace_id=member.workspace_id,
        member_id=member.pk,
        user_id=member.user_id,
        session_key=session_key,
        password=password,
        reach={
            "deal": _whose(member, Area.DEALS),
            "contact": _whose(member, Area.CONTACTS),
        },
    )


def _whose(member: Membership, area: Area) -> frozenset[int | None] | None:
    """Whose records a member sees, by number; what is linked to their work is found by asking."""
    reach = account_policies.reach_of(member, area, Action.VIEW)
    if reach == Reach.NONE:
        return frozenset()
    found = account_policies.assignees_within(member, reach)
    return None if found is None else frozenset({None, *found})
