"""Boards, as many as wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext

from afluente.kernel import clock
from afluente.tasks.models import Board, Step, Task
from afluente.tasks.services.first_board import default_board, make_board
from afluente.tasks.services.moving import move_tasks
from afluente.tasks.services.refusing import TaskRefusedError
from afluente.timeline import services as timeline
from afluente.timeline.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.timeline.events import Actor

BATCH = 1_000  # tasks moved in one statement when their step is deleted


@transaction.atomic
def create_board(*, name: str, by: Actor, color: int = 0, default_assignee_id: int | None = None) -> Board:
    """Make a board with the three usual steps, in the workspace's language, after all others.

    Raises TaskRefusedError for a name that another present board has.
    """
    default_board()
    _check_name(name)
    board = make_board(name, is_default=False, color=color, assignee_id=default_assignee_id)
    tell("board.created", board, by, {"name": name})
    return board


@transaction.atomic
def change_board(*, board: Board, changes: Mapping[str, Any], by: Actor) -> Board:
    """Set name, color or default_assignee_id. One event with before and after, if any differs.

    Raises TaskRefusedError for a name that another present board has.
    """
    changed = {name: [getattr(board, name), value] for name, value in changes.items()}
    changed = {name: pair for name, pair in changed.items() if pair[0] != pair[1]}
    if not changed:
        return board
    if "name" in changed:
        _check_name(changed["name"][1], but=board.pk)
    for name, (_before, value) in changed.items():
        setattr(board, name, value)
    board.save(update_fields=[name.removesuffix("_id") for name in changed])
    tell("board.changed", board, by, changed)
    return board


@transaction.atomic
def order_boards(*, ids: Sequence[int], by: Actor) -> None:
    """Put the present boards in this order; the first one is where tasks go that name no board.

    Those not named come after, as they were.
    """
    present = list(Board.objects.filter(archived_at=None).select_for_update(of=("self",)))
    present.sort(key=lambda board: (not board.is_default, board.position, board.pk))
    before = [board.pk for board in present]
    wanted = {pk: place for place, pk in enumerate(ids)}
    present.sort(key=lambda board: wanted.get(board.pk, len(wanted)))
    if not present or [board.pk for board in present] == before:
        return
    Board.objects.filter(is_default=True).update(is_default=False)  # one at a time, says the database
    for position, board in enumerate(present):
        board.position, board.is_default = position, position == 0
    Board.objects.bulk_update(present, ["position", "is_default"])
    tell("board.ordered", present[0], by, {"order": [before, [board.pk for board in present]]})


@transaction.atomic
def delete_board(*, board: Board, to: Step | None, by: Actor) -> int:
    """Delete a board after moving its tasks to the step `to` of another one; how many were moved.

    Deleted tasks go along, so that they can still be restored. Raises TaskRefusedError.
    """
    board = Board.objects.select_for_update(of=("self",)).get(pk=board.pk)
    if board.is_default:
        raise TaskRefusedError(gettext("The first board stays. Put another one first."), "board")
    if to is not None and to.board_id == board.pk:
        raise TaskRefusedError(gettext("Choose a step of another board."), "to")
    moved = empty(Task.objects.filter(board=board), to, by)
    tell("board.deleted", board, by, {"name": board.name, "to": to.pk if to else None})
    board.steps.all().delete()
    board.delete()
    return moved


def empty(tasks: Any, to: Step | None, by: Actor) -> int:
    """Move these tasks to a step, keeping their order; how many present ones. Raises TaskRefusedError
    when there are any and nobody said where they go.
    """
    if to is None:
        if tasks.exists():
            raise TaskRefusedError(gettext("Choose where the tasks go."), "to")
        return 0
    ids = list(tasks.present().order_by("position", "pk").values_list("pk", flat=True))
    for start in range(len(ids), 0, -BATCH):  # the last ones first, since each batch lands on top
        move_tasks(task_ids=ids[max(0, start - BATCH) : start], to=to, by=by)
    gone = tasks.exclude(deleted_at=None)
    done_at = clock.now() if to.kind == Step.Kind.DONE else None
    gone.update(step=to, board_id=to.board_id, done_at=done_at)
    return len(ids)


def tell(kind: str, board: Board, by: Actor, data: Mapping[str, Any]) -> None:
    """One line in the log about a board."""
    timeline.record([NewEvent(kind, by, data={"board": board.pk, **data})])


def _check_name(name: str, but: int | None = None) -> None:
    if Board.objects.filter(archived_at=None, name__iexact=name).exclude(pk=but or 0).exists():
        raise TaskRefusedError(gettext("There is a board of this name already."), "name")
