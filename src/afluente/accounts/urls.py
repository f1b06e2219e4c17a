"""Addresses of people and workspaces, and below /accounts/ those of the accounts library."""

from __future__ import annotations

from django.urls import include, path

from afluente.accounts.views import doors, mail, members, own, teams, tokens, workspace

own_patterns = [
    path("setup/", doors.set_up, name="set_up"),
    path("no-workspace/", doors.no_workspace, name="no_workspace"),
    path("invitations/<slug:text>/", doors.invitation, name="invitation"),
    path("workspaces/<int:pk>/entry/", workspace.enter, name="enter"),
    path("settings/", workspace.first_page, name="settings"),
    path("settings/workspace/", workspace.general, name="workspace"),
    path("settings/people/", members.people, name="people"),
    path("settings/people/invitation/", members.invite, name="invite"),
    path("settings/people/invitations/<int:pk>/revocation/", members.revoke, name="revoke_invitation"),
    path("settings/people/<int:pk>/", members.member, name="member"),
    path("settings/people/<int:pk>/deactivation/", members.deactivate, name="deactivate"),
    path("settings/people/<int:pk>/reactivation/", members.reactivate, name="reactivate"),
    path("settings/teams/", teams.teams, name="teams"),
    path("settings/teams/<int:pk>/", teams.team, name="team"),
    path("settings/teams/<int:pk>/deletion/", teams.delete, name="delete_team"),
    path("settings/tokens/", tokens.tokens, name="tokens"),
    path("settings/tokens/new/", tokens.create, name="create_token"),
    path("settings/tokens/<int:pk>/revocation/", tokens.revoke, name="revoke_token"),
    path("settings/mail/", mail.outgoing, name="mail"),
    path("settings/profile/", own.profile, name="profile"),
    path("settings/security/", own.security, name="security"),
    path("settings/security/sessions/end/", own.end_other_sessions, name="end_other_sessions"),
    path("settings/security/sessions/<int:pk>/end/", own.end_session, name="end_session"),
]

urlpatterns = [
    path("", include((own_patterns, "accounts"))),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
]
