"""A task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from afluente.kernel import clock
from afluente.kernel.workspace import WorkspaceManager, WorkspaceModel
from afluente.tasks.models.boards import Board, Step

if TYPE_CHECKING:
    from datetime import datetime

TITLE = 120  # characters (K13)
PLACE, PHONE = 250, 40
# Minutes before.
REMINDERS = (0, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, *(1440 * days for days in range(2, 8)))


class TaskQuerySet(models.QuerySet["Task"]):
    def present(self) -> TaskQuerySet:
        return self.filter(deleted_at=None)

    def open(self) -> TaskQuerySet:
        return self.filter(deleted_at=None, done_at=None)

    def done(self) -> TaskQuerySet:
        return self.filter(deleted_at=None, done_at__isnull=False)

    def overdue(self) -> TaskQuerySet:
        return self.open().filter(due_at__lt=clock.now())


class Task(WorkspaceModel):
    """Something a person has to do, by a moment or not.

    `due_is_day` says that only the day was named; `due_at` is then its last second where whoever
    named it lives. `done_at` is set exactly while its step is of the kind DONE.
    """

    class Priority(models.IntegerChoices):
        LOW = 1, _("Low")
        MEDIUM = 2, _("Medium")
        HIGH = 3, _("High")

    class Kind(models.TextChoices):
        TASK = "task", _("Task")
        CALL = "call", _("Call")
        MEETING = "meeting", _("Meeting")

    kind = models.CharField(max_length=8, choices=Kind, default=Kind.TASK)
    place = models.CharField(max_length=PLACE, blank=True, default="")  # of a meeting
    phone = models.CharField(max_length=PHONE, blank=True, default="")  # of a call
    repeat = models.CharField(max_length=200, blank=True, default="")  # a rule of RFC 5545; '': once
    remind_before = models.PositiveIntegerField(null=True)  # minutes; None: nobody is reminded
    made_from = models.ForeignKey(  # the task that this one repeats
        "self", models.SET_NULL, null=True, related_name="made", db_constraint=False, db_index=False
    )
    title = models.CharField(max_length=TITLE)
    search_title = models.GeneratedField(
        expression=Func(F("title"), function="af_norm", output_field=models.TextField()),
        output_field=models.TextField(),
        db_persist=True,
    )
    description = models.TextField(blank=True, default="")
    board = models.ForeignKey(
        Board, models.PROTECT, related_name="tasks", db_constraint=False, db_index=False
    )
    step = models.ForeignKey(Step, models.PROTECT, related_name="tasks", db_constraint=False, db_index=False)
    position = models.DecimalField(max_digits=40, decimal_places=20, default=0)  # in its step
    parent = models.ForeignKey(  # one level or many; never in a circle
        "self", models.SET_NULL, null=True, related_name="subtasks", db_constraint=False, db_index=False
    )
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.MEDIUM)
    assignee = models.ForeignKey(
        "accounts.Membership",
        models.SET_NULL,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    created_by = models.ForeignKey(
        "accounts.Membership",
        models.SET_NULL,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    source = models.CharField(max_length=20, default="manual")
    start_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    due_is_day = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    observers = models.ManyToManyField("accounts.Membership", through="TaskObserver", related_name="+")
    tags = models.ManyToManyField("contacts.Tag", through="TaskTag", related_name="tasks")
    contacts = models.ManyToManyField("contacts.Contact", through="TaskContact", related_name="tasks")
    deals = models.ManyToManyField("deals.Deal", through="TaskDeal", related_name="tasks")
    companies = models.ManyToManyField("contacts.Company", through="TaskCompany", related_name="tasks")

    objects = WorkspaceManager.from_queryset(TaskQuerySet)()  # type: ignore[misc]  # a ClassVar above

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(start_at=None) | Q(due_at=None) | Q(start_at__lte=F("due_at")),
                name="tasks_task_starts_before_it_is_due",
            ),
            models.CheckConstraint(
                condition=Q(due_is_day=False) | Q(due_at__isnull=False), name="tasks_task_day_is_due"
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("id")), name="tasks_task_not_its_own_parent"
            ),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "assignee", "due_at", "id"],
                condition=Q(deleted_at=None, done_at=None),
                name="tasks_task_open",
            ),
            models.Index(
                fields=["workspace", "assignee", "-done_at", "-id"],
                condition=Q(deleted_at=None, done_at__isnull=False),
                name="tasks_task_done",
            ),
            models.Index(
                fields=["workspace", "step", "position", "id"],
                condition=Q(deleted_at=None),
                name="tasks_task_place",
            ),
            models.Index(
                fields=["workspace", "due_at", "id"],
                condition=Q(deleted_at=None, done_at=None),
                name="tasks_task_todo",
            ),
            models.Index(
                fields=["workspace", "-done_at", "-id"],
                condition=Q(deleted_at=None, done_at__isnull=False),
                name="tasks_task_ended",
            ),
            models.Index(
                fields=["workspace", "made_from"],
                condition=Q(made_from__isnull=False),
                name="tasks_task_made_from",
            ),
            models.Index(
                fields=["workspace", "assignee", "id"],
                condition=Q(deleted_at=None, done_at=None) & ~Q(repeat=""),
                name="tasks_task_repeating",
            ),
            models.Index(
                fields=["workspace", "parent", "id"],
                condition=Q(parent__isnull=False),
                name="tasks_task_parent",
            ),
            models.Index(
                fields=["workspace", "due_at", "assignee"],
                condition=Q(deleted_at=None, due_at__isnull=False),
                name="tasks_task_calendar",
            ),
            models.Index(  # what begins at a moment of its own, and what only has a day
                fields=["workspace", "start_at", "id"],
                condition=Q(deleted_at=None, start_at__isnull=False) & ~Q(kind="task"),
                name="tasks_task_planned",
            ),
            models.Index(
                fields=["workspace", "due_at", "id"],
                condition=Q(deleted_at=None, due_is_day=True),
                name="tasks_task_days",
            ),
            models.Index(  # one's own calendar
                fields=["workspace", "assignee", "due_at", "id"],
                condition=Q(deleted_at=None, due_at__isnull=False),
                name="tasks_task_own_days",
            ),
            models.Index(
                fields=["workspace", "updated_at", "id"],
                condition=Q(deleted_at=None),
                name="tasks_task_updated",
            ),
            models.Index(  # the list by title and by priority
                fields=["workspace", "search_title", "id"],
                condition=Q(deleted_at=None),
                name="tasks_task_title",
            ),
            models.Index(
                fields=["workspace", "priority", "id"],
                condition=Q(deleted_at=None),
                name="tasks_task_priority",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.done_at is None

    @property
    def is_planned(self) -> bool:
        """Whether it is a call or a meeting: it stands in calendars from its start to its end."""
        return self.kind != self.Kind.TASK

    @property
    def anchor(self) -> datetime | None:
        """The moment it is about: a call's or a meeting's start, otherwise the deadline."""
        return self.start_at if self.is_planned and self.start_at else self.due_at

    @property
    def is_overdue(self) -> bool:
        return self.done_at is None and self.due_at is not None and self.due_at < clock.now()
