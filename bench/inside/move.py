"""Moves through `deals.services.move_deals`, timed with their transactions."""

from __future__ import annotations

import time
from typing import Any

from bench import inside


def move(*, workspace_id: int, stages: list[int], ones: int, bulks: int) -> dict[str, Any]:
    """Move single deals `ones` times and all deals `bulks` times, to and fro; seconds of each."""
    from afluente.deals import services  # noqa: PLC0415  set up first
    from afluente.deals.models import Deal, Stage  # noqa: PLC0415
    from afluente.kernel.workspace import scope  # noqa: PLC0415
    from afluente.timeline.events import Actor  # noqa: PLC0415

    actor = Actor("member", 1, "Medida")
    with scope(workspace_id):
        deal_ids = list(Deal.objects.order_by("pk").values_list("pk", flat=True))
        targets = [Stage.objects.get(pk=pk) for pk in reversed(stages)]

    def timed(ids: list[int], to: Stage) -> float:
        began = time.perf_counter()
        with scope(workspace_id):
            services.move_deals(deal_ids=ids, to=to, by=actor)
        return time.perf_counter() - began

    with scope(workspace_id):  # everything starts in the first stage
        services.move_deals(deal_ids=deal_ids, to=targets[1], by=actor)
    seconds = [timed([deal_ids[n // 2 % len(deal_ids)]], targets[n % 2]) for n in range(ones)]
    return {"ones": seconds, "bulks": [timed(deal_ids, targets[n % 2]) for n in range(bulks)]}


if __name__ == "__main__":
    inside.answer(move)
