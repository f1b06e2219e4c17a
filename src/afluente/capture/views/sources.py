"""All doors of the workspace, and the one that is neither form nor webhook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from afluente.capture import policies, selectors
from afluente.capture.forms.doors import Door
from afluente.intake import policies as intake_policies
from afluente.intake import services as intake
from afluente.intake.models import Source

if TYPE_CHECKING:
    from afluente.accounts.requests import Request


@require_safe
def sources(request: Request) -> HttpResponse:
    """Every door with what came through it lately."""
    if not policies.may_capture(request.member):
        raise Http404
    context = {"rows": selectors.source_rows(member=request.member), "days": selectors.DAYS}
    return render(request, "capture/sources.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def source(request: Request, pk: int) -> HttpResponse:
    """The API door: its name, its deal rule, on or off."""
    doors = intake_policies.sources_of(request.member).filter(kind=Source.Kind.API)
    found = get_object_or_404(doors, pk=pk)
    form = Door(request.POST if request.method == "POST" else None, source=found)
    if request.method == "POST" and form.is_valid():
        intake.change_source(source=found, **form.cleaned_data)
        messages.success(request, _("Saved"))
        return HttpResponseRedirect(reverse("capture:sources"), status=303)
    return render(
        request, "capture/source.html", {"source": found, "form": form}, status=422 if form.errors else 200
    )
