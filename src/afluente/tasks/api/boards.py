"""Boards and their steps for other programs (docs/reference/api.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.http import HttpRequest
from ninja import Router, Status

from afluente.accounts.requests import member_of
from afluente.tasks import policies, selectors, services
from afluente.tasks.api.answers import REFUSALS, not_allowed, refuse, refused
from afluente.tasks.api.board_shapes import (
    BoardNew,
    BoardOut,
    BoardPatch,
    BoardsOrder,
    BoardsOut,
    StepsPut,
)
from afluente.tasks.api.naming import MistakeError, people
from afluente.tasks.models import Board, Step
from afluente.timeline.events import token_actor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.accounts.models import Membership
    from afluente.tasks.api.board_shapes import StepIn

router = Router(tags=["Tasks"])


@router.get("/tasks/boards", response={200: BoardsOut, **REFUSALS})
def list_boards(request: HttpRequest) -> Any:
    """The present boards with their steps in their order. None before the first task."""
    if not policies.may_list(member_of(request)):
        return {"items": []}
    return {"items": [_plain(board) for board in selectors.boards()]}


@router.post("/tasks/boards", response={201: BoardOut, **REFUSALS})
def create_board(request: HttpRequest, payload: BoardNew) -> Any:
    """Add a board after all others, with the steps given, or the three usual ones."""
    member = member_of(request)
    if not policies.may_configure(member):
        return not_allowed()
    try:
        with transaction.atomic():
            board = services.create_board(
                name=payload.name,
                color=payload.color,
                default_assignee_id=people(member, [payload.default_assignee_id], "default_assignee_id")[0],
                by=token_actor(request),
            )
            if payload.steps:
                _replace_steps(request, board, payload.steps)
    except (MistakeError, services.TaskRefusedError) as mistake:
        return refused(mistake)
    return Status(201, _out(board.pk))


@router.put("/tasks/boards/order", response={200: BoardsOut, **REFUSALS})
def order_boards(request: HttpRequest, payload: BoardsOrder) -> Any:
    """Put the boards in this order; tasks that name no board begin on the first one."""
    if not policies.may_configure(member_of(request)):
        return not_allowed()
    if Board.objects.filter(archived_at=None, pk__in=payload.board_ids).count() < len(set(payload.board_ids)):
        return refuse(422, "invalid", "There is no such board.", "board_ids")
    services.order_boards(ids=payload.board_ids, by=token_actor(request))
    return {"items": [_plain(board) for board in selectors.boards()]}


@router.get("/tasks/boards/{board_id}", response={200: BoardOut, **REFUSALS})
def read_board(request: HttpRequest, board_id: int) -> Any:
    """One board."""
    may = policies.may_list(member_of(request))
    return (_out(board_id) if may else None) or _no_board()


@router.patch("/tasks/boards/{board_id}", response={200: BoardOut, **REFUSALS})
def change_board(request: HttpRequest, board_id: int, payload: BoardPatch) -> Any:
    """Change a board's name, colour or default assignee."""
    member = member_of(request)
    if not policies.may_configure(member):
        return not_allowed()
    board = Board.objects.filter(archived_at=None, pk=board_id).first()
    if board is None:
        return _no_board()
    given = payload.dict(exclude_unset=True)
    try:
        _check(member, given)
        services.change_board(board=board, changes=given, by=token_actor(request))
    except (MistakeError, services.TaskRefusedError) as mistake:
        return refused(mistake)
    return _out(board_id)


@router.put("/tasks/boards/{board_id}/steps", response={200: BoardOut, **REFUSALS})
def put_steps(request: HttpRequest, board_id: int, payload: StepsPut) -> Any:
    """Make the steps of a board these, in this order: with `id` a present one, without it a new one.
    Present ones that are not named stay, behind them: they are deleted one by one.
    """
    if not policies.may_configure(member_of(request)):
        return not_allowed()
    board = Board.objects.filter(archived_at=None, pk=board_id).first()
    if board is None:
        return _no_board()
    try:
        with transaction.atomic():
            _put_steps(request, board, payload.steps)
    except (MistakeError, services.TaskRefusedError) as mistake:
        return refused(mistake)
    return _out(board_id)


