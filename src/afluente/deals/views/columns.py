"""Choosing the columns of the list of deals, with and without script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from afluente.contacts.models import SavedFilter
from afluente.contacts.services import arranging
from afluente.deals import policies, selectors
from afluente.deals.views import asking
from afluente.kernel import htmx

if TYPE_CHECKING:
    from afluente.accounts.requests import Request
    from afluente.deals.models import Pipeline


@require_http_methods(["GET", "POST"])
def columns(request: Request) -> HttpResponse:
    """The form with every column; POST changes them, as `contacts.services.arranging.change_columns` says."""
    if not policies.may_list(request.member):
        raise PermissionDenied
    data = request.POST if request.method == "POST" else request.GET
    said = asking.address(data.get("query", "") or request.GET.urlencode())
    pipeline = _pipeline(request, asking.number(said.get("pipeline")))
    asked = selectors.BoardFilter.read(said)
    query = asked.query(pipeline=pipeline.pk, status="list")
    view = selectors.view_for(member=request.member, asked=asked)
    list_url = reverse("deals:pipeline", args=[pipeline.pk]) + asked.query(status="list")
    if request.method == "POST":
        act = arranging.change_columns(
            member=request.member,
            view=view,
            data=request.POST,
            entity=SavedFilter.Entity.DEAL,
            offered=selectors.deal_columns(pipeline.pk),
        )
        return _told(request, act, list_url, f"{reverse('deals:columns')}{query}")
    offered = selectors.columns_on_offer(pipeline=pipeline, member=request.member, asked=asked)
    context = {
        "shown": [one for one in offered if one.is_shown],
        "hidden": [one for one in offered if not one.is_shown],
        "query": query.lstrip("?"),
        "view": view,
        "columns_url": reverse("deals:columns"),
        "list_url": list_url,
    }
    return htmx.respond(request, "contacts/columns.html", context, fragment="form")


def _pipeline(request: Request, number: int | None) -> Pipeline:
    """The pipeline whose list it is; the first one, as on the board, when nothing names one."""
    if number is None and (first := selectors.default_pipeline(member=request.member)):
        return first
    return get_object_or_404(policies.pipelines_of(request.member), pk=number or 0)


def _told(request: Request, act: str, list_url: str, form_url: str) -> HttpResponse:
    if act == "width":
        return HttpResponse(status=204)
    if htmx.wants_fragment(request):
        if act == "reset":
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return htmx.trigger(HttpResponse(status=204), "af:deals", {})
    return redirect(form_url if act in {"up", "down"} else list_url)
