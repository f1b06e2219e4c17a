"""The steps of a board, changed by whoever may set boards up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext

from afluente.kernel import clock
from afluente.tasks.models import Board, Step, Task
from afluente.tasks.services.boards import empty, tell
from afluente.tasks.services.refusing import TaskRefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.timeline.events import Actor


@dataclass(frozen=True, kw_only=True)
class StepDraft:
    """A line of the step editor; no `id` means a new step. `color` is 1 to 6, None: by its place."""

    name: str
    kind: str
    id: int | None = None
    color: int | None = None


@transaction.atomic
def save_steps(*, board: Board, drafts: Sequence[StepDraft], by: Actor) -> list[Step]:
    """Make the steps of a board what `drafts` say, in that order. A step that is not among them stays,
    behind them: deleting is `delete_step`.

    A step that becomes one of the kind done, or stops being one, ends or reopens its tasks.
    Raises TaskRefusedError for a board without a step to begin on or without one to end on.
    """
    steps = {step.pk: step for step in _locked(board)}
    before = [_told(step) for step in steps.values()]
    kinds = {step.pk: step.kind for step in steps.values()}
    ordered = [_written(board, steps, draft) for draft in drafts]
    named = {step.pk for step in ordered}
    everything = [*ordered, *(step for step in steps.values() if step.pk not in named)]
    _check_kinds([step.kind for step in everything])
    for position, step in enumerate(everything):
        step.position = position
    Step.objects.bulk_update(everything, ["name", "kind", "color", "position"])
    _end_or_reopen([step for step in everything if kinds.get(step.pk, step.kind) != step.kind])
    after = [_told(step) for step in everything]
    if after != before:
        tell("board.steps_changed", board, by, {"steps": [before, after]})
    return everything


@transaction.atomic
def delete_step(*, step: Step, to: Step | None, by: Actor) -> int:
    """Delete a step after moving its tasks to `to`; how many were moved. Raises TaskRefusedError."""
    steps = _locked(step.board)
    _check_kinds([one.kind for one in steps if one.pk != step.pk])
    if to is not None and to.pk == step.pk:
        raise TaskRefusedError(gettext("Choose where the tasks go."), "to")
    moved = empty(Task.objects.filter(step=step), to, by)
    told, number = _told(step), step.pk
    step.delete()
    tell("board.step_deleted", step.board, by, {**told, "step": number, "to": to.pk if to else None})
    return moved


def _locked(board: Board) -> list[Step]:
    found = Step.objects.filter(board=board).select_for_update(of=("self",))
    return list(found.order_by("position", "pk"))


def _written(board: Board, steps: dict[int, Step], draft: StepDraft) -> Step:
    step = steps.get(draft.id or 0)
    if step is None:
        return Step.objects.create(
            board=board, name=draft.name, kind=draft.kind, color=draft.color, position=len(steps)
        )
    step.name, step.kind, step.color = draft.name, draft.kind, draft.color
    return step


def _check_kinds(kinds: Sequence[str]) -> None:
    if Step.Kind.DONE not in kinds:
        raise TaskRefusedError(gettext("A board needs a step where tasks are done."), "kind")
    if set(kinds) == {Step.Kind.DONE}:
        raise TaskRefusedError(gettext("A board needs a step where tasks begin."), "kind")


def _end_or_reopen(steps: Sequence[Step]) -> None:
    now = clock.now()
    for step in steps:
        tasks = Task.objects.filter(step=step)
        if step.kind == Step.Kind.DONE:
            tasks.filter(done_at=None).update(done_at=now, updated_at=now)
        else:
            tasks.exclude(done_at=None).update(done_at=None, updated_at=now)


def _told(step: Step) -> dict[str, Any]:
    return {"name": step.name, "kind": step.kind, "color": step.color}
