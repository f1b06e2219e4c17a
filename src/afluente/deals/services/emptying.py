"""Moving everything out of a stage that is about to go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from afluente.deals.models import Deal
from afluente.deals.services.moving import move_deals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from afluente.deals.models import Stage
    from afluente.timeline.events import Actor

BATCH = 1_000  # deals moved in one statement


def empty_stage(stage: Stage, to: Stage, by: Actor, *, cause: Mapping[str, Any]) -> int:
    """Move every deal out of `stage`, keeping the order of the column; how many were present.

    Deleted deals go along, so that they can still be restored. Nobody is asked for what `to` wants:
    the deals have to go somewhere (S-ENTRY, A-55).
    """
    present = Deal.objects.present().filter(stage=stage).order_by("position", "pk")
    ids = list(present.values_list("pk", flat=True))
    for start in range(len(ids), 0, -BATCH):  # the last ones first, since each batch lands on top
        move_deals(deal_ids=ids[max(0, start - BATCH) : start], to=to, by=by, cause=cause)
    Deal.objects.filter(stage=stage).update(stage=to, pipeline_id=to.pipeline_id)
    return len(ids)
