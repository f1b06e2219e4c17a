"""One task as its card and its page show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from afluente.contacts.selectors import CardGroup, card_groups
from afluente.files.selectors import AttachedFiles, attached_files
from afluente.tasks import policies
from afluente.tasks.models import REMINDERS, CheckItem, Task, TaskObserver
from afluente.tasks.selectors import dues
from afluente.tasks.selectors.about import Linked, linked
from afluente.tasks.selectors.boards import steps_of
from afluente.tasks.selectors.listing import tags_of
from afluente.tasks.selectors.repeats import Repetition, reminder_words, repetition

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from afluente.accounts.models import Membership
    from afluente.contacts.models import Tag
    from afluente.tasks.models import Step

MOST = 100  # subtasks shown


@dataclass(frozen=True, kw_only=True)
class Card:
    """A task with everything that can be changed on it."""

    task: Task
    steps: Sequence[Step]
    about: Sequence[Linked]
    tags: Sequence[Tag]
    observers: Sequence[Membership]
    items: Sequence[CheckItem] = ()
    subtasks: Sequence[Task] = ()
    editable_ids: Collection[int] = ()
    parent: Task | None = None
    files: AttachedFiles | None = None
    groups: Sequence[CardGroup] = ()
    is_fixed: bool = False

    @property
    def items_done(self) -> int:
        return sum(item.done_at is not None for item in self.items)

    @property
    def subtasks_done(self) -> int:
        return sum(task.done_at is not None for task in self.subtasks)

    @property
    def due(self) -> str:
        return dues.due_words(self.task)

    @property
    def tone(self) -> str:
        return dues.tone(self.task)

    @property
    def due_day(self) -> str:
        """The day of the deadline as a date control says it."""
        return _day(self.task, "due_at")

    @property
    def due_time(self) -> str:
        if self.task.due_at is None or self.task.due_is_day:
            return ""
        return timezone.localtime(self.task.due_at).strftime("%H:%M")

    @property
    def start_day(self) -> str:
        return _day(self.task, "start_at")

    @property
    def start_time(self) -> str:
        start = self.task.start_at
        return timezone.localtime(start).strftime("%H:%M") if start and not self.task.due_is_day else ""

    @property
    def reminders(self) -> list[tuple[int, str]]:
        return [(minutes, reminder_words(minutes)) for minutes in REMINDERS]

    @property
    def reminder(self) -> str:
        before = self.task.remind_before
        return "" if before is None else reminder_words(before)

    @property
    def repetition(self) -> Repetition:
        return repetition(self.task.repeat)

    @property
    def observer_ids(self) -> set[int]:
        return {one.pk for one in self.observers}


def task_card(*, member: Membership, task_id: int) -> Card | None:
    """The task in a constant number of queries; None when `member` does not see it."""
    found = policies.visible_to(member).select_related("step", "board", "assignee__user", "created_by__user")
    task = found.filter(pk=task_id).first()
    if task is None:
        return None
    seen = policies.visible_to(member)
    below = list(seen.filter(parent_id=task.pk).select_related("assignee__user").order_by("pk")[:MOST])
    follows = TaskObserver.objects.filter(task_id=task.pk).select_related("member__user")
    return Card(
        task=task,
        steps=steps_of(task.board_id),
        about=linked([task.pk], member=member).get(task.pk, []),
        tags=tags_of([task.pk]).get(task.pk, []),
        items=list(CheckItem.objects.filter(task_id=task.pk).order_by("position", "pk")),
        subtasks=below,
        editable_ids=set(policies.editable_by(member).filter(parent_id=task.pk).values_list("pk", flat=True)),
        parent=seen.filter(pk=task.parent_id).first() if task.parent_id else None,
        files=attached_files(member=member, kind="task", entity_id=task.pk),
        groups=card_groups("task", task.pk, task.board_id, is_whole=True),
        is_fixed=not policies.editable_by(member).filter(pk=task.pk).exists(),
        observers=[link.member for link in follows.order_by("member__user__name", "pk")],
    )


def _day(task: Task, field: str) -> str:
    moment = getattr(task, field)
    return timezone.localtime(moment).date().isoformat() if moment else ""
