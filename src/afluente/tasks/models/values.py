"""What tasks have in the fields of their board, or in those that every board has."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from afluente.contacts.models import FieldValue


class TaskValue(FieldValue):
    """What a task has in a field."""

    task = models.ForeignKey(
        "tasks.Task", models.CASCADE, related_name="values", db_constraint=False, db_index=False
    )

    class Meta(FieldValue.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "task", "field", "option"], nulls_distinct=False, name="tasks_value_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "field", "text_key", "-task"],
                condition=Q(text__isnull=False),
                name="tasks_value_text",
            ),
            models.Index(
                fields=["workspace", "field", "number_key", "-task"],
                condition=Q(number__isnull=False),
                name="tasks_value_number",
            ),
            models.Index(
                fields=["workspace", "field", "moment", "-task"],
                condition=Q(moment__isnull=False),
                name="tasks_value_moment",
            ),
            models.Index(
                fields=["workspace", "option", "-task"],
                condition=Q(option__isnull=False),
                name="tasks_value_option",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field_id} of {self.task_id}"
