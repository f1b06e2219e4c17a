"""Tasks, the boards they stand on, and what they are about."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from afluente.kernel import clock
from afluente.kernel.workspace import WorkspaceManager, WorkspaceModel

TITLE = 120  # characters (K13)


class Board(WorkspaceModel):
    """A row of steps. The default one is made when the first task is."""

    name = models.CharField(max_length=100)
    is_default = models.BooleanField(default=False)
    position = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace"], condition=Q(is_default=True), name="tasks_board_one_default"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Step(WorkspaceModel):
    """A place on a board. Its kind says what being there means; only DONE ends a task."""

    class Kind(models.TextChoices):
        NEW = "new", pgettext_lazy("task", "New")
        PROGRESS = "progress", pgettext_lazy("task", "In progress")
        DONE = "done", pgettext_lazy("task", "Done")

    board = models.ForeignKey(
        Board, models.CASCADE, related_name="steps", db_constraint=False, db_index=False
    )
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.NEW)
    color = models.PositiveSmallIntegerField(null=True)  # a hue step; None: by depth
    position = models.IntegerField()

    class Meta(WorkspaceModel.Meta):
        indexes = [models.Index(fields=["workspace", "board", "position"], name="tasks_step_order")]

    def __str__(self) -> str:
        return self.name


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
                fields=["workspace", "step", "id"], condition=Q(deleted_at=None), name="tasks_task_column"
            ),
            models.Index(
                fields=["workspace", "updated_at", "id"],
                condition=Q(deleted_at=None),
                name="tasks_task_updated",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.done_at is None

    @property
    def is_overdue(self) -> bool:
        return self.done_at is None and self.due_at is not None and self.due_at < clock.now()


class TaskObserver(WorkspaceModel):
    """Somebody who follows a task without having to do it."""

    task = models.ForeignKey(
        Task, models.CASCADE, related_name="observer_links", db_constraint=False, db_index=False
    )
    member = models.ForeignKey(
        "accounts.Membership", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "task", "member"], name="tasks_observer_once"),
        ]
        indexes = [models.Index(fields=["workspace", "member", "task"], name="tasks_observer_back")]

    def __str__(self) -> str:
        return f"{self.member_id} follows {self.task_id}"


class TaskTag(WorkspaceModel):
    """That a task has a tag; the tags are those of contacts (K13)."""

    task = models.ForeignKey(
        Task, models.CASCADE, related_name="tag_links", db_constraint=False, db_index=False
    )
    tag = models.ForeignKey(
        "contacts.Tag", models.CASCADE, related_name="task_links", db_constraint=False, db_index=False
    )

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "task", "tag"], name="tasks_tasktag_once")
        ]
        indexes = [models.Index(fields=["workspace", "tag", "task"], name="tasks_tasktag_back")]

    def __str__(self) -> str:
        return f"{self.tag_id} on {self.task_id}"


class TaskContact(WorkspaceModel):
    """A contact a task is about."""

    task = models.ForeignKey(
        Task, models.CASCADE, related_name="contact_links", db_constraint=False, db_index=False
    )
    contact = models.ForeignKey(
        "contacts.Contact", models.CASCADE, related_name="task_links", db_constraint=False, db_index=False
    )

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "task", "contact"], name="tasks_taskcontact_once"),
        ]
        indexes = [models.Index(fields=["workspace", "contact", "task"], name="tasks_taskcontact_back")]

    def __str__(self) -> str:
        return f"{self.task_id} about contact {self.contact_id}"


class TaskDeal(WorkspaceModel):
    """A deal a task is about."""

    task = models.ForeignKey(
        Task, models.CASCADE, related_name="deal_links", db_constraint=False, db_index=False
    )
    deal = models.ForeignKey(
        "deals.Deal", models.CASCADE, related_name="task_links", db_constraint=False, db_index=False
    )

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "task", "deal"], name="tasks_taskdeal_once"),
        ]
        indexes = [models.Index(fields=["workspace", "deal", "task"], name="tasks_taskdeal_back")]

    def __str__(self) -> str:
        return f"{self.task_id} about deal {self.deal_id}"


class TaskCompany(WorkspaceModel):
    """A company a task is about."""

    task = models.ForeignKey(
        Task, models.CASCADE, related_name="company_links", db_constraint=False, db_index=False
    )
    company = models.ForeignKey(
        "contacts.Company", models.CASCADE, related_name="task_links", db_constraint=False, db_index=False
    )

    class Meta(WorkspaceModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "task", "company"], name="tasks_taskcompany_once"),
        ]
        indexes = [models.Index(fields=["workspace", "company", "task"], name="tasks_taskcompany_back")]

    def __str__(self) -> str:
        return f"{self.task_id} about company {self.company_id}"
