"""Changing what tasks say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from afluente.accounts.models import Membership
from afluente.contacts.models import Tag
from afluente.kernel import clock, text
from afluente.tasks import statements
from afluente.tasks.models import PHONE, PLACE, Task, TaskObserver, TaskTag
from afluente.tasks.services.creating import (
    LONGEST,
    check_dates,
    check_planned,
    checked_reminder,
    checked_rule,
    checked_title,
    tell_members,
)
from afluente.tasks.services.news import FOLLOWED
from afluente.tasks.services.reminding import plan_reminders
from afluente.tasks.services.telling import tell

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from afluente.timeline.events import Actor

EDITABLE = (
    "title",
    "description",
    "priority",
    "assignee_id",
    "start_at",
    "due_at",
    "due_is_day",
    "kind",
    "place",
    "phone",
    "repeat",
    "remind_before",
)
TIMED = ("start_at", "due_at", "kind", "remind_before")  # what a reminder is counted from


@dataclass
class ChangedMeanwhileError(Exception):
    """Somebody else changed this field since it was shown. `present` is what it says now."""

    field: str
    present: Any


@transaction.atomic
def change_tasks(
    *,
    task_ids: Sequence[int],
    changes: Mapping[str, Any],
    by: Actor,
    seen: Mapping[str, Any] | None = None,
) -> list[int]:
    """Set fields (EDITABLE) of tasks; only those given, so that nobody's other field is lost. Which
    tasks changed, one event each.

    `seen` holds what a field said when the person began: when it says something else by now, nothing
    is changed and ChangedMeanwhileError is raised. Raises TaskRefusedError.
    """
    wanted = {name: _clean(name, value) for name, value in changes.items() if name in EDITABLE}
    rows = locked(task_ids)
    for row in rows:
        for name, shown in (seen or {}).items():
            if getattr(row, name) not in (shown, wanted.get(name)):
                raise ChangedMeanwhileError(name, getattr(row, name))
    return _change(rows, {row.pk: wanted for row in rows}, by)


@transaction.atomic
def change_each(*, wanted: Mapping[int, Mapping[str, Any]], by: Actor) -> list[int]:
    """Set fields (EDITABLE) of tasks, each task to its own, as a file says them: as many queries for one as for a
    thousand. Which changed, one event each; nobody is told. Raises TaskRefusedError.
    """
    clean = {
        pk: {name: _clean(name, value) for name, value in given.items() if name in EDITABLE}
        for pk, given in wanted.items()
    }
    return _change(locked(list(wanted)), clean, by, is_news=False)


def check_moments(*, kind: str, start_at: datetime | None, due_at: datetime | None, repeat: str) -> None:
    """Raises TaskRefusedError when a task cannot be like this: before a change of many is refused by one of them."""
    check_dates(start_at, due_at)
    check_planned(kind, start_at, due_at)
    checked_rule(repeat, anchor=due_at or start_at)


def _change(
    rows: Sequence[Task], wanted: Mapping[int, Mapping[str, Any]], by: Actor, *, is_news: bool = True
) -> list[int]:
    before = {row.pk: _said(row) for row in rows}
    had = {row.pk: row.assignee_id for row in rows}
    changed = [row for row in rows if any(getattr(row, name) != one for name, one in wanted[row.pk].items())]
    for row in changed:
        _set(row, wanted[row.pk])
    if not changed:
        return []
    names = dict.fromkeys(name for row in changed for name in wanted[row.pk])
    Task.objects.bulk_update(changed, [*(names | {"due_is_day": None, "updated_at": None})])
    plan_reminders([row for row in changed if any(before[row.pk][one] != _said(row)[one] for one in TIMED)])
    _tell(changed, before, by)
    if is_news:
        tell_members([(row.pk, row.assignee_id) for row in changed if row.assignee_id != had[row.pk]], by=by)
    return [row.pk for row in changed]


@transaction.atomic
def set_tags(*, task_ids: Sequence[int], tag_ids: Collection[int], by: Actor) -> list[int]:
    """Let tasks have exactly these tags; which changed."""
    names = dict(Tag.objects.filter(pk__in=tag_ids).values_list("pk", "name"))
    return _replace(TaskTag, "tag", task_ids, names, by, said="tags", name="tag__name")


def _set(row: Task, wanted: Mapping[str, Any]) -> None:
    for name, value in wanted.items():
        setattr(row, name, value)
    row.due_is_day = row.due_is_day and row.due_at is not None
    check_dates(row.start_at, row.due_at)
    check_planned(row.kind, row.start_at, row.due_at)
    row.remind_before = checked_reminder(row.remind_before)
    row.repeat = checked_rule(row.repeat, anchor=row.anchor)
    row.updated_at = clock.now()


@transaction.atomic
def change_tags(
    *, task_ids: Sequence[int], add: Collection[int], remove: Collection[int], by: Actor
) -> list[int]:
    """Give tasks these tags and take those off; which changed."""
    had: dict[int, set[int]] = {}
    for task_id, tag_id in TaskTag.objects.filter(task_id__in=task_ids).values_list("task_id", "tag_id"):
        had.setdefault(task_id, set()).add(tag_id)
    alike: dict[frozenset[int], list[int]] = {}
    for pk in task_ids:
        wanted = frozenset((had.get(pk, set()) | set(add)) - set(remove))
        alike.setdefault(wanted, []).append(pk)
    return [pk for tags, ids in alike.items() for pk in set_tags(task_ids=ids, tag_ids=tags, by=by)]


@transaction.atomic
def set_observers(
    *, task_ids: Sequence[int], member_ids: Collection[int], by: Actor, is_news: bool = True
) -> list[int]:
    """Let tasks be followed by exactly these members, who are told of it unless it `is_news` to nobody; which
    changed.
    """
    names = dict(Membership.objects.filter(pk__in=member_ids).values_list("pk", "user__name"))
    links = TaskObserver.objects.filter(task_id__in=task_ids).values_list("task_id", "member_id")
    had = set(links)
    changed = _replace(
        TaskObserver, "member", task_ids, names, by, said="observers", name="member__user__name"
    )
    fresh = [(pk, number) for pk in changed for number in sorted(names) if (pk, number) not in had]
    if is_news:
        tell_members(fresh, by=by, kind=FOLLOWED)
    return changed


@transaction.atomic
def merge_tag(*, tag_id: int, into_id: int) -> int:
    """Let every task that has one tag have the other; how many had it. The tag's end says so in the log."""
    return statements.merge_tag(tag_id, into_id=into_id)


