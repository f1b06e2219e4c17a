"""What tasks keep about a person (kernel.personal)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from afluente.contacts import selectors as fields
from afluente.files.services import personal as files
from afluente.kernel import personal
from afluente.tasks.models import CheckItem, Task, TaskBulkEntry, TaskContact, TaskValue
from afluente.timeline.models import Comment
from afluente.timeline.services import personal as timeline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.kernel.personal import Subject


def _collect(subject: Subject) -> Sequence[dict[str, Any]]:
    found = Task.objects.filter(contact_links__contact_id__in=subject.ids).order_by("pk")
    plain = found.values("id", "title", "description", "due_at", "done_at")
    said = Comment.objects.filter(task_id__in=found.values("pk"), deleted_at=None).order_by("pk")
    held = fields.attributes(
        "task", list(found.values_list("pk", flat=True)), dict(found.values_list("pk", "board_id"))
    )
    filled = [
        {"task_id": pk, "field": one["name"], "value": one["value"]}
        for pk, values in held.items()
        for one in values
        if one["value"] is not None
    ]
    return [
        *personal.plain(plain),
        *personal.plain(said.values("task_id", "text", "created_at")),
        *filled,
    ]


def _erase(subject: Subject) -> int:
    """A task about nobody else loses its words; that it was done stays. Others lose the person."""
    mine = set(TaskContact.objects.filter(contact_id__in=subject.ids).values_list("task_id", flat=True))
    others = TaskContact.objects.filter(task_id__in=mine).exclude(contact_id__in=subject.ids)
    own = mine - set(others.values_list("task_id", flat=True))
    for task in Task.objects.filter(pk__in=own):
        task.title, task.description = f"#{task.pk}", ""
        task.save(update_fields=["title", "description"])
    Task.objects.filter(pk__in=own).update(place="", phone="")
    CheckItem.objects.filter(task_id__in=own).update(text="—")
    TaskValue.objects.filter(task_id__in=own).delete()
    TaskBulkEntry.objects.filter(task_id__in=own).delete()
    timeline.erase_history(Q(task_id__in=own), records=[("task", sorted(own))])
    files.erase_attached("task", sorted(own))
    TaskContact.objects.filter(contact_id__in=subject.ids).delete()
    return len(mine)


HOLDING = personal.Holding(
    slug="tasks",
    label=_("Tasks"),
    tables=(
        "tasks_task",
        "tasks_tasksearch",
        "tasks_taskcontact",
        "tasks_checkitem",
        "tasks_taskvalue",
        "tasks_taskbulkentry",
    ),
    collect=_collect,
    erase=_erase,
    fate=_("Tasks about nobody else lose their words. Others lose the person."),
    struck=(
        ("tasks_task", "title"),
        ("tasks_task", "description"),
        ("tasks_task", "place"),
        ("tasks_task", "phone"),
        ("tasks_checkitem", "text"),
    ),
    order=36,
)
FREE = {
    "tasks_board": "Names of boards.",
    "tasks_step": "Names of steps.",
    "tasks_calendarfeed": "Sealed secrets of members.",
}
