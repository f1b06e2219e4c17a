"""Definitions, their versions, the steps that wait and the log of those that ended."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from afluente.kernel.workspace import WorkspaceModel

SHARDS = 16  # deals are spread over so many; one worker at a time takes one


class Definition(WorkspaceModel):
    """The rules of one stage: as they are being arranged (`draft`), and the number of the version that runs.

    Paused: nothing new starts and what is due is held. Stopped: nothing starts and nothing waits. What waits by
    a version below `floor` goes on by that of the floor (S-VERSION). `place` is the number of the stage, also when
    the stage was deleted: what its rules did is still told.
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        ACTIVE = "active"
        PAUSED = "paused"
        STOPPED = "stopped"

    stage = models.ForeignKey(
        "deals.Stage", models.SET_NULL, null=True, related_name="+", db_constraint=False, db_index=False
    )
    place = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    draft = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=0)
    floor = models.PositiveIntegerField(default=0)
    paused_because = models.CharField(max_length=250, blank=True, default="")
    resumed_at = models.DateTimeField(null=True)  # failures of before this count no more (S-FAIL)
    changed_at = models.DateTimeField()

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "stage"], name="automation_one_of_a_stage"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(version__gt=0), name="automation_running_is_published"
            ),
        ]


class Version(WorkspaceModel):
    """What was published. It never changes. `begun_at`: when its new rules began for the deals that were there."""

    definition = models.ForeignKey(
        Definition, models.CASCADE, related_name="versions", db_constraint=False, db_index=False
    )
    number = models.PositiveIntegerField()
    rules = models.JSONField()
    published_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(
        "accounts.Membership",
        models.SET_NULL,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "definition", "number"], name="automation_version_once"
            )
        ]


class Waiting(models.TextChoices):
    """States of a step that is not over (S-STATE)."""

    SCHEDULED = "scheduled"
    PARKED = "parked"
    GATED = "gated"
    HELD = "held"
    AWAITING = "awaiting"
    RETRY = "retry"


LOOKED_AT = [Waiting.SCHEDULED, Waiting.GATED, Waiting.RETRY, Waiting.AWAITING]


class Token(WorkspaceModel):
    """A step that waits: only these are rows, so finding what is due costs the same however much ended.

    `node` is where it goes on; `start` is a deal that entered and was not looked at yet. `epoch` is the deal's
    entry; a token of an older one is cancelled by the move itself. `since` is what its time counts from when that
    is the end of the rule before it. `root_id` is the event that began it all.
    """

    definition = models.ForeignKey(
        Definition, models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    version = models.PositiveIntegerField()
    deal = models.ForeignKey(
        "deals.Deal", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    epoch = models.BigIntegerField()
    entered_at = models.DateTimeField()
    since = models.DateTimeField(null=True)
    node = models.CharField(max_length=60)
    rule = models.CharField(max_length=40, blank=True, default="")
    state = models.CharField(max_length=10, choices=Waiting)
    shard = models.PositiveSmallIntegerField()
    priority = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    planned_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    occurrence = models.CharField(max_length=40, blank=True, default="")
    key = models.CharField(max_length=120, blank=True, default="")
    root_id = models.BigIntegerField(null=True)
    depth = models.PositiveSmallIntegerField(default=0)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "deal", "epoch", "node", "occurrence"], name="automation_token_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["workspace", "shard", "priority", "due_at", "id"],
                condition=Q(state__in=LOOKED_AT),
                name="automation_token_due",
            ),
            models.Index(
                fields=["workspace", "key", "deal"], condition=~Q(key=""), name="automation_token_key"
            ),
            models.Index(fields=["workspace", "definition"], name="automation_token_definition"),
        ]


class Step(WorkspaceModel):
    """How a step ended, and why. `asked` holds what its condition compared; `late_by` is in seconds."""

    class State(models.TextChoices):
        APPLIED = "applied"
        SKIPPED = "skipped"
        FAILED = "failed"
        UNKNOWN = "unknown"
        CANCELLED = "cancelled"
        AWAITING = "awaiting"

    definition = models.ForeignKey(
        Definition, models.CASCADE, related_name="steps", db_constraint=False, db_index=False
    )
    version = models.PositiveIntegerField()
    rule = models.CharField(max_length=40)
    deal = models.ForeignKey(
        "deals.Deal", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    epoch = models.BigIntegerField()
    occurrence = models.CharField(max_length=40, blank=True, default="")
    state = models.CharField(max_length=10, choices=State)
    reason = models.CharField(max_length=40, blank=True, default="")
    detail = models.CharField(max_length=500, blank=True, default="")
    asked = models.JSONField(default=list)
    due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField()
    late_by = models.IntegerField(default=0)
    root_id = models.BigIntegerField(null=True)
    depth = models.PositiveSmallIntegerField(default=0)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            # S-ONCE: a rule acts once for an entry and for each value of a date.
            models.UniqueConstraint(
                fields=["workspace", "definition", "deal", "epoch", "rule", "occurrence"],
                condition=Q(state__in=["applied", "awaiting", "unknown"]),
                name="automation_step_once",
            )
        ]
        indexes = [
            models.Index(fields=["workspace", "deal", "-id"], name="automation_step_deal"),
            BrinIndex(fields=["ended_at"], name="automation_step_ended"),
            models.Index(fields=["workspace", "definition", "rule", "-id"], name="automation_step_rule"),
            models.Index(
                fields=["workspace", "definition", "-id"],
                condition=Q(state__in=["failed", "unknown"]),
                name="automation_step_standing",
            ),
            # Few: steps of deals that rules opened, for the limit of a chain (S-LOOP 2).
            models.Index(
                fields=["workspace", "root_id"],
                condition=Q(epoch=1, depth__gt=0),
                name="automation_step_bred",
            ),
        ]