@router.delete("/tasks/boards/{board_id}/steps/{step_id}", response={204: None, **REFUSALS})
def delete_step(request: HttpRequest, board_id: int, step_id: int, to: int | None = None) -> Any:
    """Delete a step; its tasks go to the step `to`, of whatever board."""
    if not policies.may_configure(member_of(request)):
        return not_allowed()
    step = Step.objects.filter(board_id=board_id, pk=step_id).select_related("board").first()
    if step is None:
        return refuse(404, "not_found", "There is no such step on this board.")
    try:
        services.delete_step(step=step, to=_goal(to), by=token_actor(request))
    except (MistakeError, services.TaskRefusedError) as mistake:
        return refused(mistake)
    return Status(204, None)


@router.delete("/tasks/boards/{board_id}", response={204: None, **REFUSALS})
def delete_board(request: HttpRequest, board_id: int, to: int | None = None) -> Any:
    """Delete a board; its tasks go to the step `to` of another one. The first one stays."""
    if not policies.may_configure(member_of(request)):
        return not_allowed()
    board = Board.objects.filter(archived_at=None, pk=board_id).first()
    if board is None:
        return _no_board()
    try:
        services.delete_board(board=board, to=_goal(to), by=token_actor(request))
    except (MistakeError, services.TaskRefusedError) as mistake:
        return refused(mistake)
    return Status(204, None)


def _check(member: Membership, given: dict[str, Any]) -> None:
    for name in {"name", "color"} & given.keys():
        if given[name] is None:
            raise MistakeError("This cannot be taken away.", name)
    if "default_assignee_id" in given:
        people(member, [given["default_assignee_id"]], "default_assignee_id")


def _replace_steps(request: HttpRequest, board: Board, steps: Sequence[StepIn]) -> None:
    """Of a board that was just made: these steps instead of the usual ones."""
    usual = list(board.steps.order_by("position"))
    _put_steps(request, board, steps)
    for step in usual:
        services.delete_step(step=step, to=None, by=token_actor(request))


def _put_steps(request: HttpRequest, board: Board, steps: Sequence[StepIn]) -> None:
    named = [step.id for step in steps if step.id is not None]
    if len(set(named)) < len(named) or board.steps.filter(pk__in=named).count() < len(named):
        raise MistakeError("There is no such step on this board, or it is named twice.", "steps")
    if len({step.name.casefold() for step in steps}) < len(steps):
        raise MistakeError("Two steps have the same name.", "steps")
    drafts = [services.StepDraft(name=s.name, kind=s.kind, id=s.id, color=s.color) for s in steps]
    services.save_steps(board=board, drafts=drafts, by=token_actor(request))


def _goal(step_id: int | None) -> Step | None:
    if step_id is None:
        return None
    step = Step.objects.filter(pk=step_id, board__archived_at=None).first()
    if step is None:
        raise MistakeError("There is no such step.", "to")
    return step


def _out(board_id: int) -> dict[str, Any] | None:
    return next((_plain(board) for board in selectors.boards() if board.pk == board_id), None)


def _plain(board: Board) -> dict[str, Any]:
    steps = sorted(board.steps.all(), key=lambda step: (step.position, step.pk))
    return {
        "id": board.pk,
        "name": board.name,
        "color": board.color,
        "is_first": board.is_default,
        "default_assignee_id": board.default_assignee_id,
        "steps": [
            {"id": step.pk, "name": step.name, "kind": step.kind, "color": step.color} for step in steps
        ],
    }


def _no_board() -> Status[Any]:
    return refuse(404, "not_found", "There is no such board.")