def locked(task_ids: Sequence[int]) -> list[Task]:
    """The present ones of these tasks, kept from others until commit, in the order of their ids."""
    found = Task.objects.present().filter(pk__in=task_ids).order_by("pk")
    return list(found.select_for_update(of=("self",)))


def _replace(
    model: Any,
    column: str,
    task_ids: Sequence[int],
    wanted: Mapping[int, str],
    by: Actor,
    *,
    said: str,
    name: str,
) -> list[int]:
    present = [row.pk for row in locked(task_ids)]
    links = model.objects.filter(task_id__in=present)
    before: dict[int, dict[int, str]] = {pk: {} for pk in present}
    for task_id, number, called in links.values_list("task_id", f"{column}_id", name):
        before[task_id][number] = called
    changed = [pk for pk in present if before[pk].keys() != wanted.keys()]
    links.filter(task_id__in=changed).exclude(**{f"{column}_id__in": list(wanted)}).delete()
    model.objects.bulk_create(
        [
            model(**{"task_id": pk, f"{column}_id": number})
            for pk in changed
            for number in wanted
            if number not in before[pk]
        ]
    )
    Task.objects.filter(pk__in=changed).update(updated_at=clock.now())
    tell(
        kind="task.changed",
        by=by,
        data={pk: {said: [_names(before[pk]), _names(wanted)]} for pk in changed},
    )
    return changed


def _names(by_id: Mapping[int, str]) -> list[str]:
    return sorted(by_id.values(), key=str.casefold)


def _clean(name: str, value: Any) -> Any:
    if name == "title":
        return checked_title(value)
    if name in {"place", "phone"}:
        return text.clean(value, limit={"place": PLACE, "phone": PHONE}[name])
    return value.replace("\x00", "").strip()[:LONGEST] if name == "description" else value


def _said(row: Task) -> dict[str, Any]:
    return {
        "title": row.title,
        "description": row.description,
        "priority": row.priority,
        "assignee": row.assignee_id,
        "start_at": row.start_at.isoformat() if row.start_at else None,
        "due_at": due_said(row),
        "kind": row.kind,
        "place": row.place,
        "phone": row.phone,
        "repeat": row.repeat,
        "remind_before": row.remind_before,
    }


def due_said(row: Task) -> str | None:
    """The deadline in the log: a date alone when only the day was named."""
    if row.due_at is None:
        return None
    return timezone.localtime(row.due_at).date().isoformat() if row.due_is_day else row.due_at.isoformat()


def _tell(rows: Sequence[Task], before: Mapping[int, Mapping[str, Any]], by: Actor) -> None:
    people: set[Any] = {row.assignee_id for row in rows} | {before[row.pk]["assignee"] for row in rows}
    people.discard(None)
    names: dict[Any, str] = dict(Membership.objects.filter(pk__in=people).values_list("pk", "user__name"))
    told = {}
    for row in rows:
        pairs = {name: [was, _said(row)[name]] for name, was in before[row.pk].items()}
        pairs["assignee"] = [names.get(one, "") for one in pairs["assignee"]]
        told[row.pk] = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    tell(kind="task.changed", by=by, data=told)
