"""The search box: its page, its lines, and what was opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from afluente.kernel import htmx
from afluente.search import selectors, services

if TYPE_CHECKING:
    from afluente.accounts.requests import Request

LINES_OF_PAGE = 10
DIGITS = 18


@require_safe
def search(request: Request) -> HttpResponse:
    """Everything that fits, in groups; with `in`, all that one source finds. Works without script."""
    typed, name = request.GET.get("q", ""), request.GET.get("in", "")
    if name:
        results = selectors.look_in(member=request.member, typed=typed, name=name)
        if results is None:
            raise Http404
    else:
        results = selectors.look(member=request.member, typed=typed, limit=LINES_OF_PAGE)
    return htmx.respond(request, "search/search.html", {"results": results, "only": name}, fragment="found")


@require_safe
def palette(request: Request) -> HttpResponse:
    """The lines of the box, for what is typed so far."""
    results = selectors.look(member=request.member, typed=request.GET.get("q", ""))
    return render(request, "search/_lines.html", {"results": results})


@require_POST
def opened(request: Request) -> HttpResponse:
    """Remember that a record was opened; a page says so once it is on screen, a GET changes nothing."""
    number = request.POST.get("record", "")
    if number.isascii() and number.isdigit() and len(number) <= DIGITS:
        services.note_opened(member=request.member, kind=request.POST.get("kind", ""), record=int(number))
    return HttpResponse(status=204)
