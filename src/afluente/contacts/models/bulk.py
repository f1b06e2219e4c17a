"""One change of many records: what was asked, how far it has come, and what each contact had before."""

from __future__ import annotations

from django.db import models

from afluente.contacts.models.companies import Company
from afluente.contacts.models.people import Contact
from afluente.kernel.workspace import WorkspaceModel


class BulkChange(WorkspaceModel):
    """A change that somebody asked for of a selection of one kind of record, done in batches from the highest
    number down.

    `change` and `selection` are as `services.Change` and `selectors.Selection` write themselves down;
    `last_id` is the number that the last batch ended with. `total` was counted when it began, up to
    10,000. Each batch and these figures are one transaction, so that none is done twice.
    """

    class Entity(models.TextChoices):
        CONTACT = "contact"
        COMPANY = "company"
        DEAL = "deal"
        TASK = "task"

    class State(models.TextChoices):
        RUNNING = "running"
        DONE = "done"
        STOPPED = "stopped"
        UNDOING = "undoing"
        UNDONE = "undone"

    entity = models.CharField(
        max_length=10,
        choices=Entity,
        default=Entity.CONTACT,
        db_default=Entity.CONTACT,
    )
    member = models.ForeignKey(
        "accounts.Membership", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    by_kind = models.CharField(max_length=10)
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=150, default="")
    change = models.JSONField()
    selection = models.JSONField()
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    last_id = models.BigIntegerField(null=True)
    total = models.IntegerField(default=0)
    is_more = models.BooleanField(default=False)
    changed = models.IntegerField(default=0)
    same = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    restored = models.IntegerField(default=0)
    kept = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        indexes = [models.Index(fields=["workspace", "member", "-id"], name="contact_bulk_of_member")]

    def __str__(self) -> str:
        return f"bulk change {self.pk}"

    @property
    def seen(self) -> int:
        """How many records it has come to."""
        return self.changed + self.same + self.refused

    @property
    def is_busy(self) -> bool:
        return self.state in {self.State.RUNNING, self.State.UNDOING}


class BulkEntry(WorkspaceModel):
    """What one contact had before a bulk change, and has since: enough to take it back exactly."""

    bulk = models.ForeignKey(
        BulkChange, models.CASCADE, related_name="entries", db_constraint=False, db_index=False
    )
    contact = models.ForeignKey(
        Contact, models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    is_undone = models.BooleanField(default=False)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "bulk", "contact"], name="contact_bulk_entry_once"),
        ]
        indexes = [
            # What is left to take back; and the contact's rows when it is erased.
            models.Index(
                fields=["workspace", "bulk", "contact"],
                condition=models.Q(is_undone=False),
                name="contact_bulk_entry_left",
            ),
            models.Index(fields=["workspace", "contact"], name="contact_bulk_entry_contact"),
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} in {self.bulk_id}"


class CompanyBulkEntry(WorkspaceModel):
    """What one company had before it was given to somebody else with many, and has since."""

    bulk = models.ForeignKey(
        BulkChange, models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    company = models.ForeignKey(
        Company, models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    is_undone = models.BooleanField(default=False)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "bulk", "company"], name="company_bulk_entry_once"),
        ]
        indexes = [
            models.Index(fields=["workspace", "company"], name="company_bulk_entry_company"),
        ]

    def __str__(self) -> str:
        return f"{self.company_id} in {self.bulk_id}"
