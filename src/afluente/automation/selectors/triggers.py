"""What is read about triggers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afluente.automation.models import Firing, Frozen, Trigger

if TYPE_CHECKING:
    from collections.abc import Collection


def triggers_of(stage_ids: Collection[int]) -> list[Trigger]:
    """The triggers that lead to these stages, each stage's in their order."""
    found = Trigger.objects.present().filter(stage_id__in=stage_ids)
    return list(found.order_by("stage_id", "position", "pk"))


def firings_of(deal_id: int, *, before: int | None = None, limit: int = 200) -> list[Firing]:
    """What triggers did with a deal and why they did not, the last first."""
    found = Firing.objects.filter(deal_id=deal_id)
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found.select_related("trigger").order_by("-pk")[:limit])


def is_frozen(deal_id: int) -> bool:
    """Whether nothing automatic happens to a deal, because rules moved it too often."""
    return Frozen.objects.filter(deal_id=deal_id).exists()
