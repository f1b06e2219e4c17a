"""Who is in a workspace, on which team, in which role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from afluente.accounts.models.people import User
from afluente.accounts.models.rights import Reach, Rights
from afluente.accounts.models.standard import STANDARD, Role
from afluente.kernel.workspace import WorkspaceManager, WorkspaceModel

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Team(WorkspaceModel):
    """People whose records a member with the reach «team» sees."""

    name = models.CharField(max_length=100)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint("workspace", Lower("name"), name="accounts_team_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class CustomRole(WorkspaceModel):
    """A role that the workspace made itself, from a copy of another one or from nothing (K20).

    `rights` is `Rights.as_json`. What a later release adds is decided by `copied_from`; a role from
    nothing stays without it.
    """

    name = models.CharField(max_length=60)
    copied_from = models.CharField(max_length=10, blank=True, default="")
    rights = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint("workspace", Lower("name"), name="accounts_customrole_name_once"),
        ]

    def __str__(self) -> str:
        return self.name

    def as_rights(self) -> Rights:
        base = STANDARD[Role(self.copied_from)] if self.copied_from in STANDARD else None
        return Rights.from_json(self.rights, base=base)


def named_by_role(table: str) -> models.CheckConstraint:
    """A row names a custom role exactly when its role says so."""
    return models.CheckConstraint(
        condition=Q(role=Role.CUSTOM, custom_role__isnull=False)
        | (~Q(role=Role.CUSTOM) & Q(custom_role__isnull=True)),
        name=f"accounts_{table}_role_named",
    )


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> MembershipQuerySet:
        return self.filter(is_active=True, user__is_active=True)


class Membership(WorkspaceModel):
    """A person in a workspace: who records are assigned to, and what they may do.

    The role says what; `contacts_reach` and `deals_reach` narrow it for this one person.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    custom_role = models.ForeignKey(
        CustomRole, models.PROTECT, null=True, blank=True, related_name="members", db_constraint=False
    )
    team = models.ForeignKey(
        Team, models.SET_NULL, null=True, blank=True, related_name="members", db_constraint=False
    )
    contacts_reach = models.CharField(max_length=6, choices=Reach, default=Reach.ALL)
    deals_reach = models.CharField(max_length=6, choices=Reach, default=Reach.ALL)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = WorkspaceManager.from_queryset(MembershipQuerySet)()  # type: ignore[misc]  # a ClassVar above

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "user"], name="accounts_membership_once"),
            named_by_role("membership"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.workspace_id} as {self.role}"

    @property
    def is_admin(self) -> bool:
        """Has every right by their role."""
        return self.role in {Role.OWNER, Role.ADMIN}

    @property
    def role_name(self) -> StrOrPromise:
        """What the role is called; have `custom_role` at hand."""
        return self.custom_role.name if self.custom_role_id and self.custom_role else Role(self.role).label
