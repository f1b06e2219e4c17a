"""What comes in from files."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from afluente.kernel.sayings import SayingField
from afluente.kernel.workspace import WorkspaceModel


class Import(WorkspaceModel):
    """A file of records on its way in: how it is read, what its columns mean, how far it has come.

    `about` says of what (services.kinds), `options` what that kind asks besides. `shape` says how the file is read (selectors.tables.Shape), `mapping` what each column means (a
    target of selectors.targets for each), `fixes` what stands for a value nobody can use, by column.
    `report` is what the last look at every row found. `position` is the number of the last row that
    is in: it moves in the transaction that brings rows in, so that a killed worker resumes exactly.
    """

    class State(models.TextChoices):
        READING = "reading", _("Being read")
        DRAFT = "draft", _("Not started")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Ready to start")
        RUNNING = "running", _("Running")
        PAUSED = "paused", _("Paused")
        CANCELLED = "cancelled", _("Stopped")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")

    class Match(models.TextChoices):
        ANY = "any", _("By e-mail, then phone")
        EMAIL = "email", _("By e-mail")
        PHONE = "phone", _("By phone")
        EXTERNAL = "external", _("By the number in the other system")
        NUMBER = "number", _("By the number of the deal")
        NONE = "none", _("Never: every row is a new contact")

    class Policy(models.TextChoices):
        UPDATE = "update", _("Take what the file says")
        FILL = "fill", _("Fill only what is empty")
        SKIP = "skip", _("Leave them as they are")

    UNSTARTED: ClassVar = (State.READING, State.DRAFT, State.CHECKING, State.CHECKED)
    BUSY: ClassVar = (State.READING, State.CHECKING, State.RUNNING, State.UNDOING)
    ENDED: ClassVar = (State.CANCELLED, State.DONE, State.UNDONE)

    about = models.CharField(max_length=20, default="contacts")
    options = models.JSONField(default=dict)
    name = models.CharField(max_length=255)
    file = models.ForeignKey(
        "files.File", models.SET_NULL, null=True, related_name="+", db_constraint=False, db_index=False
    )
    errors = models.ForeignKey(
        "files.File", models.SET_NULL, null=True, related_name="+", db_constraint=False, db_index=False
    )
    member = models.ForeignKey(
        "accounts.Membership",
        models.SET_NULL,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    state = models.CharField(max_length=10, choices=State, default=State.READING)
    reason = SayingField(max_length=1000, blank=True, default="")
    layout = models.CharField(max_length=20, blank=True, default="")
    shape = models.JSONField(default=dict)
    headers = models.JSONField(default=list)
    sample = models.JSONField(default=list)
    mapping = models.JSONField(default=list)
    match = models.CharField(max_length=10, choices=Match, default=Match.ANY)
    policy = models.CharField(max_length=10, choices=Policy, default=Policy.UPDATE)
    tags = models.JSONField(default=list)
    assignee = models.ForeignKey(
        "accounts.Membership",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    fixes = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    total = models.IntegerField(default=0)
    position = models.IntegerField(default=0)
    created_count = models.IntegerField(default=0)
    updated_count = models.IntegerField(default=0)
    skipped_count = models.IntegerField(default=0)
    failed_count = models.IntegerField(default=0)
    undone_count = models.IntegerField(default=0)
    kept_count = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    moved_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        indexes = [models.Index(fields=["workspace", "-id"], name="transfer_import_newest")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.name}"

    @property
    def done_count(self) -> int:
        return self.created_count + self.updated_count + self.skipped_count + self.failed_count


class ImportRow(WorkspaceModel):
    """What became of one row. `changes` holds what an update replaced, so that it can be restored.

    `contact_id` is a plain number: the row outlives the contact; `record_id` is that of the record, where it
    is no contact. `event_id` is the last line of the
    log when the row came in: what was written about the contact after it, others did.
    """

    class Outcome(models.TextChoices):
        CREATED = "created", _("New")
        UPDATED = "updated", _("Updated")
        SKIPPED = "skipped", _("Skipped")
        FAILED = "failed", _("Failed")

    class Undone(models.TextChoices):
        NO = "", _("In")
        YES = "undone", _("Taken back")
        PARTLY = "partly", _("Taken back in part")
        KEPT = "kept", _("Kept: changed since")

    batch = models.ForeignKey(
        Import, models.CASCADE, related_name="rows", db_constraint=False, db_index=False
    )
    number = models.IntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    contact_id = models.BigIntegerField(null=True)
    record_id = models.BigIntegerField(null=True)
    reason = SayingField(max_length=1000, blank=True, default="")
    changes = models.JSONField(default=dict)
    event_id = models.BigIntegerField(default=0)
    undone = models.CharField(max_length=10, choices=Undone, blank=True, default="")
    note = SayingField(max_length=1000, blank=True, default="")

    class Meta(WorkspaceModel.Meta):
        constraints = [
            # A row takes effect once, whatever happens to the worker.
            models.UniqueConstraint(fields=["workspace", "batch", "number"], name="transfer_row_once"),
        ]
        indexes = [
            models.Index(fields=["workspace", "batch", "outcome", "number"], name="transfer_row_by_outcome"),
            models.Index(
                fields=["workspace", "contact_id"],
                condition=models.Q(contact_id__isnull=False),
                name="transfer_row_contact",
            ),
        ]

    def __str__(self) -> str:
        return f"row {self.number} of {self.batch_id}"


class Remembered(WorkspaceModel):
    """What the columns of a file with these headers meant the last time."""

    signature = models.CharField(max_length=64)
    mapping = models.JSONField(default=list)
    match = models.CharField(max_length=10, choices=Import.Match, default=Import.Match.ANY)
    policy = models.CharField(max_length=10, choices=Import.Policy, default=Import.Policy.UPDATE)
    used_at = models.DateTimeField()

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "signature"], name="transfer_remembered_once"),
        ]

    def __str__(self) -> str:
        return self.signature[:12]


class ExternalId(WorkspaceModel):
    """The number a contact has in another system, by the name of that system."""

    system = models.CharField(max_length=60)
    value = models.CharField(max_length=200)
    contact_id = models.BigIntegerField()

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "system", "value"], name="transfer_external_once"),
        ]
        indexes = [models.Index(fields=["workspace", "contact_id"], name="transfer_external_of")]

    def __str__(self) -> str:
        return f"{self.system} {self.value}"


class ExternalRecord(WorkspaceModel):
    """The number that a record other than a contact has in another system."""

    about = models.CharField(max_length=20)
    system = models.CharField(max_length=60)
    value = models.CharField(max_length=200)
    record_id = models.BigIntegerField()

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "about", "system", "value"], name="transfer_record_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.about} {self.system} {self.value}"
