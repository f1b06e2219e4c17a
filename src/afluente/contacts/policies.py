"""Who may see and change which contacts, as querysets (invariant 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afluente.accounts.models import Membership, Reach
from afluente.accounts.policies import may_administer, reach_filter
from afluente.contacts.models import Contact

if TYPE_CHECKING:
    from afluente.contacts.models import ContactQuerySet


def visible_to(member: Membership) -> ContactQuerySet:
    """The present contacts that `member` sees: all, the own team's or the own ones (crm.md 5.19).

    Contacts of nobody are seen by everybody. Deleted ones are seen by nobody.
    """
    return Contact.objects.present().filter(reach_filter(member, member.contacts_reach))


def editable_by(member: Membership) -> ContactQuerySet:
    """The contacts that `member` may change and give away: those they see."""
    return visible_to(member)


def restorable_by(member: Membership) -> ContactQuerySet:
    """The deleted contacts that `member` may bring back: those they could see."""
    return Contact.objects.exclude(deleted_at=None).filter(reach_filter(member, member.contacts_reach))


def assignees_seen_by(member: Membership) -> list[int] | None:
    """Whose contacts `member` sees, besides those of nobody; None when it is everybody's.

    Narrows a search before it looks; `visible_to` decides afterwards all the same.
    """
    if may_administer(member) or member.contacts_reach == Reach.ALL:
        return None
    if member.contacts_reach == Reach.TEAM and member.team_id is not None:
        return list(Membership.objects.filter(team_id=member.team_id).values_list("pk", flat=True))
    return [member.pk]
