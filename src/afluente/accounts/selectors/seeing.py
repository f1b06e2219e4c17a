"""Who sees a record, and why: the policies in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from afluente.accounts import policies
from afluente.accounts.models import Action, Area, Membership, Reach, Role

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class Seer:
    """Somebody who may open a record. `reason` is a sentence. `is_linked`: only opened, not in their lists."""

    member: Membership
    reason: str
    is_linked: bool = False


def seers(
    *, viewer: Membership, area: Area, assignee_id: int | None, linked: Mapping[int, str] | None = None
) -> list[Seer]:
    """Every active member who may open a record of `area` assigned to `assignee_id`, by name.

    `linked` holds, by member, the sentence that says through what of theirs the record is linked to
    them. The answer follows the same rights as `reach_filter`; tests compare the two.
    """
    members = list(
        policies.members_visible_to(viewer)
        .filter(is_active=True, user__is_active=True)
        .order_by("user__name", "pk")
    )
    everybody = policies.members_visible_to(viewer)
    assignee = everybody.filter(pk=assignee_id).first() if assignee_id is not None else None
    found = (_seer(member, area, assignee, linked or {}) for member in members)
    return [one for one in found if one is not None]


def _seer(
    member: Membership, area: Area, assignee: Membership | None, linked: Mapping[int, str]
) -> Seer | None:
    reach = policies.reach_of(member, area, Action.VIEW)
    if reach == Reach.NONE:
        return None
    if reason := _reason(member, reach, area, assignee):
        return Seer(member=member, reason=reason)
    if reach == Reach.LINKED and member.pk in linked:
        return Seer(member=member, reason=linked[member.pk], is_linked=True)
    return None


def _reason(member: Membership, reach: Reach, area: Area, assignee: Membership | None) -> str:
    """Why `member` sees it in lists; empty when they do not."""
    if assignee is not None and assignee.pk == member.pk:
        return gettext("It is assigned to them.")
    if member.role == Role.OWNER:
        return gettext("Owners see everything.")
    if reach == Reach.ALL:
        sentence = gettext("The role «{role}» sees all of this: {area}.")
        return sentence.format(role=member.role_name, area=area.label)
    if assignee is None:
        return gettext("It belongs to nobody, so nobody is shut out.")
    if reach == Reach.TEAM and member.team_id is not None and member.team_id == assignee.team_id:
        sentence = gettext("On the same team as {name}: {team}.")
        return sentence.format(name=assignee.user.name, team=member.team)
    return ""
