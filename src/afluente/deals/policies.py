"""Who may see and move which deals, as querysets (invariant 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afluente.accounts import policies as accounts
from afluente.accounts.models import Action, Area, Reach
from afluente.deals.models import Deal, DealMerge, Pipeline, Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import Q, QuerySet

    from afluente.accounts.models import Membership
    from afluente.deals.models import DealQuerySet, PipelineQuerySet
    from afluente.deals.models.pipelines import StageQuerySet


def visible_to(member: Membership) -> DealQuerySet:
    """The present deals that `member` sees: all, the own team's or the own ones (crm.md 5.19).

    Deals of nobody are seen by everybody who sees any. Deleted ones are seen by nobody.
    """
    return Deal.objects.present().filter(_condition(member, Action.VIEW))


def movable_by(member: Membership) -> DealQuerySet:
    """The deals that `member` may move and change; never more than they see."""
    return visible_to(member).filter(_condition(member, Action.EDIT))


def moving(member: Membership) -> Callable[[int | None], bool]:
    """The same for deals that are at hand and seen: whether `member` may move one of that assignee (None: of
    nobody). At most one query however many are asked.
    """
    reach = accounts.reach_of(member, Area.DEALS, Action.EDIT)
    if reach == Reach.NONE:
        return lambda _assignee: False
    whose = accounts.assignees_within(member, reach)
    return lambda assignee: whose is None or assignee is None or assignee in whose


def deletable_by(member: Membership) -> DealQuerySet:
    """The deals that `member` may delete."""
    return visible_to(member).filter(_condition(member, Action.DELETE))


def may_delete(member: Membership) -> bool:
    """Whether `member` may delete any deal they see."""
    return accounts.may(member, Area.DEALS, Action.DELETE)


def mergeable_by(member: Membership) -> DealQuerySet:
    """The deals that `member` may make one of: they may both change and delete them."""
    return movable_by(member).filter(_condition(member, Action.DELETE))


def merges_of(member: Membership) -> QuerySet[DealMerge]:
    """The merges that `member` may take back: they may both change and delete either deal."""
    may = _condition(member, Action.EDIT) & _condition(member, Action.DELETE)
    theirs = Deal.objects.filter(_condition(member, Action.VIEW) & may)
    return DealMerge.objects.filter(survivor__in=theirs, loser__in=theirs)


def exportable_by(member: Membership) -> DealQuerySet:
    """The deals that `member` may take out of the product."""
    return visible_to(member).filter(_condition(member, Action.EXPORT))


def may_export(member: Membership) -> bool:
    """Whether `member` may take any deals out: a right of its own."""
    return accounts.may(member, Area.DEALS, Action.EXPORT)


def restorable_by(member: Membership) -> DealQuerySet:
    """The deleted deals that `member` may bring back: those they could delete."""
    return gone_for(member).filter(_condition(member, Action.DELETE))


def gone_for(member: Membership) -> DealQuerySet:
    """The deleted deals that `member` could see: whoever looks at one is told that it is gone."""
    return Deal.objects.exclude(deleted_at=None).filter(_condition(member, Action.VIEW), merged_into=None)


def may_list(member: Membership) -> bool:
    """Whether there is anything of deals for `member` to open."""
    return accounts.may(member, Area.DEALS, Action.VIEW)


def may_create(member: Membership) -> bool:
    """Whether `member` may open deals; where, is a pipeline they see."""
    return accounts.may(member, Area.DEALS, Action.CREATE)


def pipelines_of(member: Membership) -> PipelineQuerySet:
    """The pipelines that `member` may open: every present one, or none."""
    if not (accounts.may(member, Area.PIPELINES, Action.VIEW) and may_list(member)):
        return Pipeline.objects.none()
    return Pipeline.objects.present().filter(workspace_id=member.workspace_id)


def enterable(member: Membership) -> StageQuerySet:
    """The stages that `member` may put deals into."""
    return Stage.objects.lasting().filter(pipeline__in=pipelines_of(member))


def may_configure(member: Membership) -> bool:
    """Whether `member` may change pipelines and stages."""
    return accounts.may(member, Area.PIPELINES, Action.CONFIGURE)


def _condition(member: Membership, action: Action) -> Q:
    return accounts.reach_filter(member, accounts.reach_of(member, Area.DEALS, action))
