"""Tasks as plain values, for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from afluente.contacts.selectors import attributes
from afluente.tasks import policies
from afluente.tasks.models import Task, TaskObserver
from afluente.tasks.selectors.about import linked
from afluente.tasks.selectors.listing import COLUMNS, tags_of

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from afluente.accounts.models import Membership
    from afluente.tasks.models import TaskQuerySet

_LEVELS = {1: "low", 2: "medium", 3: "high"}
_MOMENTS = {"due_before": "due_at__lt", "due_after": "due_at__gte", "updated_since": "updated_at__gte"}
NOBODY = 0


def api_page(
    *, member: Membership, asked: Mapping[str, Any], cursor: str, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """A page of tasks, newest first, and the cursor of the next one. None in `asked` asks nothing."""
    found = _narrowed(policies.visible_to(member), asked)
    if cursor:
        found = found.filter(pk__lt=int(cursor))
    ids = list(found.order_by("-pk").values_list("pk", flat=True)[: limit + 1])
    following = str(ids[limit - 1]) if len(ids) > limit else None
    return api_tasks(ids[:limit], member=member), following


def api_tasks(task_ids: Sequence[int], *, member: Membership) -> list[dict[str, Any]]:
    """Those of these tasks that `member` sees, newest first: nine queries however many."""
    found = policies.visible_to(member).filter(pk__in=task_ids).select_related("step")
    tasks = list(found.order_by("-pk"))
    ids = [task.pk for task in tasks]
    about, tags = linked(ids, member=member), tags_of(ids)
    held = attributes("task", ids, {task.pk: task.board_id for task in tasks})
    above = {task.parent_id for task in tasks if task.parent_id is not None}
    parents = set(policies.visible_to(member).filter(pk__in=above).values_list("pk", flat=True))
    observers: dict[int, list[int]] = {}
    follows = TaskObserver.objects.filter(task_id__in=ids).order_by("pk").values_list("task_id", "member_id")
    for task_id, member_id in follows:
        observers.setdefault(task_id, []).append(member_id)
    return [
        _plain(task, parents)
        | {
            f"{kind}_ids": [one.id for one in about.get(task.pk, ()) if one.kind == kind]
            for kind in ("contact", "deal", "company")
        }
        | {"attributes": held[task.pk]}
        | {"tags": [tag.name for tag in tags.get(task.pk, ())], "observer_ids": observers.get(task.pk, [])}
        for task in tasks
    ]


def _narrowed(found: TaskQuerySet, asked: Mapping[str, Any]) -> TaskQuerySet:
    state = asked.get("status")
    if state == "overdue":
        found = found.overdue()
    elif state is not None:
        found = found.filter(done_at__isnull=state == "open")
    if (assignee := asked.get("assignee_id")) is not None:
        found = found.filter(assignee_id=None if assignee == NOBODY else assignee)
    for kind, column in COLUMNS.items():
        if (number := asked.get(f"{kind}_id")) is not None:
            found = found.filter(**{column: number})
    given = {column: asked[name] for name, column in _MOMENTS.items() if asked.get(name) is not None}
    return found.filter(**given)


def _plain(task: Task, parents: Container[int | None]) -> dict[str, Any]:
    return {
        "id": task.pk,
        "kind": task.kind,
        "place": task.place,
        "phone": task.phone,
        "repeat": task.repeat,
        "remind_before": task.remind_before,
        "parent_id": task.parent_id if task.parent_id in parents else None,
        "title": task.title,
        "description": task.description,
        "board_id": task.board_id,
        "step_id": task.step_id,
        "step": task.step.name,
        "is_done": not task.is_open,
        "priority": _LEVELS[task.priority],
        "assignee_id": task.assignee_id,
        "created_by_id": task.created_by_id,
        "start_at": task.start_at,
        "due_at": task.due_at,
        "due_is_day": task.due_is_day,
        "created_at": task.created_at,
        "updated_at": task.updated_at,
        "done_at": task.done_at,
    }
