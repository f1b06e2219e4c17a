"""A deal as its own page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F

from afluente.contacts import policies as contact_policies
from afluente.deals import policies
from afluente.deals.models import Deal, DealContact, Stage
from afluente.deals.selectors.boards import depth_of
from afluente.kernel import clock
from afluente.timeline.models import Event

if TYPE_CHECKING:
    from afluente.accounts.models import Membership

STEPS = 20  # of five per cent each: the share of a segment that is filled


@dataclass(frozen=True, kw_only=True)
class RailStep:
    """One segment of the stage rail. `state` is "past", "present" or "future"; `share` 0 to 100."""

    stage: Stage
    depth: str
    state: str
    share: int = 100


@dataclass(frozen=True, kw_only=True)
class DealPage:
    """Everything the page and the side panel of a deal show, but its history."""

    deal: Deal
    rail: list[RailStep]
    won: Stage
    lost: Stage
    people: list[DealContact]
    hidden_people: int


def deal_page(*, member: Membership, deal_id: int) -> DealPage | None:
    """The deal with its stages and people; None when `member` does not see it."""
    deal = (
        policies.visible_to(member)
        .select_related("pipeline", "stage", "assignee__user")
        .filter(pk=deal_id)
        .first()
    )
    if deal is None:
        return None
    stages = list(Stage.objects.filter(pipeline_id=deal.pipeline_id).order_by("position", "pk"))
    people, hidden = _people(deal, member)
    return DealPage(
        deal=deal,
        rail=_rail(deal, [stage for stage in stages if stage.kind == Stage.Kind.OPEN]),
        won=next(stage for stage in stages if stage.kind == Stage.Kind.WON),
        lost=next(stage for stage in stages if stage.kind == Stage.Kind.LOST),
        people=people,
        hidden_people=hidden,
    )


def _rail(deal: Deal, opened: list[Stage]) -> list[RailStep]:
    """Past full, present filled by age against its limit, future empty; closed deals have no present."""
    here = next((number for number, stage in enumerate(opened) if stage.pk == deal.stage_id), None)
    if here is None:
        state = "past" if deal.stage.kind == Stage.Kind.WON else "future"
        return [RailStep(stage=stage, depth=depth_of(stage, opened), state=state) for stage in opened]
    return [
        RailStep(
            stage=stage,
            depth=depth_of(stage, opened),
            state="past" if number < here else "present" if number == here else "future",
            share=_share(deal, stage) if number == here else 100,
        )
        for number, stage in enumerate(opened)
    ]


def _share(deal: Deal, stage: Stage) -> int:
    if stage.stale_after_days is None:
        return 60
    hours = (clock.now() - deal.stage_entered_at).total_seconds() / 3600
    return min(STEPS, max(1, round(STEPS * hours / (24 * stage.stale_after_days)))) * 100 // STEPS


def _people(deal: Deal, member: Membership) -> tuple[list[DealContact], int]:
    """The contacts of the deal that `member` sees, primary first, and how many more there are."""
    links = DealContact.objects.filter(deal_id=deal.pk, contact__deleted_at=None)
    seen = links.filter(contact__in=contact_policies.visible_to(member))
    ordered = seen.select_related("contact").prefetch_related("contact__emails", "contact__phones")
    people = list(ordered.order_by("-is_primary", "pk"))
    return people, links.count() - len(people)


def return_stage(*, deal: Deal) -> Stage:
    """Where a closed deal goes when it is reopened: where it came from, else the first open stage."""
    opened = Stage.objects.filter(pipeline_id=deal.pipeline_id, kind=Stage.Kind.OPEN)
    moves = Event.objects.filter(deal_id=deal.pk, kind="deal.moved").order_by("-pk")
    origin = moves.annotate(origin=F("data__from")).values_list("origin", flat=True).first()
    stage = opened.filter(pk=origin).first() if origin is not None else None
    return stage or opened.order_by("position", "pk")[0]
