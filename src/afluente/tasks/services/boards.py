"""The board every workspace has."""

from __future__ import annotations

from django.db import IntegrityError, transaction
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
            return _make()
    except IntegrityError:  # somebody else was quicker
        made: Board = Board.objects.get(is_default=True)
        return made


def _make() -> Board:
    language = Workspace.objects.values_list("language", flat=True).get(pk=current_workspace_id())
    with override(language):
        name = gettext("Tasks")
        labels = [
            (pgettext("task", "New"), "new"),
            (pgettext("task", "In progress"), "progress"),
            (pgettext("task", "Done"), "done"),
        ]
    board = Board.objects.create(name=name, is_default=True, created_at=clock.now())
    for position, (label, kind) in enumerate(labels):
        Step.objects.create(board=board, name=label, kind=kind, position=position)
    return board
