"""Roles of the workspace's own: made, renamed, opened, shut and taken away."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from afluente.accounts import policies
from afluente.accounts.models import CustomRole, Invitation, Membership, Rights, Role
from afluente.accounts.services.audit import record_audit
from afluente.kernel import live

if TYPE_CHECKING:
    from collections.abc import Mapping


class RoleNameTakenError(Exception):
    """A standard role or another one of the workspace is called that."""


class MoreThanOwnError(Exception):
    """Nobody gives rights that they do not have themselves."""


class RoleInUseError(Exception):
    """Members or open invitations have this role: give them another one first."""


@transaction.atomic
def create_role(*, name: str, rights: Rights, copied_from: str = "", by: Membership) -> CustomRole:
    """Make a role. Its name must differ from every other one's, case aside (K20).

    `copied_from` is the standard role whose rights it starts with, if any: it also decides about what
    later releases add. Raises RoleNameTakenError or MoreThanOwnError.
    """
    _only_own(rights, by)
    role = CustomRole(name=_free_name(name), rights=rights.as_json(), copied_from=copied_from)
    _save(role)
    record_audit(kind="role.made", by=by, subject=role.name, after=_said(role))
    return role


@transaction.atomic
def change_role(*, role: CustomRole, name: str, rights: Rights, by: Membership) -> CustomRole:
    """Call a role something else, open and shut its areas. It counts from its members' next request.

    Raises RoleNameTakenError, or MoreThanOwnError when it goes, or went, further than `by` does.
    """
    role = CustomRole.objects.select_for_update().get(pk=role.pk)
    _only_own(role.as_rights(), by)
    _only_own(rights, by)
    before = _said(role)
    role.name, role.rights = _free_name(name), rights.as_json()
    _save(role)
    after = _said(role)
    differing = {cell for cell in {*before, *after} if before.get(cell) != after.get(cell)}
    if differing:
        record_audit(
            kind="role.changed",
            by=by,
            subject=role.name,
            before={cell: before.get(cell) for cell in differing},
            after={cell: after.get(cell) for cell in differing},
        )
        transaction.on_commit(partial(live.wake, live.LIVE, role.workspace_id))
    return role


@transaction.atomic
def delete_role(*, role: CustomRole, by: Membership) -> None:
    """Take a role away. Raises RoleInUseError while somebody has it or is invited to it."""
    role = CustomRole.objects.select_for_update().get(pk=role.pk)
    _only_own(role.as_rights(), by)
    invited = Invitation.objects.filter(custom_role=role, accepted_at=None, revoked_at=None)
    if Membership.objects.filter(custom_role=role).exists() or invited.exists():
        raise RoleInUseError
    before = _said(role)
    role.delete()
    record_audit(kind="role.deleted", by=by, subject=role.name, before=before)


def _only_own(rights: Rights, by: Membership) -> None:
    if not policies.rights_of(by).covers(rights):
        raise MoreThanOwnError


def _free_name(name: str) -> str:
    wanted = name.strip()
    if wanted.casefold() in {str(role.label).casefold() for role in Role}:
        raise RoleNameTakenError
    return wanted


def _save(role: CustomRole) -> None:
    try:
        with transaction.atomic():
            role.save()
    except IntegrityError as taken:
        raise RoleNameTakenError from taken


def _said(role: CustomRole) -> Mapping[str, Any]:
    """Its name and its cells, flat, so that two states can be told apart cell by cell."""
    cells = {
        f"{area}.{action}": reach
        for area, actions in role.as_rights().as_json().items()
        for action, reach in actions.items()
    }
    return {"name": role.name, **cells}
