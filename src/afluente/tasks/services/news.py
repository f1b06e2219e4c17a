"""Whom events of tasks are told to: who has one, who follows it, and who made it (K13)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from afluente.accounts.models import Action, Area, Membership
from afluente.accounts.policies import may
from afluente.tasks.models import Task, TaskObserver
from afluente.timeline.events import Actor
from afluente.timeline.services import Notice

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from afluente.timeline.events import NewEvent
    from afluente.timeline.models import Event

DONE, RESCHEDULED, FOLLOWED = "task.done", "task.rescheduled", "task.followed"
MOMENTS = ("due_at", "start_at")


def is_news(event: NewEvent) -> bool:
    """Whether others may have to know: it is done, or it is due at another time. Told once for each change; what a
    file says is news to nobody.
    """
    if event.data.get("also") or event.data.get("import"):
        return False
    return event.kind == "task.completed" or any(name in event.data for name in MOMENTS)


def tell_of_tasks(events: Sequence[Event]) -> list[Notice]:
    """Notices for the people of these tasks; nobody is told what they did themselves, and whoever just got the
    task is told that alone.
    """
    fresh = [one for one in events if not one.data.get("also")]
    ids = {one.data["task"] for one in fresh if isinstance(one.data.get("task"), int)}
    people, moments = people_of(ids), _moments(ids)
    return [
        Notice(
            member_id=member_id,
            kind=DONE if one.kind == "task.completed" else RESCHEDULED,
            record_kind="task",
            record_id=one.data["task"],
            actor=_actor(one),
            data={} if one.kind == "task.completed" else moments[one.data["task"]],
        )
        for one in fresh
        if one.kind == "task.completed" or any(name in one.data for name in MOMENTS)
        for member_id, is_assignee in people.get(one.data.get("task", 0), {}).items()
        if not (one.actor_kind == "member" and one.actor_id == member_id)
        and not (is_assignee and "assignee" in one.data)
    ]


def people_of(task_ids: Iterable[int], *, with_maker: bool = True) -> dict[int, dict[int, bool]]:
    """Who has, follows and made these present tasks, as far as they may see tasks at all; True for who has it."""
    tasks = Task.objects.present().filter(pk__in=list(task_ids))
    found: dict[int, dict[int, bool]] = {}
    for pk, assignee, maker in tasks.values_list("pk", "assignee_id", "created_by_id"):
        found[pk] = {assignee: True} if assignee else {}
        if with_maker and maker:
            found[pk].setdefault(maker, False)
    links = TaskObserver.objects.filter(task_id__in=found).order_by("pk")
    for pk, member_id in links.values_list("task_id", "member_id"):
        found[pk].setdefault(member_id, False)
    seeing = _seeing({number for members in found.values() for number in members})
    return {pk: {one: own for one, own in members.items() if one in seeing} for pk, members in found.items()}


def followers_of_tasks(ids: Sequence[int]) -> Mapping[int, Sequence[int]]:
    """Who is told of what is written about tasks."""
    return {pk: list(members) for pk, members in people_of(ids).items()}


def _seeing(numbers: set[int]) -> set[int]:
    people = Membership.objects.filter(pk__in=numbers, is_active=True, user__is_active=True)
    return {
        one.pk for one in people.select_related("user", "custom_role") if may(one, Area.TASKS, Action.VIEW)
    }


def _moments(task_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """When these tasks are due now."""
    return {
        task.pk: {"due": task.anchor.isoformat() if task.anchor else "", "is_day": task.due_is_day}
        for task in Task.objects.filter(pk__in=list(task_ids))
    }


def _actor(event: Event) -> Actor:
    return (
        Actor("member", event.actor_id, event.actor_name) if event.actor_kind == "member" else Actor("system")
    )
