"""Who may see and change what (docs/reference/permissions.md). Each permission on rows is a queryset.

One engine for every slice: `rights_of` says what a member may do, `reach_of` on whose records, and
`reach_filter` turns that into a condition. Nothing else in the product decides by a role's name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from afluente.accounts.models import (
    STANDARD,
    Action,
    ApiToken,
    Area,
    AuditEntry,
    CustomRole,
    Invitation,
    Membership,
    Reach,
    Rights,
    Role,
    Team,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

# Never true, also inside an OR.
NOBODYS = Q(pk__in=())


def role_rights(role: str, custom_role: CustomRole | None = None) -> Rights:
    """What a role allows, before anything is narrowed for one person."""
    return custom_role.as_rights() if custom_role is not None else STANDARD[Role(role)]


def rights_as(role: str, custom_role: CustomRole | None, limits: Mapping[Area, Reach]) -> Rights:
    """What a role allows to somebody whose own reaches are `limits`."""
    return role_rights(role, custom_role).within({} if role in {Role.OWNER, Role.ADMIN} else limits)


def limits_of(member: Membership) -> Mapping[Area, Reach]:
    """How far `member` personally reaches at most. Owners and full access are never narrowed."""
    if member.is_admin:
        return {}
    return {Area.CONTACTS: Reach(member.contacts_reach), Area.DEALS: Reach(member.deals_reach)}


def rights_of(member: Membership) -> Rights:
    """What `member` may do: their role, narrowed by their own reaches. Have `custom_role` at hand."""
    return role_rights(member.role, member.custom_role if member.custom_role_id else None).within(
        limits_of(member)
    )


def reach_of(member: Membership, area: Area, action: Action) -> Reach:
    """On whose records of `area` the member may do `action`."""
    custom = member.custom_role if member.custom_role_id else None
    given = role_rights(member.role, custom).reach(area, action)
    return Rights({(area, action): given}).within(limits_of(member)).reach(area, action)


def may(member: Membership, area: Area, action: Action) -> bool:
    """Whether `member` may do `action` in `area` at all, to whomever's records."""
    return reach_of(member, area, action) != Reach.NONE


def may_administer(member: Membership) -> bool:
    """The workspace's settings, outgoing mail, background jobs, what was written for the record."""
    return may(member, Area.WORKSPACE, Action.CONFIGURE)


def may_manage_people(member: Membership) -> bool:
    """Invitations, roles, teams, deactivation."""
    return may(member, Area.PEOPLE, Action.CONFIGURE)


def may_integrate(member: Membership) -> bool:
    """API tokens."""
    return may(member, Area.INTEGRATIONS, Action.CONFIGURE)


def may_configure(member: Membership) -> bool:
    """Fields, tags and the settings of contacts."""
    return may(member, Area.FIELDS, Action.CONFIGURE)


def may_configure_sources(member: Membership) -> bool:
    """Doors, forms, webhooks, deal rules, and all that comes in."""
    return may(member, Area.SOURCES, Action.CONFIGURE)


def standard_roles_given_by(member: Membership) -> list[Role]:
    """The standard roles that `member` may hand out, the most powerful first.

    Nobody gives more than they have, and only owners make owners.
    """
    if not may_manage_people(member):
        return []
    own = rights_of(member)
    return [
        role
        for role, rights in STANDARD.items()
        if own.covers(rights) and (role != Role.OWNER or member.role == Role.OWNER)
    ]


def custom_roles_given_by(member: Membership) -> list[CustomRole]:
    """The workspace's own roles that `member` may hand out, by name."""
    own = rights_of(member)
    return [role for role in roles_managed_by(member).order_by("name", "pk") if own.covers(role.as_rights())]


def roles_managed_by(member: Membership) -> QuerySet[CustomRole]:
    """The workspace's own roles, for whoever manages people."""
    return CustomRole.objects.all() if may_manage_people(member) else CustomRole.objects.none()


def members_visible_to(member: Membership) -> QuerySet[Membership]:
    """Colleagues are no secret: records name them as assignees. Deactivated ones are included."""
    found = Membership.objects.filter(workspace_id=member.workspace_id)
    return found.select_related("user", "team", "custom_role")


def assignable_by(member: Membership) -> QuerySet[Membership]:
    """To whom `member` may give a record: anybody who can open the product."""
    return members_visible_to(member).filter(is_active=True, user__is_active=True)


def assignees_named_to(member: Membership) -> QuerySet[Membership]:
    """The same people in the order of their names, with nothing but those: what a list of choices draws."""
    found = assignable_by(member).select_related(None).select_related("user")
    return found.only("user__name").order_by("user__name", "pk")


def members_changeable_by(member: Membership) -> QuerySet[Membership]:
    """Whose place `member` may change: those whose role they could give. Owners only by owners.

    Their own only with full access: nobody widens what they see themselves.
    """
    standard = standard_roles_given_by(member)
    if not standard:  # who may not hand out even the least
        return Membership.objects.none()
    custom = [role.pk for role in custom_roles_given_by(member)]
    found = members_visible_to(member).filter(Q(role__in=standard) | Q(custom_role__in=custom))
    return found if member.is_admin else found.exclude(pk=member.pk)


def viewable_as_by(member: Membership) -> QuerySet[Membership]:
    """Through whose eyes `member` may look: active people with no more rights than theirs."""
    return members_changeable_by(member).filter(is_active=True, user__is_active=True).exclude(pk=member.pk)


def invitations_managed_by(member: Membership) -> QuerySet[Invitation]:
    if not may_manage_people(member):
        return Invitation.objects.none()
    return Invitation.objects.select_related("team", "custom_role", "invited_by__user")


def teams_managed_by(member: Membership) -> QuerySet[Team]:
    return Team.objects.all() if may_manage_people(member) else Team.objects.none()


def tokens_managed_by(member: Membership) -> QuerySet[ApiToken]:
    if not may_integrate(member):
        return ApiToken.objects.none()
    return ApiToken.objects.select_related("created_by__user")


def audit_readable_by(member: Membership) -> QuerySet[AuditEntry]:
    """What was written down for the record: all, or nothing."""
    return AuditEntry.objects.all() if may_administer(member) else AuditEntry.objects.none()


def reach_filter(member: Membership, reach: str, field: str = "assignee") -> Q:
    """Whose records a `reach` of `member` means, as a condition on the column `field` (a Membership).

    `reach` comes from `reach_of`. Records of nobody are within every reach but NONE, so that no lead
    waits unseen. A member without a team who sees «own team's» sees their own; LINKED is OWN here:
    what is linked is a matter of the records (contacts.policies).
    """
    if member.is_admin or reach == Reach.ALL:
        return Q()
    if reach == Reach.NONE:
        return NOBODYS
    nobodys = Q(**{f"{field}__isnull": True})
    if reach == Reach.TEAM and member.team_id is not None:
        mates = Membership.objects.filter(team_id=member.team_id).values("pk")
        return nobodys | Q(**{f"{field}__in": mates})
    return nobodys | Q(**{f"{field}_id": member.pk})


def assignees_within(member: Membership, reach: str) -> list[int] | None:
    """The same as numbers, those of nobody aside; None when it is everybody's. For indexes and streams.

    Ask for NONE before: an empty list still stands for the records of nobody.
    """
    if member.is_admin or reach == Reach.ALL:
        return None
    if reach == Reach.NONE:
        return []
    if reach == Reach.TEAM and member.team_id is not None:
        return list(Membership.objects.filter(team_id=member.team_id).values_list("pk", flat=True))
    return [member.pk]
