"""Deals, what kind of business they are, and the people they are about."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Lower

from afluente.kernel.workspace import WorkspaceManager, WorkspaceModel


class DealType(WorkspaceModel):
    """What kind of business a deal is (K3). The usual ones are made with the workspace."""

    name = models.CharField(max_length=64)
    position = models.IntegerField(default=0)
    archived_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint("workspace", Lower("name"), name="deals_type_name_once")]

    def __str__(self) -> str:
        return self.name


class LostReason(WorkspaceModel):
    """Why deals are lost, as it is offered when one is. Deals keep the words themselves (ADR 0163)."""

    name = models.CharField(max_length=255)
    position = models.IntegerField(default=0)
    archived_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint("workspace", Lower("name"), name="deals_lostreason_once")]

    def __str__(self) -> str:
        return self.name


class DealQuerySet(models.QuerySet["Deal"]):
    def present(self) -> DealQuerySet:
        return self.filter(deleted_at=None)

    def open(self) -> DealQuerySet:
        return self.filter(deleted_at=None, closed_at=None)


class Deal(WorkspaceModel):
    """Something we may sell. It enters a stage by `services.move_deals` and no other way (S-ENTRY).

    `stage_epoch` counts its entries, from 1. `raw_event_id` is the raw event that made it (a plain
    number: intake lies above); its uniqueness is what makes an event take effect once. `due_at` is the
    last moment of a deal that is due on a day without a time; `remind_before` is in minutes.
    """

    number = models.BigIntegerField()
    name = models.CharField(max_length=255)
    search_name = models.GeneratedField(
        expression=Func(F("name"), function="af_norm", output_field=models.TextField()),
        output_field=models.TextField(),
        db_persist=True,
    )
    amount = models.DecimalField(max_digits=19, decimal_places=4, default=0)
    currency = models.CharField(max_length=3)
    pipeline = models.ForeignKey(
        "deals.Pipeline", models.PROTECT, related_name="deals", db_constraint=False, db_index=False
    )
    stage = models.ForeignKey(
        "deals.Stage", models.PROTECT, related_name="deals", db_constraint=False, db_index=False
    )
    stage_epoch = models.BigIntegerField(default=1)
    stage_entered_at = models.DateTimeField()
    position = models.DecimalField(max_digits=40, decimal_places=20)
    assignee = models.ForeignKey(
        "accounts.Membership",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    type = models.ForeignKey(
        DealType, models.SET_NULL, null=True, related_name="deals", db_constraint=False, db_index=False
    )
    company = models.ForeignKey(
        "contacts.Company",
        models.SET_NULL,
        null=True,
        related_name="deals",
        db_constraint=False,
        db_index=False,
    )
    due_at = models.DateTimeField(null=True)
    is_due_day = models.BooleanField(default=False, db_default=False)
    remind_before = models.PositiveIntegerField(null=True)
    source = models.CharField(max_length=20)
    source_ref = models.BigIntegerField(null=True)
    source_name = models.CharField(max_length=100, default="")
    lost_reason = models.CharField(max_length=255, blank=True, default="")
    raw_event_id = models.BigIntegerField(null=True)
    rule_ref = models.BigIntegerField(null=True)  # the deal rule that made it; rules lie above
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    # The deal it became part of: `deleted_at` is set too, so whatever lists deals leaves it out.
    merged_into = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="+", db_constraint=False, db_index=False
    )

    contacts = models.ManyToManyField("contacts.Contact", through="DealContact", related_name="deals")

    objects = WorkspaceManager.from_queryset(DealQuerySet)()  # type: ignore[misc]  # a ClassVar above

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "number"], name="deals_deal_number_once"),
            models.UniqueConstraint(fields=["workspace", "raw_event_id"], name="deals_deal_one_per_event"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="deals_deal_amount_not_negative"),
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(deleted_at__isnull=False), name="deals_deal_merged_is_gone"
            ),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "stage", "position", "id"],
                condition=Q(deleted_at=None),
                name="deals_deal_column",
            ),
            models.Index(
                fields=["workspace", "assignee", "-created_at"],
                condition=Q(deleted_at=None, closed_at=None),
                name="deals_deal_assignee",
            ),
            models.Index(
                fields=["workspace", "-created_at", "-id"],
                condition=Q(deleted_at=None),
                name="deals_deal_newest",
            ),
            models.Index(
                fields=["workspace", "updated_at", "id"],
                condition=Q(deleted_at=None),
                name="deals_deal_updated",
            ),
            models.Index(
                fields=["workspace", "due_at", "id"],
                condition=Q(deleted_at=None, closed_at=None, due_at__isnull=False),
                name="deals_deal_due",
            ),
            models.Index(
                fields=["workspace", "company", "-id"],
                condition=Q(deleted_at=None, company__isnull=False),
                name="deals_deal_company",
            ),
            models.Index(
                fields=["workspace", "-amount", "-id"], condition=Q(deleted_at=None), name="deals_deal_amount"
            ),
            models.Index(
                fields=["workspace", "merged_into"],
                condition=Q(merged_into__isnull=False),
                name="deals_deal_merged",
            ),
            # Sums of what is open, and of what was closed in a period, without reading the table.
            models.Index(
                fields=["workspace", "stage", "currency"],
                include=["amount", "assignee"],
                condition=Q(deleted_at=None, closed_at=None),
                name="deals_deal_open_sums",
            ),
            models.Index(
                fields=["workspace", "closed_at"],
                include=["stage", "currency", "amount", "assignee"],
                condition=Q(deleted_at=None, closed_at__isnull=False),
                name="deals_deal_closed_sums",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.number} {self.name}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class DealContact(WorkspaceModel):
    """A person a deal is about; one of them is the primary one."""

    deal = models.ForeignKey(Deal, models.CASCADE, related_name="people", db_constraint=False, db_index=False)
    contact = models.ForeignKey(
        "contacts.Contact", models.CASCADE, related_name="deal_links", db_constraint=False, db_index=False
    )
    is_primary = models.BooleanField(default=False)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "deal", "contact"], name="deals_dealcontact_once"),
            models.UniqueConstraint(
                fields=["workspace", "deal"],
                condition=Q(is_primary=True),
                name="deals_dealcontact_one_primary",
            ),
        ]
        indexes = [models.Index(fields=["workspace", "contact"], name="deals_dealcontact_contact")]

    def __str__(self) -> str:
        return f"{self.deal_id} with {self.contact_id}"


class DealCounter(WorkspaceModel):
    """The last deal number given out; one row per workspace, made with it."""

    last_number = models.BigIntegerField(default=0)

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace"], name="deals_dealcounter_one")]

    def __str__(self) -> str:
        return str(self.last_number)
