"""What can be changed of many tasks at once: as `contacts.services.bulk_kinds`, by the services of tasks.

Values are plain (JSON), so that they can be written down and compared.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext

from afluente.accounts.models import Membership
from afluente.contacts.models import Tag
from afluente.contacts.services.bulk_shapes import KEEP, Change, Changes, Kind
from afluente.tasks import policies
from afluente.tasks.models import Step, Task, TaskTag
from afluente.tasks.services.changing import change_tasks, set_tags
from afluente.tasks.services.moving import delete_tasks, move_tasks, restore_tasks
from afluente.ui import formats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from afluente.tasks.models import TaskQuerySet
    from afluente.timeline.events import Actor


@dataclass
class Plain:
    """What is the same for every kind: who may, and taking back only what is still as the change left it."""

    change: Change
    column = ""

    def allowed(self, member: Membership) -> TaskQuerySet:
        return policies.editable_by(member)

    def present(self, ids: Sequence[int]) -> dict[int, Any]:
        return dict(Task.objects.present().filter(pk__in=ids).values_list("pk", self.column))

    def after(self, _before: Any) -> Any:
        return self.change.value

    def back(self, now: Any, before: Any, after: Any) -> Any:
        return before if now == after else KEEP

    def write(self, changes: Changes, by: Actor) -> None:
        for value, ids in _by_value(changes).items():
            change_tasks(task_ids=ids, changes={self.column: value}, by=by)

    def require(self) -> None:
        """Raises LookupError when what it needs is gone."""


class Stepping(Plain):
    """Entering a step of any board; entering one of the kind done completes tasks."""

    column = "step_id"

    @cached_property
    def steps(self) -> dict[int, Step]:
        return {step.pk: step for step in Step.objects.select_related("board")}

    def require(self) -> None:
        _ = self.steps[self.change.value]

    def write(self, changes: Changes, by: Actor) -> None:
        for number, ids in _by_value(changes).items():
            if number in self.steps:
                move_tasks(task_ids=ids, to=self.steps[number], by=by)

    def words(self, value: Any) -> str:
        step = self.steps.get(value)
        return f"{step.board.name}: {step.name}" if step else ""


class Assigning(Plain):
    """Giving tasks to somebody, or to nobody."""

    column = "assignee_id"

    @cached_property
    def people(self) -> dict[int, Membership]:
        return Membership.objects.select_related("user").in_bulk()

    def words(self, value: Any) -> str:
        found = self.people.get(value or 0)
        return found.user.name if found else ""


class Ranking(Plain):
    """How much they press."""

    column = "priority"

    def words(self, value: Any) -> str:
        return str(dict(Task.Priority.choices).get(value, ""))


class Dating(Plain):
    """By when: a moment as text, and whether it is a day; None for no deadline. Calls and meetings, which
    last until theirs, stay, and so does what begins later or repeats from its deadline.
    """

    def allowed(self, member: Membership) -> TaskQuerySet:
        found = policies.editable_by(member).filter(kind=Task.Kind.TASK)
        if self.change.value is None:
            return found.filter(repeat="")
        return found.exclude(start_at__gt=dt.datetime.fromisoformat(self.change.value[0]))

    def present(self, ids: Sequence[int]) -> dict[int, Any]:
        rows = Task.objects.present().filter(pk__in=ids).values_list("pk", "due_at", "due_is_day")
        return {pk: at and [at.isoformat(), is_day] for pk, at, is_day in rows}

    def write(self, changes: Changes, by: Actor) -> None:
        groups: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        for pk, (_, after) in changes.items():
            groups[tuple(after or (None, False))].append(pk)
        for (at, is_day), ids in groups.items():
            due = dt.datetime.fromisoformat(at) if at else None
            change_tasks(task_ids=ids, changes={"due_at": due, "due_is_day": is_day}, by=by)

    def words(self, value: Any) -> str:
        if not value:
            return ""
        at = dt.datetime.fromisoformat(value[0])
        return formats.day(timezone.localdate(at)) if value[1] else formats.when(at)


class Tagging(Plain):
    """Giving a tag, or taking one off."""

    @cached_property
    def tags(self) -> dict[int, str]:
        return dict(Tag.objects.values_list("pk", "name"))

    def require(self) -> None:
        for number in self.change.value:
            _ = self.tags[number]

    def present(self, ids: Sequence[int]) -> dict[int, Any]:
        found: dict[int, list[int]] = {
            pk: [] for pk in Task.objects.present().filter(pk__in=ids).values_list("pk", flat=True)
        }
        links = TaskTag.objects.filter(task_id__in=found).order_by("tag_id")
        for task_id, tag_id in links.values_list("task_id", "tag_id"):
            found[task_id].append(tag_id)
        return found

    def after(self, before: Any) -> Any:
        given = set(self.change.value)
        return sorted(set(before) - given if self.change.op == "remove" else set(before) | given)

    def write(self, changes: Changes, by: Actor) -> None:
        groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for pk, (_, after) in changes.items():
            groups[tuple(number for number in after if number in self.tags)].append(pk)
        for numbers, ids in groups.items():
            set_tags(task_ids=ids, tag_ids=numbers, by=by)

    def words(self, value: Any) -> str:
        return ", ".join(self.tags.get(number, "") for number in value)


class Presence(Plain):
    """Putting tasks away, and bringing them back."""

    def allowed(self, member: Membership) -> TaskQuerySet:
        return policies.deletable_by(member)

    def present(self, ids: Sequence[int]) -> dict[int, Any]:
        rows = Task.objects.filter(pk__in=ids).values_list("pk", "deleted_at")
        return {pk: moment is None for pk, moment in rows}

    def after(self, _before: Any) -> Any:
        return False

    def write(self, changes: Changes, by: Actor) -> None:
        for is_there, ids in _by_value(changes).items():
            (restore_tasks if is_there else delete_tasks)(task_ids=ids, by=by)

    def words(self, value: Any) -> str:
        return "" if value else gettext("Deleted")


def _by_value(changes: Changes) -> dict[Any, list[int]]:
    groups: dict[Any, list[int]] = defaultdict(list)
    for pk, (_, after) in changes.items():
        groups[after].append(pk)
    return groups


KINDS: dict[str, type[Plain]] = {
    "step": Stepping,
    "assignee": Assigning,
    "priority": Ranking,
    "due": Dating,
    "tags": Tagging,
    "delete": Presence,
}


def kind_of(change: Change) -> Kind:
    """What does this change. Raises LookupError for one that cannot be asked (any more)."""
    made = KINDS[change.kind](change)
    made.require()
    return made  # type: ignore[return-value]  # each of KINDS is one


def words_of(change: Change) -> str:
    """A change in one phrase, such as «Assignee: Bruno Lima»."""
    try:
        kind = kind_of(change)
    except LookupError:
        return gettext("Something that was deleted")
    if change.kind == "delete":
        return gettext("Deleted tasks")
    labels = {
        "step": gettext("Status"),
        "assignee": gettext("Assignee"),
        "priority": gettext("Priority"),
        "due": gettext("Deadline"),
        "tags": gettext("Tags"),
    }
    sign = {"add": "+ ", "remove": "\u2212 "}.get(change.op, "")
    return f"{labels[change.kind]}: {sign}{kind.words(change.value) or gettext('emptied')}"
