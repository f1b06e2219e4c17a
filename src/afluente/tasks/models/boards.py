"""Boards and the steps on them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from afluente.kernel.workspace import WorkspaceModel


class Board(WorkspaceModel):
    """A row of steps. The default one is made when the first task or board is."""

    name = models.CharField(max_length=100)
    is_default = models.BooleanField(default=False)
    color = models.PositiveSmallIntegerField(default=0)  # a hue, 0 to 23
    default_assignee = models.ForeignKey(  # who gets tasks made here without naming anybody
        "accounts.Membership",
        models.SET_NULL,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    position = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace"], condition=Q(is_default=True), name="tasks_board_one_default"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Step(WorkspaceModel):
    """A place on a board. Its kind says what being there means; only DONE ends a task."""

    class Kind(models.TextChoices):
        NEW = "new", pgettext_lazy("task", "New")
        PROGRESS = "progress", pgettext_lazy("task", "In progress")
        DONE = "done", pgettext_lazy("task", "Done")

    board = models.ForeignKey(
        Board, models.CASCADE, related_name="steps", db_constraint=False, db_index=False
    )
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.NEW)
    color = models.PositiveSmallIntegerField(null=True)  # a step of the ramp, 1 to 6; None: by depth
    position = models.IntegerField()

    class Meta(WorkspaceModel.Meta):
        indexes = [models.Index(fields=["workspace", "board", "position"], name="tasks_step_order")]

    def __str__(self) -> str:
        return self.name
