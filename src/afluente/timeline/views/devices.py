"""Devices that a member is told on: added by the browser itself, named, and taken off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from afluente.timeline import services

if TYPE_CHECKING:
    from django.http import HttpRequest

    from afluente.accounts.requests import Request

WORKER = "timeline/js/push-worker.js"


@require_POST
def devices(request: Request) -> HttpResponse:
    """Let this browser get messages; 422 when its push service is not known here."""
    said = {name: request.POST.get(name, "")[:2_000] for name in ("name", "endpoint", "p256dh", "auth")}
    try:
        services.add_device(member=request.member, **said)
    except services.StrangeDeviceError:
        text = gettext("The push service of this browser is not known here.")
        return HttpResponse(text, status=422, content_type="text/plain; charset=utf-8")
    return HttpResponse(status=204)


@require_POST
def device_removal(request: Request, pk: int) -> HttpResponse:
    """Send nothing to a device any more."""
    if not services.remove_device(member=request.member, pk=pk):
        raise Http404
    messages.success(request, gettext("The device was taken off"))
    return HttpResponseRedirect(reverse("timeline:channels"), status=303)


def _worker(_request: HttpRequest) -> HttpResponse:
    """The script that shows messages. It is served from the top, because a worker only serves what is below it."""
    found = finders.find(WORKER)
    if not found:
        raise Http404
    with open(found, "rb") as file:  # noqa: PTH123  one small file of ours
        answer = HttpResponse(file.read(), content_type="text/javascript; charset=utf-8")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


worker = login_not_required(require_safe(_worker))
worker.workspace_free = True  # type: ignore[attr-defined]  # read by WorkspaceMiddleware
