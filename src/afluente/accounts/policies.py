"""Who may see and change what (docs/reference/permissions.md). Each permission on rows is a queryset."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from afluente.accounts.models import ApiToken, Invitation, Membership, Reach, Role, Team


def may_administer(member: Membership) -> bool:
    """Workspace settings, API tokens, outgoing mail: owners and administrators."""
    return member.role in {Role.OWNER, Role.ADMIN}


def may_manage_people(member: Membership) -> bool:
    """Invitations, roles, teams, deactivation: owners and administrators."""
    return may_administer(member)


def may_configure(member: Membership) -> bool:
    """Pipelines, sources and deal rules, the page Incoming: also managers."""
    return may_administer(member) or member.role == Role.MANAGER


def roles_given_by(member: Membership) -> list[Role]:
    """The roles that `member` may hand out, most powerful first: only owners make owners."""
    if not may_manage_people(member):
        return []
    return [role for role in Role if role != Role.OWNER or member.role == Role.OWNER]


def members_visible_to(member: Membership) -> QuerySet[Membership]:
    """Colleagues are no secret: records name them as assignees. Deactivated ones are included."""
    return Membership.objects.filter(workspace_id=member.workspace_id).select_related("user", "team")


def assignable_by(member: Membership) -> QuerySet[Membership]:
    """To whom `member` may give a record: anybody who can open the product."""
    return members_visible_to(member).filter(is_active=True, user__is_active=True)


def members_changeable_by(member: Membership) -> QuerySet[Membership]:
    """Whose place `member` may change. Owners are changed by owners only."""
    if not may_manage_people(member):
        return Membership.objects.none()
    colleagues = members_visible_to(member)
    return colleagues if member.role == Role.OWNER else colleagues.exclude(role=Role.OWNER)


def invitations_managed_by(member: Membership) -> QuerySet[Invitation]:
    if not may_manage_people(member):
        return Invitation.objects.none()
    return Invitation.objects.select_related("team", "invited_by__user")


def teams_managed_by(member: Membership) -> QuerySet[Team]:
    return Team.objects.all() if may_manage_people(member) else Team.objects.none()


def tokens_managed_by(member: Membership) -> QuerySet[ApiToken]:
    if not may_administer(member):
        return ApiToken.objects.none()
    return ApiToken.objects.select_related("created_by__user")


def reach_filter(member: Membership, reach: str, field: str = "assignee") -> Q:
    """Whose records `member` sees, as a condition on the column `field` (a Membership).

    `reach` is `member.contacts_reach` or `member.deals_reach`. Records of nobody are seen by
    everybody, so that no lead waits unseen; owners and administrators see everything. A member
    without a team who sees «own team's» sees their own.
    """
    if may_administer(member) or reach == Reach.ALL:
        return Q()
    nobodys = Q(**{f"{field}__isnull": True})
    if reach == Reach.TEAM and member.team_id is not None:
        mates = Membership.objects.filter(team_id=member.team_id).values("pk")
        return nobodys | Q(**{f"{field}__in": mates})
    return nobodys | Q(**{f"{field}_id": member.pk})
