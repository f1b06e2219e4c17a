"""People, the workspaces they work in, what they may do there, and what opens a door."""

from afluente.accounts.models.audit import AuditEntry, AuditHead
from afluente.accounts.models.doors import ApiToken, Invitation, Scope
from afluente.accounts.models.members import CustomRole, Membership, MembershipQuerySet, Team
from afluente.accounts.models.people import User, UserManager, Workspace
from afluente.accounts.models.rights import Action, Area, Reach, Rights
from afluente.accounts.models.standard import STANDARD, Role

__all__ = [
    "STANDARD",
    "Action",
    "ApiToken",
    "Area",
    "AuditEntry",
    "AuditHead",
    "CustomRole",
    "Invitation",
    "Membership",
    "MembershipQuerySet",
    "Reach",
    "Rights",
    "Role",
    "Scope",
    "Team",
    "User",
    "UserManager",
    "Workspace",
]
