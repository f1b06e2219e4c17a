"""Files for a comment that is being written: from the device, or from the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from afluente.files import policies as file_policies
from afluente.files import selectors as files
from afluente.files.services import FileRefusedError
from afluente.kernel import blobs, text
from afluente.timeline import services
from afluente.timeline.selectors import drafts

if TYPE_CHECKING:
    from afluente.accounts.requests import Request


@require_http_methods(["GET", "HEAD", "POST"])
def files_of_comments(request: Request) -> HttpResponse:
    """GET lists files of the store to choose from (`q`). POST keeps one from the device (`file`), for the
    box `draft` when it says which.
    """
    if request.method != "POST":
        query = text.clean(request.GET.get("q", ""), limit=100)
        found = files.choices(member=request.member, kind="comment", entity_id=0, query=query)
        return render(request, "timeline/_choices.html", {"files": found})
    brought = request.FILES.get("file")
    if brought is None or not brought.size:
        return _refused(gettext("Choose a file."))
    try:
        kept = services.bring_file(
            name=brought.name or "", body=brought, size=brought.size, member=request.member
        )
    except FileRefusedError as refused:
        return _refused(str(refused))
    except blobs.BlobError:
        return _refused(gettext("The file could not be kept. Try again."))
    draft = request.POST.get("draft", "")
    if drafts.is_box(draft):
        services.choose_file(file=kept, draft=draft, member=request.member, is_brought=True)
    return JsonResponse({"id": kept.pk, "name": kept.name})


@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: Request) -> HttpResponse:
    """The files chosen in the box `draft`. POST puts one of the store (`file`) in, or with `out` takes it out."""
    box = (request.POST if request.method == "POST" else request.GET).get("draft", "")
    if request.method == "POST":
        if not drafts.is_box(box):
            raise Http404
        said = request.POST.get("file", "")
        number = int(said) if said.isascii() and said.isdigit() and len(said) < 19 else 0
        if "out" in request.POST:
            services.leave_file(file_id=number, draft=box, member=request.member)
        else:
            found = get_object_or_404(file_policies.visible_to(request.member), pk=number)
            services.choose_file(file=found, draft=box, member=request.member)
    chosen = drafts.files_of_draft(request.member, box)
    return render(request, "timeline/_chosen.html", {"files": chosen})


def _refused(why: str) -> HttpResponse:
    return JsonResponse({"error": why}, status=422)
