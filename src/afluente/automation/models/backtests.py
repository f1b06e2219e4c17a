"""What rules would have done: a replay of what really happened, and what it found."""

from __future__ import annotations

from django.db import models

from afluente.kernel.workspace import WorkspaceModel


class Backtest(WorkspaceModel):
    """One replay of a pipeline's last days through its rules as they are arranged. `total` is how much happened,
    `done` how much of it was told again.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    pipeline = models.ForeignKey(
        "deals.Pipeline", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    days = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(null=True)
    detail = models.CharField(max_length=250, blank=True, default="")
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        indexes = [models.Index(fields=["workspace", "pipeline", "-id"], name="automation_backtest_latest")]


class BacktestRow(WorkspaceModel):
    """A step that would have ended, or a trigger that would have moved a deal. `words` is what would have been said
    to people. Of a trigger `rule` is its number after `trigger:`.
    """

    backtest = models.ForeignKey(
        Backtest, models.CASCADE, related_name="rows", db_constraint=False, db_index=False
    )
    at = models.DateTimeField()
    deal = models.ForeignKey(
        "deals.Deal", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    stage_id = models.BigIntegerField()
    rule = models.CharField(max_length=40)
    title = models.CharField(max_length=150)
    state = models.CharField(max_length=10)
    reason = models.CharField(max_length=40, blank=True, default="")
    words = models.JSONField(default=list)

    class Meta(WorkspaceModel.Meta):
        indexes = [
            models.Index(fields=["workspace", "backtest", "at", "id"], name="automation_backtest_rows")
        ]
