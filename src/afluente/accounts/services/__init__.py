"""Every change to people, workspaces and what opens a door."""

from afluente.accounts.services.audit import first_broken, record_audit
from afluente.accounts.services.invitations import (
    AlreadyMemberError,
    InvitationClosedError,
    OtherPersonError,
    SignInFirstError,
    accept_as_existing,
    accept_as_new,
    invite,
    revoke_invitation,
)
from afluente.accounts.services.letters import invitation_url, send_new_password_letter
from afluente.accounts.services.mailing import forget_mail_server, send_test_letter, set_mail_server
from afluente.accounts.services.members import (
    LastOwnerError,
    OwnersOnlyError,
    OwnPlaceError,
    change_member,
    deactivate_member,
    reactivate_member,
)
from afluente.accounts.services.people import (
    EmailTakenError,
    create_person,
    end_sessions,
    keep_preference,
    note_login,
    update_profile,
)
from afluente.accounts.services.roles import (
    MoreThanOwnError,
    RoleInUseError,
    RoleNameTakenError,
    change_role,
    create_role,
    delete_role,
)
from afluente.accounts.services.signing_in import (
    TooManyTriesError,
    ask_for_new_password,
    begin_try,
    forgive,
    known_device,
    new_device,
    sweep_limits,
)
from afluente.accounts.services.teams import TeamNameTakenError, create_team, delete_team, rename_team
from afluente.accounts.services.tokens import (
    UnknownScopeError,
    create_token,
    note_token_use,
    revoke_token,
)
from afluente.accounts.services.workspaces import (
    AlreadySetUpError,
    create_workspace,
    set_up,
    update_workspace,
)

__all__ = [
    "AlreadyMemberError",
    "AlreadySetUpError",
    "EmailTakenError",
    "InvitationClosedError",
    "LastOwnerError",
    "MoreThanOwnError",
    "OtherPersonError",
    "OwnPlaceError",
    "OwnersOnlyError",
    "RoleInUseError",
    "RoleNameTakenError",
    "SignInFirstError",
    "TeamNameTakenError",
    "TooManyTriesError",
    "UnknownScopeError",
    "accept_as_existing",
    "accept_as_new",
    "ask_for_new_password",
    "begin_try",
    "change_member",
    "change_role",
    "create_person",
    "create_role",
    "create_team",
    "create_token",
    "create_workspace",
    "deactivate_member",
    "delete_role",
    "delete_team",
    "end_sessions",
    "first_broken",
    "forget_mail_server",
    "forgive",
    "invitation_url",
    "invite",
    "keep_preference",
    "known_device",
    "new_device",
    "note_login",
    "note_token_use",
    "reactivate_member",
    "record_audit",
    "rename_team",
    "revoke_invitation",
    "revoke_token",
    "send_new_password_letter",
    "send_test_letter",
    "set_mail_server",
    "set_up",
    "sweep_limits",
    "update_profile",
    "update_workspace",
]
