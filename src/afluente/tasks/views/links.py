"""What a task is about: linked and unlinked in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from afluente.kernel import htmx, text
from afluente.tasks import selectors, services
from afluente.tasks.views import asking

if TYPE_CHECKING:
    from afluente.accounts.requests import Request


@require_http_methods(["GET", "HEAD", "POST"])
def links(request: Request, pk: int) -> HttpResponse:
    """GET offers records for what is typed (`q`); POST links one: `contact`, `deal` or `company`.

    Undo names its record in the address.
    """
    present = asking.editable(request, pk)
    if request.method != "POST":
        words = text.clean(request.GET.get("q", ""), limit=100)
        found = selectors.linkable(member=request.member, task_id=pk, typed=words)
        context = {"task": present, "options": found, "words": words}
        return htmx.respond(request, "tasks/links.html", context, fragment="options")
    found_record = asking.asked_record(request)
    if found_record is not None:
        services.link_tasks(
            task_ids=[pk], kind=found_record.kind, ids=[found_record.pk], by=asking.by(request)
        )
    if asking.asks_quietly(request):
        return HttpResponse(status=204)
    return _answer(request, pk)


@require_POST
def unlinking(request: Request, pk: int, area: str, entity: int) -> HttpResponse:
    """Take the link away; the task and the record stay (SP-189)."""
    asking.editable(request, pk)
    get_object_or_404(asking.seen_records(request.member, area), pk=entity)
    services.unlink_tasks(task_ids=[pk], kind=area, ids=[entity], by=asking.by(request))
    response = _answer(request, pk, back=asking.record(request, area, entity).url)
    if not htmx.wants_fragment(request):
        return response
    way_back = f"{reverse('tasks:links', args=[pk])}?{area}={entity}"
    return htmx.toast(response, gettext("Unlinked. The task is still there"), undo_url=way_back)


def _answer(request: Request, pk: int, back: str = "") -> HttpResponse:
    """The links as they are now, where they are shown; the lists read themselves again."""
    if not htmx.wants_fragment(request):
        is_card = request.POST.get("next") == "task" or not back
        return asking.see_other(reverse("tasks:task", args=[pk]) if is_card else back)
    if htmx.target_id(request) == "task-links":
        card = selectors.task_card(member=request.member, task_id=pk)
        response = render(
            request,
            "tasks/_links.html",
            {"card": card, "task": card.task if card else None, "may_edit": True},
        )
    else:
        response = HttpResponse(status=204)
    return htmx.trigger(htmx.trigger(response, "af:tasks", {}), "af:history", {})
