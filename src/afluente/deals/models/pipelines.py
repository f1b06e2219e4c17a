"""Pipelines and their stages."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from afluente.kernel.workspace import WorkspaceManager, WorkspaceModel


class PipelineQuerySet(models.QuerySet["Pipeline"]):
    def present(self) -> PipelineQuerySet:
        return self.filter(archived_at=None)


class Pipeline(WorkspaceModel):
    """A row of stages. «The first pipeline» is the present one with the lowest position (SP-017)."""

    name = models.CharField(max_length=100)
    icon = models.CharField(max_length=40, default="square-kanban")
    currency = models.CharField(max_length=3)
    default_assignee = models.ForeignKey(
        "accounts.Membership",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    position = models.IntegerField()
    archived_at = models.DateTimeField(null=True)

    objects = WorkspaceManager.from_queryset(PipelineQuerySet)()  # type: ignore[misc]  # a ClassVar above

    def __str__(self) -> str:
        return self.name


class Stage(WorkspaceModel):
    """A place in a pipeline. Every pipeline has exactly one won and one lost stage, at the end."""

    class Kind(models.TextChoices):
        OPEN = "open", _("Open")
        WON = "won", _("Won")
        LOST = "lost", _("Lost")

    pipeline = models.ForeignKey(
        Pipeline, models.CASCADE, related_name="stages", db_constraint=False, db_index=False
    )
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=4, choices=Kind, default=Kind.OPEN)
    color = models.PositiveSmallIntegerField(null=True, blank=True)  # a hue step; None: by depth
    stale_after_days = models.PositiveSmallIntegerField(null=True, blank=True)  # None: never
    position = models.IntegerField()

    class Meta(WorkspaceModel.Meta):
        indexes = [models.Index(fields=["workspace", "pipeline", "position"], name="deals_stage_order")]
        constraints = [
            models.UniqueConstraint("workspace", "pipeline", Lower("name"), name="deals_stage_name_once"),
            models.UniqueConstraint(
                fields=["workspace", "pipeline", "kind"],
                condition=~Q(kind="open"),
                name="deals_stage_one_won_one_lost",
            ),
        ]

    def __str__(self) -> str:
        return self.name
