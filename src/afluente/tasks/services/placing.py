"""Where tasks stand in their step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from afluente.kernel import places
from afluente.tasks import statements
from afluente.tasks.models import Task

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from decimal import Decimal


def on_top(count: int) -> list[Decimal]:
    """Places above everything there is, the first of them uppermost."""
    return places.between(None, statements.top_position(), count=count)


def among(
    task_ids: Sequence[int], *, step_id: int, after_id: int | None, before_id: int | None
) -> dict[int, Decimal]:
    """A place for each task, in order: below `after_id` or above `before_id`, else on top."""
    above, below = _neighbours(task_ids, step_id=step_id, after_id=after_id, before_id=before_id)
    if above is None and below is None:
        below = statements.top_position()
    found = places.between(above, below, count=len(task_ids))
    if not found and task_ids:
        statements.renumber(step_id)
        return among(task_ids, step_id=step_id, after_id=after_id, before_id=before_id)
    return dict(zip(task_ids, found, strict=True))


def _neighbours(
    moving: Collection[int], *, step_id: int, after_id: int | None, before_id: int | None
) -> tuple[Decimal | None, Decimal | None]:
    column = Task.objects.present().filter(step_id=step_id).exclude(pk__in=moving)
    if after_id is not None:
        above = column.filter(pk=after_id).values_list("position", flat=True).first()
        if above is not None:
            below = column.filter(position__gt=above).order_by("position")
            return above, below.values_list("position", flat=True).first()
    if before_id is not None:
        below_it = column.filter(pk=before_id).values_list("position", flat=True).first()
        if below_it is not None:
            over = column.filter(position__lt=below_it).order_by("-position")
            return over.values_list("position", flat=True).first(), below_it
    return None, None
