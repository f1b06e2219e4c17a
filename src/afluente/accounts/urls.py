"""Addresses of people and workspaces, and below /accounts/ those of the accounts library."""

from __future__ import annotations

from django.urls import include, path

from afluente.accounts.views import audit, doors, mail, members, own, roles, teams, tokens, viewing, workspace

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
    path("settings/people/<int:pk>/viewing/", viewing.view_as, name="view_as"),
    path("settings/viewing/end/", viewing.stop, name="stop_viewing"),
    path("settings/roles/", roles.roles, name="roles"),
    path("settings/roles/new/", roles.new, name="new_role"),
    path("settings/roles/standard/<str:key>/", roles.standard_role, name="standard_role"),
    path("settings/roles/<int:pk>/", roles.role, name="role"),
    path("settings/roles/<int:pk>/deletion/", roles.delete, name="delete_role"),
    path("settings/teams/", teams.teams, name="teams"),
    path("settings/teams/<int:pk>/", teams.team, name="team"),
    path("settings/teams/<int:pk>/deletion/", teams.delete, name="delete_team"),
    path("settings/tokens/", tokens.tokens, name="tokens"),
    path("settings/tokens/new/", tokens.create, name="create_token"),
    path("settings/tokens/<int:pk>/revocation/", tokens.revoke, name="revoke_token"),
    path("settings/audit/", audit.audit, name="audit"),
    path("settings/mail/", mail.outgoing, name="mail"),
    path("settings/mail/test/", mail.test, name="mail_test"),
    path("settings/mail/removal/", mail.removal, name="mail_removal"),
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
