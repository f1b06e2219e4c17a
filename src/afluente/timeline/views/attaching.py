"""Files for a comment that is being written: from the device, or from the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from afluente.files import selectors as files
from afluente.files.services import FileRefusedError
from afluente.kernel import blobs, text
from afluente.timeline import services

if TYPE_CHECKING:
    from afluente.accounts.requests import Request


@require_http_methods(["GET", "HEAD", "POST"])
def files_of_comments(request: Request) -> HttpResponse:
    """GET lists files of the store to choose from (`q`). POST keeps one from the device (`file`)."""
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
    return JsonResponse({"id": kept.pk, "name": kept.name})


def _refused(why: str) -> HttpResponse:
    return JsonResponse({"error": why}, status=422)
