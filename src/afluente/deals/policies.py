"""Who may see and move which deals, as querysets (invariant 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afluente.accounts import policies as accounts
from afluente.deals.models import Deal, Pipeline

if TYPE_CHECKING:
    from afluente.accounts.models import Membership
    from afluente.deals.models import DealQuerySet, PipelineQuerySet


def visible_to(member: Membership) -> DealQuerySet:
    """The present deals that `member` sees: all, the own team's or the own ones (crm.md 5.19).

    Deals of nobody are seen by everybody. Deleted ones are seen by nobody.
    """
    return Deal.objects.present().filter(accounts.reach_filter(member, member.deals_reach))


def movable_by(member: Membership) -> DealQuerySet:
    """The deals that `member` may move and change: those they see."""
    return visible_to(member)


def restorable_by(member: Membership) -> DealQuerySet:
    """The deleted deals that `member` may bring back: those they could see."""
    return Deal.objects.exclude(deleted_at=None).filter(accounts.reach_filter(member, member.deals_reach))


def pipelines_of(member: Membership) -> PipelineQuerySet:
    """The pipelines that `member` may open: every present one."""
    return Pipeline.objects.present().filter(workspace_id=member.workspace_id)


def may_configure(member: Membership) -> bool:
    """Whether `member` may change pipelines and stages: owners, administrators, managers."""
    return accounts.may_configure(member)
