"""The style guide, and the choice of theme, density and language."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from afluente.ui import formats, navigation, samples
from afluente.ui import preferences as choices


@login_not_required
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component in every state; for signed-in people, and for everybody in debug mode."""
    if not (settings.DEBUG or request.user.is_authenticated):
        raise Http404
    return render(request, "ui/styleguide.html", {"form": samples.form(), "now": samples.moments()})


@require_safe
def counts(request: HttpRequest) -> HttpResponse:
    """The numbers beside the lines of the navigation, by name and as they are written; `?of=` asks for some
    of them alone.

    A page asks for them when it has been drawn: none waits until everything was counted.
    """
    member = getattr(request, "member", None)
    found = navigation.counts(member, of=request.GET.getlist("of")) if member else {}
    answer = {name: [count, formats.short_number(count)] for name, count in found.items()}
    return JsonResponse(answer, headers={"Cache-Control": "no-store"})


@login_not_required
@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep one choice and go back to where the person was."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    response = (
        HttpResponseRedirect(target, status=303) if not _asks_quietly(request) else HttpResponse(status=204)
    )
    try:
        choices.save(
            request, response, name=request.POST.get("name", ""), value=request.POST.get("value", "")
        )
    except choices.UnknownPreferenceError:
        return HttpResponse(status=422)
    return response


def _asks_quietly(request: HttpRequest) -> bool:
    """Whether script asks, having changed the page already."""
    return request.headers.get("X-Requested-With") == "fetch"
