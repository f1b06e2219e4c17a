"""Members of the present workspace: what they may do, and whether they may enter."""

from __future__ import annotations

from functools import partial
from typing import Any

from allauth.usersessions.models import UserSession
from django.db import transaction

from afluente.accounts import events, policies, selectors
from afluente.accounts.models import (
    ApiToken,
    Area,
    CustomRole,
    Invitation,
    Membership,
    Reach,
    Rights,
    Role,
    Team,
)
from afluente.accounts.services import people
from afluente.accounts.services.audit import record_audit
from afluente.accounts.services.roles import MoreThanOwnError
from afluente.kernel import bus, clock, live


class LastOwnerError(Exception):
    """A workspace always has an active owner: make somebody else an owner first."""


class OwnersOnlyError(Exception):
    """Only an owner makes, changes or removes an owner."""


class OwnPlaceError(Exception):
    """Nobody takes away their own access: another administrator has to do it."""


@transaction.atomic
def change_member(
    *,
    member: Membership,
    role: str,
    team: Team | None,
    contacts_reach: str,
    deals_reach: str,
    by: Membership,
    custom_role: CustomRole | None = None,
) -> Membership:
    """Change what `member` may do and see. It counts from their next request.

    `custom_role` goes with the role CUSTOM. Raises OwnersOnlyError when an owner is made or changed by
    somebody who is none, LastOwnerError when the last active owner would stop being one, and
    MoreThanOwnError for a role that goes further than `by` themselves.
    """
    member = _lock(member)
    before = _place(member)
    if Role.OWNER in {member.role, role} and member.role != role:
        _only_owners(by)
    if member.role == Role.OWNER and role != Role.OWNER:
        _keep_an_owner(member)
    reaches = {Area.CONTACTS: Reach(contacts_reach), Area.DEALS: Reach(deals_reach)}
    _only_what_one_has(policies.rights_as(role, custom_role, reaches), by)
    member.role, member.custom_role, member.team = role, custom_role, team
    member.contacts_reach, member.deals_reach = contacts_reach, deals_reach
    member.save(update_fields=["role", "custom_role", "team", "contacts_reach", "deals_reach"])
    after = _place(member)
    if before != after:
        record_audit(kind="member.changed", by=by, subject=member.user.name, before=before, after=after)
    _tell_streams(member)
    return member


def refuse_more_than_own(*, role: str, custom_role: CustomRole | None, by: Membership) -> None:
    """Raises MoreThanOwnError when the role goes further than `by` themselves."""
    _only_what_one_has(policies.role_rights(role, custom_role), by)


def _only_what_one_has(rights: Rights, by: Membership) -> None:
    if not policies.rights_of(by).covers(rights):
        raise MoreThanOwnError


@transaction.atomic
def deactivate_member(*, member: Membership, by: Membership) -> Membership:
    """Take away `member`'s access now: sessions end, tokens and letters of theirs die,
    live streams close.

    What is assigned to them stays so. Raises OwnPlaceError, OwnersOnlyError or LastOwnerError.
    Doing it twice changes nothing.
    """
    member = _lock(member)
    if not member.is_active:
        return member
    if member.pk == by.pk:
        raise OwnPlaceError
    if member.role == Role.OWNER:
        _only_owners(by)
        _keep_an_owner(member)
    member.is_active = False
    member.save(update_fields=["is_active"])
    now = clock.now()
    ApiToken.objects.filter(created_by=member, revoked_at=None).update(revoked_at=now)
    Invitation.objects.filter(invited_by=member, accepted_at=None, revoked_at=None).update(revoked_at=now)
    if not selectors.workspaces_of(user=member.user):
        people.end_sessions(sessions=UserSession.objects.filter(user_id=member.user_id))
    _tell_streams(member)
    record_audit(kind="member.deactivated", by=by, subject=member.user.name)
    bus.publish(events.MemberDeactivated(workspace_id=member.workspace_id, member_id=member.pk, by_id=by.pk))
    return member


@transaction.atomic
def reactivate_member(*, member: Membership, by: Membership) -> Membership:
    """Let `member` in again, as before. Tokens stay revoked: their texts may be in wrong hands.

    Raises OwnersOnlyError for an owner let in by somebody who is none.
    """
    member = _lock(member)
    if member.is_active:
        return member
    if member.role == Role.OWNER:
        _only_owners(by)
    member.is_active = True
    member.save(update_fields=["is_active"])
    record_audit(kind="member.reactivated", by=by, subject=member.user.name)
    bus.publish(events.MemberReactivated(workspace_id=member.workspace_id, member_id=member.pk, by_id=by.pk))
    return member


def _lock(member: Membership) -> Membership:
    return (
        Membership.objects.select_for_update(of=("self",))
        .select_related("user", "team", "custom_role")
        .get(pk=member.pk)
    )


def _only_owners(by: Membership) -> None:
    if by.role != Role.OWNER:
        raise OwnersOnlyError


def _keep_an_owner(member: Membership) -> None:
    # All owners are locked, in one order, so that two of them cannot remove each other.
    owners = (
        Membership.objects.active().filter(role=Role.OWNER).order_by("pk").select_for_update(of=("self",))
    )
    if [owner.pk for owner in owners] == [member.pk]:
        raise LastOwnerError


def _tell_streams(member: Membership) -> None:
    # Each open stream asks `selectors.is_still_active` when it is woken.
    transaction.on_commit(partial(live.wake, live.LIVE, member.workspace_id))


def _place(member: Membership) -> dict[str, Any]:
    """What a member is, as the audit log says it."""
    return {
        "role": member.custom_role.name if member.custom_role else member.role,
        "team": member.team.name if member.team else None,
        "contacts": member.contacts_reach,
        "deals": member.deals_reach,
    }
