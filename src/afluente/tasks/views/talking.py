"""What people say about a task, with its history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from afluente.kernel import htmx
from afluente.tasks.views import asking
from afluente.timeline import selectors as timeline_selectors
from afluente.timeline import services as timeline

if TYPE_CHECKING:
    from django.http import HttpResponse

    from afluente.accounts.requests import Request


def feed(request: Request, pk: int) -> timeline_selectors.Feed:
    """The history of a task that the member was found to see, as far as the address asks for it."""
    return timeline_selectors.record_feed(
        member=request.member,
        of=("task", pk),
        page_url=reverse("tasks:task", args=[pk]),
        comment_url=reverse("tasks:comments", args=[pk]),
        query=request.GET,
    )


def wants_history(request: Request) -> bool:
    """Whether only the history is asked for: by its switch, by a refresh, by reading on."""
    return htmx.wants_fragment(request) and htmx.target_id(request).startswith("history")


def history(request: Request, pk: int) -> HttpResponse:
    """The entries alone."""
    return render(request, "timeline/_history.html", {"feed": feed(request, pk)})


@require_POST
def comments(request: Request, pk: int) -> HttpResponse:
    """Write a comment; the history with it, or the box with what is wrong."""
    asking.visible(request, pk)
    try:
        timeline.add_comment(by=request.member, task_id=pk, **timeline.typed(request.POST))
    except timeline.CommentRefusedError as refused:
        asks = isinstance(refused, timeline.BlindMentionError)
        shown = feed(request, pk).refused(refused, request.POST, asks=asks)
        page = "timeline/_posted.html" if htmx.wants_fragment(request) else "tasks/said.html"
        context = {"feed": shown, "back": reverse("tasks:task", args=[pk])}
        return render(request, page, context, status=422)
    if not htmx.wants_fragment(request):
        return asking.see_other(reverse("tasks:task", args=[pk]))
    return render(request, "timeline/_posted.html", {"feed": feed(request, pk)})
