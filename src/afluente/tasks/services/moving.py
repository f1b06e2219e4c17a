"""Steps: starting, completing and reopening tasks, deleting and restoring them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from afluente.kernel import clock
from afluente.tasks.models import Step, Task
from afluente.tasks.selectors.boards import step_of_kind
from afluente.tasks.services.changing import locked
from afluente.tasks.services.telling import tell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.timeline.events import Actor


@transaction.atomic
def move_tasks(*, task_ids: Sequence[int], to: Step, by: Actor) -> dict[int, int]:
    """Put tasks on a step; by task that moved, the step it was on. Entering a step of the kind DONE
    completes a task, leaving it reopens it.
    """
    rows = [row for row in locked(task_ids) if row.step_id != to.pk]
    return _enter(rows, {row.pk: to for row in rows}, by)


@transaction.atomic
def complete_tasks(*, task_ids: Sequence[int], by: Actor) -> dict[int, int]:
    """Put tasks on the first done step of their board; by task that was open, the step it was on."""
    rows = [row for row in locked(task_ids) if row.is_open]
    return _enter(rows, _targets(rows, Step.Kind.DONE), by)


@transaction.atomic
def reopen_tasks(*, task_ids: Sequence[int], by: Actor) -> dict[int, int]:
    """Put completed tasks back to work; by task that was done, the step it was on."""
    rows = [row for row in locked(task_ids) if not row.is_open]
    return _enter(rows, _targets(rows, Step.Kind.NEW, Step.Kind.PROGRESS), by)


@transaction.atomic
def delete_tasks(*, task_ids: Sequence[int], by: Actor) -> list[int]:
    """Put tasks away; `restore_tasks` brings them back. Those that were there."""
    ids = [row.pk for row in locked(task_ids)]
    now = clock.now()
    Task.objects.filter(pk__in=ids).update(deleted_at=now, updated_at=now)
    tell(kind="task.deleted", by=by, data={pk: {} for pk in ids})
    return ids


@transaction.atomic
def restore_tasks(*, task_ids: Sequence[int], by: Actor) -> list[int]:
    """Bring deleted tasks back as they were; those that were away."""
    gone = Task.objects.exclude(deleted_at=None).filter(pk__in=task_ids).order_by("pk")
    ids = [row.pk for row in gone.select_for_update(of=("self",))]
    Task.objects.filter(pk__in=ids).update(deleted_at=None, updated_at=clock.now())
    tell(kind="task.restored", by=by, data={pk: {} for pk in ids})
    return ids


def _targets(rows: Sequence[Task], *kinds: str) -> dict[int, Step]:
    """For each task the first step of these kinds on its board; tasks on boards without one stay."""
    steps = {board_id: step_of_kind(board_id, *kinds) for board_id in {row.board_id for row in rows}}
    return {row.pk: step for row in rows if (step := steps[row.board_id]) is not None}


def _enter(rows: Sequence[Task], targets: Mapping[int, Step], by: Actor) -> dict[int, int]:
    rows = [row for row in rows if row.pk in targets]
    if not rows:
        return {}
    names = dict(Step.objects.filter(pk__in={row.step_id for row in rows}).values_list("pk", "name"))
    before = {row.pk: row.step_id for row in rows}
    now = clock.now()
    ended: dict[int, dict[str, str]] = {}
    begun: dict[int, dict[str, str]] = {}
    moved: dict[int, dict[str, str]] = {}
    for row in rows:
        step = targets[row.pk]
        was_open, is_done = row.is_open, step.kind == Step.Kind.DONE
        kept = ended if is_done and was_open else begun if not is_done and not was_open else moved
        kept[row.pk] = {"from_name": names.get(row.step_id, ""), "to_name": step.name}
        row.step, row.board_id, row.updated_at = step, step.board_id, now
        row.done_at = (row.done_at or now) if is_done else None
    Task.objects.bulk_update(rows, ["step", "board", "done_at", "updated_at"])
    tell(kind="task.completed", by=by, data=ended)
    tell(kind="task.reopened", by=by, data=begun)
    tell(kind="task.moved", by=by, data=moved)
    return before
