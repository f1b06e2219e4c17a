"""Reads about people, workspaces, roles and what was written down."""

from afluente.accounts.selectors.audit import KINDS, AuditLine, AuditPage, audit_page, register_audit_kinds
from afluente.accounts.selectors.people import (
    authenticate_token,
    first_workspace_id,
    is_still_active,
    listed_tokens,
    membership,
    open_invitation,
    open_invitations,
    people_exist,
    person,
    sessions_of,
    sized_teams,
    token_workspace_id,
    workspaces_of,
)
from afluente.accounts.selectors.roles import (
    RoleLine,
    described_roles,
    matrix,
    role_key,
    role_lines,
    role_members,
    roles_to_give,
)
from afluente.accounts.selectors.seeing import Seer, seers

__all__ = [
    "KINDS",
    "AuditLine",
    "AuditPage",
    "RoleLine",
    "Seer",
    "audit_page",
    "authenticate_token",
    "described_roles",
    "first_workspace_id",
    "is_still_active",
    "listed_tokens",
    "matrix",
    "membership",
    "open_invitation",
    "open_invitations",
    "people_exist",
    "person",
    "register_audit_kinds",
    "role_key",
    "role_lines",
    "role_members",
    "roles_to_give",
    "seers",
    "sessions_of",
    "sized_teams",
    "token_workspace_id",
    "workspaces_of",
]
