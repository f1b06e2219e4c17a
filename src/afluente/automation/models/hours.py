"""When people work: the company's week and holidays, a person's own week and absences; and whose turn it is."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from afluente.kernel.workspace import WorkspaceModel


class CompanyHours(WorkspaceModel):
    """The week of the company: seven lists of [from, until] in minutes after midnight, Monday first.

    A shift past midnight ends above 1440. Without a row the company is always open.
    """

    week = models.JSONField(default=list)

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace"], name="automation_companyhours_one")]


class Holiday(WorkspaceModel):
    """A day on which the company works otherwise, or not at all."""

    day = models.DateField()
    name = models.CharField(max_length=100, blank=True, default="")
    hours = models.JSONField(default=list)

    class Meta(WorkspaceModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "day"], name="automation_holiday_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class PersonHours(WorkspaceModel):
    """A member's own week, None for the company's; and who is told when something of theirs is stuck."""

    member = models.ForeignKey(
        "accounts.Membership", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    week = models.JSONField(null=True)
    supervisor = models.ForeignKey(
        "accounts.Membership",
        models.SET_NULL,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "member"], name="automation_personhours_once"),
            models.CheckConstraint(
                condition=Q(supervisor=None) | ~Q(supervisor=F("member")), name="automation_own_supervisor"
            ),
        ]


class Absence(WorkspaceModel):
    """A stretch in which a member is away: nothing is given to them, and what waits for them waits."""

    member = models.ForeignKey(
        "accounts.Membership", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    since = models.DateTimeField()
    until = models.DateTimeField()
    note = models.CharField(max_length=100, blank=True, default="")

    class Meta(WorkspaceModel.Meta):
        indexes = [models.Index(fields=["workspace", "member", "until"], name="automation_absence_member")]
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="automation_absence_ends")
        ]


class Turn(WorkspaceModel):
    """How many deals a rule has given out in turn."""

    definition = models.ForeignKey(
        "automation.Definition", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    rule = models.CharField(max_length=40)
    given = models.BigIntegerField(default=0)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "definition", "rule"], name="automation_turn_once")
        ]
