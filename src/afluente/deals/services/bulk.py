"""Many deals changed at once by hand, and that taken back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max

from afluente.accounts.models import Membership
from afluente.deals.models import Deal, Stage
from afluente.deals.services.editing import assign_deals, delete_deals, restore_deals
from afluente.deals.services.moving import MissingError, move_deals
from afluente.timeline.models import Event

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.timeline.events import Actor

MOST = 10_000
KINDS = ("deal.moved", "deal.assigned", "deal.deleted")


@dataclass(frozen=True)
class Done:
    """What one change of many came to: how many changed, which lack what their stage wants, and between
    which events the change stands (0 when nothing changed).
    """

    count: int
    lacking: dict[int, list[str]]
    first: int = 0
    last: int = 0


@transaction.atomic
def change_many(
    *,
    deal_ids: Sequence[int],
    by: Actor,
    act: str,
    stage: Stage | None = None,
    assignee: Membership | None = None,
    lost_reason: str = "",
) -> Done:
    """Move (`move`, into `stage`), give (`assign`) or put away (`delete`) deals that the caller may change.

    Deals that lack what the stage wants stay where they are; the others go. Raises StageGoneError.
    """
    before = Event.objects.aggregate(last=Max("pk"))["last"] or 0
    lacking: dict[int, list[str]] = {}
    ids = list(dict.fromkeys(deal_ids))[:MOST]
    if act == "assign":
        count = len(assign_deals(deal_ids=ids, assignee=assignee, by=by))
    elif act == "delete":
        count = len(delete_deals(deal_ids=ids, by=by))
    else:
        assert stage is not None
        try:
            count = len(move_deals(deal_ids=ids, to=stage, by=by, lost_reason=lost_reason))
        except MissingError as missing:
            lacking = missing.lacking
            rest = [pk for pk in ids if pk not in lacking]
            count = len(move_deals(deal_ids=rest, to=stage, by=by, lost_reason=lost_reason))
    last = Event.objects.aggregate(last=Max("pk"))["last"] or 0
    return Done(count, lacking, before + 1, last) if count else Done(0, lacking)


@transaction.atomic
def undo_many(*, first: int, last: int, deal_ids: Sequence[int], by: Actor) -> int:
    """Take back what this actor did to these deals between two events, where it is still so; how many deals.

    Deals go back to the stage they came from, to whom they belonged, or out of the bin.
    """
    events = Event.objects.filter(
        pk__gte=first, pk__lte=last, kind__in=KINDS, actor_kind=by.kind, actor_id=by.id, deal_id__in=deal_ids
    )
    groups: dict[tuple[str, Any, str], list[int]] = defaultdict(list)
    present = Deal.objects.in_bulk(list(events.values_list("deal_id", flat=True)))
    for event in events.order_by("-pk"):
        deal = present.get(event.deal_id or 0)
        if deal is not None and _is_still(deal, event):
            groups[event.kind, event.data.get("from"), deal.lost_reason].append(deal.pk)
    return sum(_put_back(kind, came_from, ids, by) for (kind, came_from, _), ids in groups.items())


def _is_still(deal: Deal, event: Event) -> bool:
    if event.kind == "deal.moved":
        return deal.deleted_at is None and deal.stage_id == event.data["to"]
    if event.kind == "deal.assigned":
        return deal.deleted_at is None and deal.assignee_id == event.data["to"]
    return deal.deleted_at is not None


def _put_back(kind: str, came_from: Any, ids: list[int], by: Actor) -> int:
    if kind == "deal.deleted":
        return len(restore_deals(deal_ids=ids, by=by))
    if kind == "deal.assigned":
        member = Membership.objects.select_related("user").filter(pk=came_from or 0).first()
        return len(assign_deals(deal_ids=ids, assignee=member, by=by))
    stage = Stage.objects.filter(pk=came_from).first()
    return len(move_deals(deal_ids=ids, to=stage, by=by, cause={"undo": True})) if stage else 0
