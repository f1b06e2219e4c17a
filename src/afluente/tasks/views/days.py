"""A task goes to another day: dragged in the calendar, sent there by keys, put off from one's day."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from afluente.kernel import htmx
from afluente.tasks import selectors, services
from afluente.tasks.views import asking
from afluente.ui import formats

if TYPE_CHECKING:
    from afluente.accounts.requests import Request
    from afluente.tasks.models import Task

EARLIEST, LATEST = dt.date(1970, 1, 1), dt.date(2199, 12, 31)


@require_POST
def another_day(request: Request, pk: int) -> HttpResponse:
    """Put a task on the day that `value` says, at its hour, with a way back to its moments of before (`due`)."""
    task = asking.editable(request, pk)
    changes = selectors.moments.read(request.GET.dict()) if "due" in request.GET else _asked(request, task)
    if changes is None:
        return _refused(request, gettext("Say a day, such as 2026-12-24."))
    way_back = f"{reverse('tasks:another_day', args=[pk])}?{urlencode(selectors.moments.said(task))}"
    try:
        services.change_tasks(task_ids=[pk], changes=changes, by=asking.by(request))
    except services.TaskRefusedError as refused:
        return _refused(request, str(refused))
    return _moved(request, task, changes, way_back)


def _asked(request: Request, task: Task) -> dict[str, Any] | None:
    try:
        day = dt.date.fromisoformat(request.POST.get("value", ""))
    except ValueError:
        return None
    return selectors.moments.on_day(task, day) if EARLIEST <= day <= LATEST else None


def _moved(request: Request, task: Task, changes: dict[str, Any], way_back: str) -> HttpResponse:
    if asking.asks_quietly(request):
        return HttpResponse(status=204)
    anchor = changes["start_at"] if task.is_planned else changes["due_at"]
    day = (
        (formats.day if changes["due_is_day"] else formats.when)(anchor) if anchor else gettext("no deadline")
    )
    said = gettext("{task}: {day}").format(task=task.title, day=day)
    if htmx.wants_fragment(request):
        return htmx.toast(htmx.trigger(HttpResponse(status=204), "af:tasks", {}), said, undo_url=way_back)
    messages.success(request, said, extra_tags=f"undo:{way_back}")
    return asking.see_other(reverse("tasks:list"))


def _refused(request: Request, said: str) -> HttpResponse:
    if htmx.wants_fragment(request) or asking.asks_quietly(request):
        return htmx.toast(HttpResponse(status=422), said)
    messages.error(request, said)
    return asking.see_other(reverse("tasks:list"))
