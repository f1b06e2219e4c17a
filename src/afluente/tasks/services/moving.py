"""Steps: starting, completing and reopening tasks, deleting and restoring them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext

from afluente.kernel import clock
from afluente.tasks import statements
from afluente.tasks.models import Step, Task
from afluente.tasks.selectors.boards import step_of_kind
from afluente.tasks.services.changing import locked
from afluente.tasks.services.placing import among
from afluente.tasks.services.refusing import TaskRefusedError
from afluente.tasks.services.repeating import make_following, take_back_following
from afluente.tasks.services.telling import tell
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.timeline.events import Actor


class MovedMeanwhileError(Exception):
    """Somebody else has put the task on another `step`; nothing was moved."""

    def __init__(self, step: str) -> None:
        super().__init__(step)
        self.step = step


@transaction.atomic
def move_tasks(
    *,
    task_ids: Sequence[int],
    to: Step,
    by: Actor,
    after_id: int | None = None,
    before_id: int | None = None,
    seen_step_id: int | None = None,
) -> dict[int, int]:
    """Put tasks on a step, below `after_id` or above `before_id`, else on top, in the order given; by
    task that entered it, the step it was on. Entering a step of the kind DONE completes a task, leaving
    it reopens it. A task that is there already only changes its place, when one is named.

    Raises TaskRefusedError when the step is gone, and MovedMeanwhileError when somebody has put a task elsewhere
    since the person saw it on `seen_step_id`.
    """
    _hold(to)
    rows = {row.pk: row for row in locked(task_ids)}
    for row in rows.values():
        if seen_step_id is not None and row.step_id not in {seen_step_id, to.pk}:
            raise MovedMeanwhileError(row.step.name)
    wanted = [pk for pk in dict.fromkeys(task_ids) if pk in rows]
    entering = [rows[pk] for pk in wanted if rows[pk].step_id != to.pk]
    staying = [pk for pk in wanted if rows[pk].step_id == to.pk]
    if staying and (after_id or before_id):
        statements.reorder(among(staying, step_id=to.pk, after_id=after_id, before_id=before_id))
        # For open boards alone: a hidden kind, and of no contact.
        timeline.record([NewEvent("task.reordered", by, data={"task": pk}) for pk in staying])
    return _enter(entering, to, by, after_id=after_id, before_id=before_id)


@transaction.atomic
def complete_tasks(*, task_ids: Sequence[int], by: Actor) -> dict[int, int]:
    """Put tasks on the first done step of their board; by task that was open, the step it was on."""
    rows = [row for row in locked(task_ids) if row.is_open]
    return _enter_each(rows, _targets(rows, Step.Kind.DONE), by)


@transaction.atomic
def reopen_tasks(*, task_ids: Sequence[int], by: Actor) -> dict[int, int]:
    """Put completed tasks back to work; by task that was done, the step it was on."""
    rows = [row for row in locked(task_ids) if not row.is_open]
    return _enter_each(rows, _targets(rows, Step.Kind.NEW, Step.Kind.PROGRESS), by)


@transaction.atomic
def delete_tasks(*, task_ids: Sequence[int], by: Actor, told: Mapping[str, Any] | None = None) -> list[int]:
    """Put tasks away; `restore_tasks` brings them back. Those that were there. `told` is what the log says besides."""
    ids = [row.pk for row in locked(task_ids)]
    now = clock.now()
    Task.objects.filter(pk__in=ids).update(deleted_at=now, updated_at=now)
    tell(kind="task.deleted", by=by, data={pk: told or {} for pk in ids})
    return ids


@transaction.atomic
def restore_tasks(*, task_ids: Sequence[int], by: Actor) -> list[int]:
    """Bring deleted tasks back as they were; those that were away."""
    gone = Task.objects.exclude(deleted_at=None).filter(pk__in=task_ids).order_by("pk")
    ids = [row.pk for row in gone.select_for_update(of=("self",))]
    Task.objects.filter(pk__in=ids).update(deleted_at=None, updated_at=clock.now())
    tell(kind="task.restored", by=by, data={pk: {} for pk in ids})
    return ids


def _hold(step: Step) -> None:
    """Keep the step from being deleted until commit."""
    if not Step.objects.filter(pk=step.pk).select_for_update(of=("self",), no_key=True):
        raise TaskRefusedError(gettext("That step is gone."), "step")


def _targets(rows: Sequence[Task], *kinds: str) -> dict[int, Step]:
    """For each task the first step of these kinds on its board; tasks on boards without one stay."""
    steps = {board_id: step_of_kind(board_id, *kinds) for board_id in {row.board_id for row in rows}}
    return {row.pk: step for row in rows if (step := steps[row.board_id]) is not None}


def _enter_each(rows: Sequence[Task], targets: Mapping[int, Step], by: Actor) -> dict[int, int]:
    by_step: dict[int, list[Task]] = defaultdict(list)
    steps = {step.pk: step for step in targets.values()}
    for row in rows:
        if row.pk in targets:
            by_step[targets[row.pk].pk].append(row)
    before: dict[int, int] = {}
    for number, group in by_step.items():
        before |= _enter(group, steps[number], by)
    return before


def _enter(
    rows: Sequence[Task], step: Step, by: Actor, after_id: int | None = None, before_id: int | None = None
) -> dict[int, int]:
    if not rows:
        return {}
    names = dict(Step.objects.filter(pk__in={row.step_id for row in rows}).values_list("pk", "name"))
    places = among([row.pk for row in rows], step_id=step.pk, after_id=after_id, before_id=before_id)
    statements.enter_step(places, step=step, now=clock.now())
    is_done = step.kind == Step.Kind.DONE
    said: dict[str, dict[int, dict[str, str | int]]] = defaultdict(dict)
    for row in rows:
        kind = "moved" if row.is_open != is_done else "completed" if is_done else "reopened"
        said[kind][row.pk] = {"from_name": names.get(row.step_id, ""), "to_name": step.name, "to": step.pk}
    tell(kind="task.completed", by=by, data=said["completed"])
    tell(kind="task.reopened", by=by, data=said["reopened"])
    tell(kind="task.moved", by=by, data=said["moved"])
    if is_done:
        make_following([row for row in rows if row.is_open], by)
    take_back_following(list(said["reopened"]), by)
    return {row.pk: row.step_id for row in rows}
