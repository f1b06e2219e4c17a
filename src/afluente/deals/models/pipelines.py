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
    """A row of stages. «The first pipeline» is the present one with the lowest position (SP-017).

    A pipeline of leads is one whose deals are people who may want something: they are converted, or
    junk, where deals are won or lost. `stage_on_new`, `stage_on_paid` and `stage_on_failed` say where a
    deal goes when a payment of it begins, arrives or fails; None: it stays.
    """

    class Kind(models.TextChoices):
        DEAL = "deal", _("Deals")
        LEAD = "lead", _("Leads")

    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=4, choices=Kind, default=Kind.DEAL)
    color = models.PositiveSmallIntegerField(null=True, blank=True)  # a hue of the sign; None: plain
    asks_lost_reason = models.BooleanField(default=False)  # nobody closes a deal as lost without one
    stage_on_new = models.ForeignKey(
        "deals.Stage", models.SET_NULL, null=True, related_name="+", db_constraint=False, db_index=False
    )
    stage_on_paid = models.ForeignKey(
        "deals.Stage", models.SET_NULL, null=True, related_name="+", db_constraint=False, db_index=False
    )
    stage_on_failed = models.ForeignKey(
        "deals.Stage", models.SET_NULL, null=True, related_name="+", db_constraint=False, db_index=False
    )
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

    @property
    def is_for_leads(self) -> bool:
        return self.kind == self.Kind.LEAD


class StageQuerySet(models.QuerySet["Stage"]):
    def lasting(self) -> StageQuerySet:
        """Without those that are being deleted."""
        return self.filter(ends_into=None)


class Stage(WorkspaceModel):
    """A place in a pipeline. Every pipeline has exactly one won and one lost stage, at the end.

    `due_hours` is how long a deal that enters has until it is due, `remind_before` how many minutes
    before that its assignee is reminded. `probability` of winning is in per cent; None: by its place.
    `required` names what a deal must have before a person may move it here (services.requirements).
    One with `ends_into` is deleted: nobody sees or enters it, and a job takes its deals to that stage.
    """

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
    due_hours = models.PositiveIntegerField(null=True, blank=True)
    remind_before = models.PositiveIntegerField(null=True, blank=True)
    probability = models.PositiveSmallIntegerField(null=True, blank=True)
    required = models.JSONField(default=list)
    position = models.IntegerField()
    ends_into = models.BigIntegerField(null=True)

    objects = WorkspaceManager.from_queryset(StageQuerySet)()  # type: ignore[misc]  # a ClassVar above

    class Meta(WorkspaceModel.Meta):
        indexes = [models.Index(fields=["workspace", "pipeline", "position"], name="deals_stage_order")]
        constraints = [
            models.UniqueConstraint("workspace", "pipeline", Lower("name"), name="deals_stage_name_once"),
            models.UniqueConstraint(
                fields=["workspace", "pipeline", "kind"],
                condition=~Q(kind="open"),
                name="deals_stage_one_won_one_lost",
            ),
            models.CheckConstraint(
                condition=Q(probability=None) | Q(probability__lte=100), name="deals_stage_probability"
            ),
        ]

    def __str__(self) -> str:
        return self.name
