"""The deals of contacts, as the pages of contacts show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count

from afluente.deals import policies
from afluente.deals.models import Deal, Stage
from afluente.deals.selectors.pages import RailStep, rail

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from afluente.accounts.models import Membership

STRIPS = 3  # open deals drawn with their stages; all are under the tab


def deals_of_contact(*, member: Membership, contact_id: int) -> list[Deal]:
    """The deals with a contact that `member` sees: open ones first, then the newest."""
    found = policies.visible_to(member).filter(people__contact_id=contact_id)
    return list(
        found.select_related("pipeline", "stage", "assignee__user").order_by("-closed_at", "-created_at")
    )


def strips(*, member: Membership, contact_id: int) -> list[tuple[Deal, list[RailStep]]]:
    """The newest open deals of a contact with how far each has come: two queries."""
    found = policies.visible_to(member).filter(closed_at=None, people__contact_id=contact_id)
    deals = list(found.select_related("pipeline", "stage").order_by("-created_at", "-pk")[:STRIPS])
    stages = Stage.objects.filter(
        pipeline_id__in={deal.pipeline_id for deal in deals}, kind=Stage.Kind.OPEN
    ).order_by("position", "pk")
    by_pipeline: dict[int, list[Stage]] = {}
    for stage in stages if deals else ():
        by_pipeline.setdefault(stage.pipeline_id, []).append(stage)
    return [(deal, rail(deal, by_pipeline.get(deal.pipeline_id, []))) for deal in deals]


def subjects(
    *, member: Membership, contact_id: int | None = None, deal_ids: Iterable[int] = ()
) -> dict[int, str]:
    """Names by id of the deals of a contact, or of `deal_ids`, as far as `member` sees them."""
    deals = policies.visible_to(member)
    found = deals.filter(people__contact_id=contact_id) if contact_id else deals.filter(pk__in=list(deal_ids))
    return dict(found.values_list("pk", "name"))


def open_deal_counts(*, member: Membership, contact_ids: Sequence[int]) -> dict[int, Any]:
    """How many open deals each contact has that `member` sees; those without any are missing."""
    found = policies.visible_to(member).filter(closed_at=None, people__contact_id__in=contact_ids)
    return dict(found.values_list("people__contact_id").annotate(n=Count("pk")))


def deal_count(*, member: Membership, contact_id: int) -> int:
    """How many deals with a contact `member` sees, closed ones too."""
    return policies.visible_to(member).filter(people__contact_id=contact_id).count()
