"""Who follows a task, how it is tagged, and what it is about."""

from __future__ import annotations

from django.db import models

from afluente.kernel.workspace import WorkspaceModel
from afluente.tasks.models.tasks import Task


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
