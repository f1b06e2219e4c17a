"""Reminders that are all due at once, told as the worker tells them."""

from __future__ import annotations

import time
from typing import Any

from bench import inside


def remind(*, workspace_id: int, member: int) -> dict[str, Any]:
    """Set a reminder for each deal, due now, then tell them all; seconds of both, and how many were told."""
    from afluente.deals import services as of_deals  # noqa: PLC0415  set up first
    from afluente.deals.models import Deal  # noqa: PLC0415
    from afluente.kernel import clock  # noqa: PLC0415
    from afluente.kernel.workspace import scope  # noqa: PLC0415
    from afluente.timeline import services  # noqa: PLC0415
    from afluente.timeline.models import Notification  # noqa: PLC0415

    kind = of_deals.DUE
    with scope(workspace_id):
        deals = list(Deal.objects.values_list("pk", flat=True))
        Deal.objects.update(due_at=clock.now(), assignee_id=member)
    began = time.perf_counter()
    with scope(workspace_id):
        services.set_reminders(
            [
                services.NewReminder(record_kind="deal", record_id=pk, kind=kind, at=clock.now())
                for pk in deals
            ]
        )
    was_set = time.perf_counter()
    batches = 0
    while True:
        with scope(workspace_id):
            if not services.remind(kind=kind):
                break
        batches += 1
    told = time.perf_counter()
    with scope(workspace_id):
        count = Notification.objects.filter(kind=kind).count()
    return {"set": was_set - began, "told": told - was_set, "count": count, "batches": batches}


if __name__ == "__main__":
    inside.answer(remind)
