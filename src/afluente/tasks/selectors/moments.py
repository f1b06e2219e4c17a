"""Where a task stands in time: on another day, and back to where it was."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from afluente.kernel import clock
from afluente.tasks.selectors.dues import end_of_day

if TYPE_CHECKING:
    from collections.abc import Mapping

    from afluente.tasks.models import Task


def on_day(task: Task, day: dt.date) -> dict[str, Any]:
    """The moments of `task` when it is put on another day: at its hour; a call or a meeting keeps its length."""
    if task.anchor is None or (task.due_is_day and not task.is_planned):
        return shifted(task, end_of_day(day), is_day=True)
    hour = timezone.localtime(task.anchor).time().replace(tzinfo=None)
    return shifted(task, timezone.make_aware(dt.datetime.combine(day, hour)), is_day=task.due_is_day)


def in_hours(task: Task, later: dt.timedelta) -> dict[str, Any]:
    """The moments of `task` when it is put off from now."""
    return shifted(task, (clock.now() + later).replace(second=0, microsecond=0), is_day=False)


def shifted(task: Task, moment: dt.datetime, *, is_day: bool) -> dict[str, Any]:
    """The moments of `task` at `moment`. A start that would come after the end is taken off."""
    if task.is_planned and task.start_at and task.due_at:
        due = moment + (task.due_at - task.start_at)
        return {"start_at": moment, "due_at": due, "due_is_day": task.due_is_day}
    start = task.start_at if task.start_at and task.start_at <= moment else None
    return {"start_at": start, "due_at": moment, "due_is_day": is_day}


def said(task: Task) -> dict[str, str]:
    """The moments of `task` as the address of a way back carries them; `read` understands it."""
    return {
        "due": task.due_at.isoformat() if task.due_at else "",
        "start": task.start_at.isoformat() if task.start_at else "",
        "day": "1" if task.due_is_day else "",
    }


def read(query: Mapping[str, str]) -> dict[str, Any] | None:
    """What an address says (`said`); None for nonsense."""
    try:
        due, start = _moment(query.get("due", "")), _moment(query.get("start", ""))
    except ValueError:
        return None
    if due and start and start > due:
        return None
    return {"start_at": start, "due_at": due, "due_is_day": due is not None and query.get("day") == "1"}


def _moment(written: str) -> dt.datetime | None:
    """A moment with its zone, None for nothing. Raises ValueError."""
    if not written:
        return None
    found = parse_datetime(written)
    if found is None or timezone.is_naive(found):
        raise ValueError(written)
    return found
