"""Members, teams and roles for other programs, to read: who assignees are, and what they may do."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema

from afluente.accounts import policies, selectors
from afluente.accounts.requests import member_of

router = Router(tags=["People"])


class MemberOut(Schema):
    """A person in the workspace. `role` is a role's `key`; `id` is what `assignee_id` names."""

    id: int
    name: str
    email: str | None = Field(description="Null unless the token's maker manages people.")
    role: str
    team: str | None
    team_id: int | None
    is_active: bool


class MembersOut(Schema):
    items: list[MemberOut]


class RoleOut(Schema):
    """A role and its rights: for each area and action `none`, `own`, `linked`, `team` or `all`."""

    key: str = Field(description="`admin`, `editor` …, or `custom-7` for a role of the workspace's own.")
    name: str
    is_standard: bool
    rights: dict[str, dict[str, str]]


class RolesOut(Schema):
    items: list[RoleOut]


class TeamOut(Schema):
    id: int
    name: str
    members: int | None = Field(description="Active people; null unless the token's maker manages people.")


class TeamsOut(Schema):
    items: list[TeamOut]


class PeopleProblem(Schema):
    error: dict[str, Any]


REFUSALS: dict[int, Any] = {401: PeopleProblem, 403: PeopleProblem}


@router.get("/members", response={200: MembersOut, **REFUSALS})
def list_members(request: HttpRequest) -> Any:
    """Everybody in the workspace, deactivated people last."""
    maker = member_of(request)
    is_manager = policies.may_manage_people(maker)
    found = policies.members_visible_to(maker).order_by("-is_active", "user__name", "pk")
    return {
        "items": [
            {
                "id": one.pk,
                "name": one.user.name,
                "email": one.user.email if is_manager else None,
                "role": selectors.role_key(one),
                "team": one.team.name if one.team else None,
                "team_id": one.team_id,
                "is_active": one.is_active,
            }
            for one in found
        ]
    }


@router.get("/teams", response={200: TeamsOut, **REFUSALS})
def list_teams(request: HttpRequest) -> Any:
    """Teams by name: all of them for whoever manages people, else those that colleagues are seen in."""
    maker = member_of(request)
    if policies.may_manage_people(maker):
        sized = selectors.sized_teams(member=maker)
        return {"items": [{"id": one.pk, "name": one.name, "members": one.size} for one in sized]}  # type: ignore[attr-defined]  # annotated
    seen = policies.members_visible_to(maker).exclude(team=None).order_by("team__name", "team")
    found = dict(seen.values_list("team", "team__name"))
    return {"items": [{"id": pk, "name": name, "members": None} for pk, name in found.items()]}


@router.get("/roles", response={200: RolesOut, **REFUSALS})
def list_roles(request: HttpRequest) -> Any:
    """Every role: the standard ones, then, for whoever manages people, the workspace's own."""
    return {"items": selectors.described_roles(member=member_of(request))}
