"""Answering, changing and deleting comments; whom one may mention; which kinds one reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from afluente.kernel import htmx
from afluente.timeline import policies, selectors, services
from afluente.timeline.models import RECORDS
from afluente.timeline.selectors import kinds, mentioning, threads

if TYPE_CHECKING:
    from afluente.accounts.requests import Request
    from afluente.timeline.models import Comment


@require_http_methods(["GET", "HEAD", "POST"])
def comment(request: Request, pk: int) -> HttpResponse:
    """The box in which one's own comment is changed; the record's page afterwards."""
    mine = policies.editable_by(request.member).prefetch_related(threads.with_mentions())
    found = get_object_or_404(mine, pk=pk, deleted_at=None)
    back = policies.page_of(request.member, found)
    box = _box_of_change(found, back)
    if request.method != "POST":
        return _editor(request, found, box)
    try:
        services.edit_comment(comment=found, by=request.member, **services.typed(request.POST))
    except services.CommentRefusedError as refused:
        asks = isinstance(refused, services.BlindMentionError)
        return _editor(request, found, box.refused(refused, request.POST, asks=asks), status=422)
    if htmx.wants_fragment(request):
        return render(request, "timeline/_comment_saved.html", {"comment": mine.get(pk=pk)})
    return redirect(back)


def _box_of_change(found: Comment, back: str) -> selectors.Box:
    kind, number = found.record
    return selectors.Box(
        name=f"comment-{found.pk}",
        url=reverse("timeline:comment", args=[found.pk]),
        record_kind=kind,
        record_id=number,
        text=found.text,
        mentions=[named.member_id for named in found.mentions.all()],
        is_change=True,
        limit=max(services.LIMIT, len(found.text)),
        cancel_url=back,
    )


def _editor(request: Request, found: Comment, box: selectors.Box, *, status: int = 200) -> HttpResponse:
    context = {"comment": found, "box": box, "back": box.cancel_url}
    return htmx.respond(request, "timeline/comment.html", context, fragment="editor", status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def replies(request: Request, pk: int) -> HttpResponse:
    """The answers to a comment, with a box for another one; a page of its own without script."""
    found = get_object_or_404(
        policies.readable_by(request.member).select_related("author__user"), pk=pk, parent=None
    )
    box = None
    if request.method == "POST":
        if found.deleted_at is not None:
            raise Http404
        try:
            services.add_comment(parent=found, by=request.member, **services.typed(request.POST))
        except services.CommentRefusedError as refused:
            asks = isinstance(refused, services.BlindMentionError)
            box = threads.reply_box(found, request.member).refused(refused, request.POST, asks=asks)
        else:
            if not htmx.wants_fragment(request):
                return redirect("timeline:replies", pk)
    thread = threads.opened(member=request.member, comment=found, box=box)
    context = {
        "comment": found,
        "thread": thread,
        "back": policies.page_of(request.member, found),
        "is_fresh": "write" in request.GET or request.method == "POST",
    }
    status = 422 if box else 200
    return htmx.respond(request, "timeline/thread.html", context, fragment="thread", status=status)


@require_POST
def comment_deletion(request: Request, pk: int) -> HttpResponse:
    """Delete a comment, with a way back."""
    found = get_object_or_404(policies.deletable_by(request.member), pk=pk)
    services.delete_comment(comment=found, by=request.member)
    if not htmx.wants_fragment(request):
        return redirect(policies.page_of(request.member, found))
    undo = reverse("timeline:comment_restoration", args=[found.pk])
    said = gettext("Reply deleted") if found.parent_id else gettext("Comment deleted")
    return htmx.toast(HttpResponse(), said, undo_url=undo)


@require_POST
def comment_restoration(request: Request, pk: int) -> HttpResponse:
    """Bring a deleted comment back; open screens read the history again by themselves."""
    found = get_object_or_404(policies.deletable_by(request.member), pk=pk)
    services.restore_comment(comment=found, by=request.member)
    return htmx.trigger(HttpResponse(status=204), "af:history", {})


@require_safe
def people(request: Request) -> HttpResponse:
    """Whom one may mention on a record (`contact`, `deal`, `company`, `task`), by the beginning of a name (`q`)."""
    kind = next((one for one in RECORDS if request.GET.get(one)), "")
    number = request.GET.get(kind, "")
    is_number = number.isascii() and number.isdigit() and len(number) < 19
    if not is_number or not policies.is_seen(request.member, kind, int(number)):
        raise Http404
    found = mentioning.people(
        member=request.member, words=request.GET.get("q", "")[:100], record=(kind, int(number))
    )
    return render(request, "timeline/_people.html", {"people": found})


@require_POST
def kinds_shown(request: Request) -> HttpResponse:
    """Keep which groups of kinds this person reads in histories."""
    shown = request.POST.getlist("group")
    services.hide_groups(member=request.member, groups=[slug for slug in kinds.groups() if slug not in shown])
    if htmx.wants_fragment(request):
        return htmx.trigger(HttpResponse(status=204), "af:kinds", {})
    return redirect(_own_page(request.POST.get("next", "")))


def _own_page(path: str) -> str:
    """A path of this site to come back to; the home page for anything else."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"
