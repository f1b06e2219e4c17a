"""What people fill in about themselves, each other and their workspace.

`forms.library` holds the accounts library's forms; settings name them.
"""

from afluente.accounts.forms.entering import FirstRun, Invited
from afluente.accounts.forms.fields import browser_language
from afluente.accounts.forms.mail import MailServer
from afluente.accounts.forms.roles import RoleMatrix
from afluente.accounts.forms.settings import Invitation, Member, Profile, TeamName, Token, Workspace

__all__ = [
    "FirstRun",
    "Invitation",
    "Invited",
    "MailServer",
    "Member",
    "Profile",
    "RoleMatrix",
    "TeamName",
    "Token",
    "Workspace",
    "browser_language",
]
