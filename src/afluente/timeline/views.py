"""Changing and deleting comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from afluente.kernel import htmx
from afluente.timeline import policies, services

if TYPE_CHECKING:
    from afluente.accounts.requests import Request
    from afluente.timeline.models import Comment


@require_http_methods(["GET", "POST"])
def comment(request: Request, pk: int) -> HttpResponse:
    """The box in which one's own comment is changed; the record's page afterwards."""
    found = get_object_or_404(policies.editable_by(request.member), pk=pk, deleted_at=None)
    context = {"comment": found, "text": found.text, "error": "", "back": _back(found)}
    if request.method == "GET":
        return _editor(request, context)
    text = request.POST.get("text", "")
    try:
        services.edit_comment(comment=found, text=text, by=request.member)
    except services.CommentRefusedError as refused:
        return _editor(request, {**context, "text": text, "error": str(refused)}, status=422)
    if htmx.wants_fragment(request):
        return render(request, "timeline/_comment_saved.html", {"comment": found})
    return redirect(_back(found))


def _editor(request: Request, context: dict[str, object], *, status: int = 200) -> HttpResponse:
    return htmx.respond(request, "timeline/comment.html", context, fragment="editor", status=status)


@require_POST
def comment_deletion(request: Request, pk: int) -> HttpResponse:
    """Delete a comment, with a way back."""
    found = get_object_or_404(policies.deletable_by(request.member), pk=pk)
    services.delete_comment(comment=found, by=request.member)
    if not htmx.wants_fragment(request):
        return redirect(_back(found))
    undo = reverse("timeline:comment_restoration", args=[found.pk])
    return htmx.toast(HttpResponse(), gettext("Comment deleted"), undo_url=undo)


@require_POST
def comment_restoration(request: Request, pk: int) -> HttpResponse:
    """Bring a deleted comment back; open screens read the history again by themselves."""
    found = get_object_or_404(policies.deletable_by(request.member), pk=pk)
    services.restore_comment(comment=found, by=request.member)
    return htmx.trigger(HttpResponse(status=204), "af:history", {})


def _back(comment: Comment) -> str:
    """The page of the record, by the slice that owns it: it lies above and is named by its URL only."""
    if comment.deal_id is not None:
        return reverse("deals:deal", args=[comment.deal_id])
    return reverse("contacts:contact", args=[comment.contact_id])
