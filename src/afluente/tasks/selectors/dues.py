"""Deadlines in words, in the person's zone."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext

from afluente.ui import formats

if TYPE_CHECKING:
    from afluente.tasks.models import Task

LATE, NOW = "late", "now"
OVERDUE, TODAY, UPCOMING, SOMEDAY = "overdue", "today", "upcoming", "someday"


def due_words(task: Task) -> str:
    """`Today` or `Today 18:00` for today, else `Yesterday`, `Tomorrow, 9:00`, `3 Dec`; '' without a deadline. Of a
    call or a meeting it is when it begins: whoever reads its end comes too late.
    """
    at = task.anchor
    if at is None:
        return ""
    local = timezone.localtime(at)
    distance = (local.date() - timezone.localdate()).days
    if distance == 0:
        return gettext("Today") if task.due_is_day else f"{gettext('Today')} {formats.clock(at)}"
    names = {-1: gettext("Yesterday"), 1: gettext("Tomorrow")}
    day = names.get(distance) or formats.day(at)
    return day if task.due_is_day or distance < 0 else f"{day}, {formats.clock(at)}"


def tone(task: Task) -> str:
    """How a deadline looks: "late" when it is over, "now" today, else ""."""
    if task.anchor is None or not task.is_open:
        return ""
    if task.is_overdue:
        return LATE
    return NOW if timezone.localtime(task.anchor).date() == timezone.localdate() else ""


def section(task: Task) -> str:
    """Under which heading of the list an open task stands."""
    if task.due_at is None:
        return SOMEDAY
    return {LATE: OVERDUE, NOW: TODAY}.get(tone(task), UPCOMING)


def end_of_day(day: dt.date) -> dt.datetime:
    """The last second of a day in the person's zone: when a deadline without a time is over."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time(23, 59, 59)))


def midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))
