"""Choosing the columns of the list (SP-117), with and without script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from afluente.contacts import policies, selectors
from afluente.contacts.selectors.saved import canonical
from afluente.contacts.services import arranging
from afluente.kernel import htmx

if TYPE_CHECKING:
    from afluente.accounts.requests import Request
    from afluente.contacts.models import SavedFilter


@require_http_methods(["GET", "POST"])
def columns(request: Request) -> HttpResponse:
    """The form with every column; POST shows those ticked, in the order of the form, and says so to
    the list: `do` may also be `up:key`, `down:key`, `reset`, or `width` of one column.
    """
    if not policies.may_list(request.member):
        raise PermissionDenied
    query = canonical((request.POST if request.method == "POST" else request.GET).get("query", ""))
    view = selectors.view_of(member=request.member, query=query)
    if request.method == "POST":
        return _change(request, query, view)
    offered = selectors.offered_columns(member=request.member, view=view)
    context = {
        "shown": [one for one in offered if one.is_shown],
        "hidden": [one for one in offered if not one.is_shown],
        "query": query,
        "view": view,
        "columns_url": reverse("contacts:columns"),
        "list_url": f"{reverse('contacts:list')}?{query}",
    }
    return htmx.respond(request, "contacts/columns.html", context, fragment="form")


def _change(request: Request, query: str, view: SavedFilter | None) -> HttpResponse:
    act = arranging.change_columns(member=request.member, view=view, data=request.POST)
    if act == "width":
        return HttpResponse(status=204)
    if htmx.wants_fragment(request):
        if act == "reset":
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return htmx.trigger(HttpResponse(status=204), "af:columns", {})
    if act in {"up", "down"}:
        return redirect(f"{reverse('contacts:columns')}?{_again(query)}")
    return redirect(f"{reverse('contacts:list')}?{query}")


def _again(query: str) -> str:
    """The address of the form for the same list."""
    said = QueryDict(mutable=True)
    said["query"] = query
    return said.urlencode()
