"""The board every workspace has, and how boards are made."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext, override, pgettext

from afluente.accounts.models import Workspace
from afluente.kernel import clock
from afluente.kernel.workspace import current_workspace_id
from afluente.tasks.models import Board, Step


def default_board() -> Board:
    """The workspace's own first board; made, with its three steps, when there is none yet.

    Named in the workspace's language. Two who ask at once get the same one.
    """
    found: Board | None = Board.objects.filter(is_default=True).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return make_board("", is_default=True)
    except IntegrityError:  # somebody else was quicker
        made: Board = Board.objects.get(is_default=True)
        return made


def make_board(name: str, *, is_default: bool, color: int = 0, assignee_id: int | None = None) -> Board:
    """A board with the three usual steps, after all others; without a name it is called Tasks."""
    language = Workspace.objects.values_list("language", flat=True).get(pk=current_workspace_id())
    with override(language):
        called = name or gettext("Tasks")
        labels = [
            (pgettext("task", "New"), Step.Kind.NEW),
            (pgettext("task", "In progress"), Step.Kind.PROGRESS),
            (pgettext("task", "Done"), Step.Kind.DONE),
        ]
    last = Board.objects.aggregate(last=Max("position"))["last"]
    board = Board.objects.create(
        name=called,
        is_default=is_default,
        color=color,
        default_assignee_id=assignee_id,
        position=0 if last is None else last + 1,
        created_at=clock.now(),
    )
    for position, (label, kind) in enumerate(labels):
        Step.objects.create(board=board, name=label, kind=kind, position=position)
    return board
