"""What goes out into files."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from afluente.kernel.sayings import SayingField
from afluente.kernel.workspace import WorkspaceModel


class Schedule(WorkspaceModel):
    """An export that is made again and again, of a kept filter, as far as `member` may take such records out.

    `about` says of what (services.export_kinds). `filter_id` is the number of a contacts.SavedFilter, None for all. `hour` and `weekday` (Monday
    is 0) are those of the workspace. One that cannot go on is off, and `reason` says why.
    """

    class Every(models.TextChoices):
        DAY = "day", pgettext_lazy("export", "Every day")
        WEEK = "week", pgettext_lazy("export", "Every week")

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    about = models.CharField(max_length=20, default="contacts")
    name = models.CharField(max_length=100)
    filter_id = models.BigIntegerField(null=True)
    format = models.CharField(max_length=4, default="csv")
    columns = models.JSONField(default=list)
    every = models.CharField(max_length=10, choices=Every, default=Every.DAY)
    weekday = models.SmallIntegerField(choices=Weekday, default=Weekday.MONDAY)
    hour = models.SmallIntegerField(default=6)
    is_on = models.BooleanField(default=True)
    reason = SayingField(max_length=1000, blank=True, default="")
    member = models.ForeignKey(
        "accounts.Membership",
        models.SET_NULL,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    last_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"#{self.pk} {self.name}"


class Export(WorkspaceModel):
    """Records on their way out into a file, which is kept until `expires_at`.

    `about` says which (services.kinds), `selection` is what was picked in their list, `columns` the keys of
    what the file holds.
    """

    class Format(models.TextChoices):
        CSV = "csv", "CSV"
        XLSX = "xlsx", "XLSX"
        VCARD = "vcf", "vCard"

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")
        GONE = "gone", _("Expired")

    about = models.CharField(max_length=20, default="contacts")
    name = models.CharField(max_length=150)
    format = models.CharField(max_length=4, choices=Format, default=Format.CSV)
    selection = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    reason = SayingField(max_length=1000, blank=True, default="")
    total = models.IntegerField(default=0)
    position = models.IntegerField(default=0)
    file = models.ForeignKey(
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
    schedule = models.ForeignKey(
        Schedule, models.SET_NULL, null=True, related_name="+", db_constraint=False, db_index=False
    )
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        indexes = [models.Index(fields=["workspace", "-id"], name="transfer_export_newest")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.name}"
