"""What moves a deal into a stage by itself, what it heard of, and what became of that."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from afluente.kernel.workspace import WorkspaceManager, WorkspaceModel


class TriggerQuerySet(models.QuerySet["Trigger"]):
    def present(self) -> TriggerQuerySet:
        return self.filter(deleted_at=None)


class Trigger(WorkspaceModel):
    """A deal enters `stage` when something of `kind` happens (S-TRIG). It does nothing else.

    `params` are the kind's own; `where` and `match` a filter that the deal must fit. `reach` says which deals
    of a client are meant when nothing names one. `hears_rules`: also what rules did. One of the kind `webhook`
    has an address: `public_id` and a secret. One that was deleted stays for what it did, and for its way back.
    """

    class Reach(models.TextChoices):
        LATEST = "latest"
        ALL = "all"

    stage = models.ForeignKey(
        "deals.Stage", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=100, blank=True, default="")
    params = models.JSONField(default=dict)
    where = models.JSONField(default=list)
    match = models.CharField(max_length=3, default="all")
    reach = models.CharField(max_length=6, choices=Reach, default=Reach.LATEST)
    allows_back = models.BooleanField(default=False)
    may_reopen = models.BooleanField(default=False)
    hears_rules = models.BooleanField(default=False)
    max_age_minutes = models.PositiveIntegerField(default=60)
    quiet_seconds = models.PositiveIntegerField(default=0)  # how long nothing more of it may happen before
    on_behalf_of = models.ForeignKey(
        "accounts.Membership",
        models.SET_NULL,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    position = models.IntegerField(default=0)
    is_on = models.BooleanField(default=True)
    public_id = models.CharField(max_length=48, blank=True, default="")
    secret_digest = models.CharField(max_length=64, blank=True, default="")
    secret_box = models.TextField(blank=True, default="")  # encrypted, so that a person can copy the address
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    objects = WorkspaceManager.from_queryset(TriggerQuerySet)()  # type: ignore[misc]  # a ClassVar above

    class Meta(WorkspaceModel.Meta):
        indexes = [
            models.Index(fields=["workspace", "stage", "position"], name="automation_trigger_stage"),
            models.Index(
                fields=["workspace", "kind"], condition=Q(is_on=True), name="automation_trigger_kind"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "public_id"],
                condition=~Q(public_id=""),
                name="automation_trigger_public",
            )
        ]


class Heard(WorkspaceModel):
    """Something that a trigger listens for: written in the transaction of what happened, looked at by a worker.

    Of an event of the log `event_id` names it and the row goes when it was looked at; what came from outside
    has `data`, and a `key` that makes a repeat be recognised, so its row stays for some days. What a trigger put off
    until it is quiet is a row for it and the deal, due then.
    """

    event_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=60)
    trigger_id = models.BigIntegerField(null=True)
    deal_id = models.BigIntegerField(null=True)
    contact_id = models.BigIntegerField(null=True)
    key = models.CharField(max_length=200, blank=True, default="")
    data = models.JSONField(default=dict)
    happened_at = models.DateTimeField()
    is_automatic = models.BooleanField(default=False)
    root_id = models.BigIntegerField(null=True)
    depth = models.PositiveSmallIntegerField(default=0)
    looked_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)  # not to be looked at before

    class Meta(WorkspaceModel.Meta):
        indexes = [
            models.Index(
                fields=["workspace", "id"], condition=Q(looked_at=None), name="automation_heard_waiting"
            ),
            models.Index(
                fields=["workspace", "looked_at"],
                condition=Q(looked_at__isnull=False),
                name="automation_heard_looked",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "key"], condition=~Q(key=""), name="automation_heard_once"
            )
        ]


class Firing(WorkspaceModel):
    """What a trigger did with a deal, or why it did not. One for each deal and thing that was heard."""

    class State(models.TextChoices):
        MOVED = "moved"
        PASSED = "passed"
        REFUSED = "refused"

    trigger = models.ForeignKey(
        Trigger, models.CASCADE, related_name="firings", db_constraint=False, db_index=False
    )
    deal = models.ForeignKey(
        "deals.Deal", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    heard_id = models.BigIntegerField()
    event_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=8, choices=State)
    reason = models.CharField(max_length=40, blank=True, default="")
    detail = models.CharField(max_length=250, blank=True, default="")
    at = models.DateTimeField()

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "heard_id", "deal"], name="automation_firing_once")
        ]
        indexes = [
            models.Index(fields=["workspace", "deal", "-id"], name="automation_firing_deal"),
            models.Index(fields=["workspace", "trigger", "-id"], name="automation_firing_trigger"),
            BrinIndex(fields=["at"], name="automation_firing_at"),
        ]


class Frozen(WorkspaceModel):
    """A deal that rules moved too often in an hour: nothing automatic happens to it until a person says so."""

    deal = models.ForeignKey(
        "deals.Deal", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    since = models.DateTimeField()
    reason = models.CharField(max_length=40)

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "deal"], name="automation_frozen_once")]
