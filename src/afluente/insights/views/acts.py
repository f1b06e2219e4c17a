"""What is done from the first page without leaving it. Everything can be taken back."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from afluente.deals import policies as deal_policies
from afluente.deals import services as deal_services
from afluente.deals.models import Deal
from afluente.insights import selectors, services
from afluente.kernel import htmx, http
from afluente.tasks import policies as task_policies
from afluente.tasks import selectors as task_selectors
from afluente.tasks import services as task_services
from afluente.tasks.models import Task
from afluente.timeline.events import Actor
from afluente.ui import formats

if TYPE_CHECKING:
    from afluente.accounts.requests import Request

HOURS, TOMORROW, WEEK = "hours", "tomorrow", "week"
LATER = dt.timedelta(hours=2)


@require_POST
def taking(request: Request, pk: int) -> HttpResponse:
    """Take a deal that is nobody's. Whoever comes second is told who was first. `back` gives it back."""
    free = deal_policies.movable_by(request.member).select_for_update(of=("self",))
    deal = http.pick(free, present=Deal.objects.present(), pk=pk)
    if request.GET.get("back") == "1":
        if deal.assignee_id == request.member.pk:
            deal_services.assign_deals(deal_ids=[pk], assignee=None, by=_by(request))
        return _done(request, gettext("{deal} is nobody's again").format(deal=deal.name))
    way_back = ""
    if deal.assignee_id is None:
        deal_services.assign_deals(deal_ids=[pk], assignee=request.member, by=_by(request))
        said = gettext("{deal} is yours").format(deal=deal.name)
        way_back = f"{reverse('insights:taking', args=[pk])}?back=1"
    else:
        said = gettext("Somebody was faster")
    if htmx.target_id(request) != "new-deals":
        return _done(request, said, way_back)
    context = {"lines": selectors.new_deals(member=request.member)}
    response = render(request, "insights/_new_deals.html", context)
    return htmx.toast(htmx.trigger(response, "af:today", {}), said, undo_url=way_back or None)


@require_POST
def answering(request: Request, pk: int) -> HttpResponse:
    """Whoever the deal is of was answered, on the phone, say: it waits no more. `back` takes that back."""
    deal = http.pick(deal_policies.movable_by(request.member), present=Deal.objects.present(), pk=pk)
    if request.GET.get("back") == "1":
        services.unanswer_deal(deal=deal, by=_by(request))
        return _done(request, gettext("{deal} waits again").format(deal=deal.name))
    services.answer_deal(deal=deal, by=_by(request))
    way_back = f"{reverse('insights:answering', args=[pk])}?back=1"
    return _done(request, gettext("Answered: {deal}").format(deal=deal.name), way_back)


@require_POST
def postponing(request: Request, pk: int) -> HttpResponse:
    """Put a task off, by words or, on the way back, to a moment."""
    task = http.pick(task_policies.editable_by(request.member), present=Task.objects.present(), pk=pk)
    back = task_selectors.moments.said(task)
    changes = _moved_to(request) if "due" in request.GET else _put_off(request.POST.get("to", ""), task)
    task_services.change_tasks(task_ids=[pk], changes=changes, by=_by(request))
    way_back = f"{reverse('insights:postponing', args=[pk])}?{urlencode(back)}"
    due = changes["due_at"]
    day = formats.day(due) if changes["due_is_day"] else formats.when(due)
    said = gettext("{task}: {day}").format(task=task.title, day=day)
    return _done(request, said, way_back)


def _put_off(to: str, task: Task) -> dict[str, Any]:
    """Later today, tomorrow or in a week, at the time it had; a meeting keeps its length. Raises Http404."""
    if to == HOURS:
        return task_selectors.moments.in_hours(task, LATER)
    if to not in {TOMORROW, WEEK}:
        raise Http404
    day = timezone.localdate() + dt.timedelta(days=1 if to == TOMORROW else 7)
    return task_selectors.moments.on_day(task, day)


def _moved_to(request: Request) -> dict[str, Any]:
    """What an address says: the way back. Raises Http404 for nonsense."""
    found = task_selectors.moments.read(request.GET)
    if found is None or found["due_at"] is None:
        raise Http404
    return found


def _by(request: Request) -> Actor:
    return Actor("member", request.member.pk, request.user.name)


def _done(request: Request, said: str, way_back: str = "") -> HttpResponse:
    """A sentence with a way back, where the page stays; the page again where there is no script."""
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=204)
    if htmx.wants_fragment(request):
        response = htmx.trigger(HttpResponse(status=204), "af:today", {})
        return htmx.toast(response, said, undo_url=way_back or None)
    messages.success(request, said, extra_tags=f"undo:{way_back}" if way_back else "")
    return HttpResponseRedirect(reverse("insights:home"), status=303)
