"""Today: what there is to do, and the figures, which come after the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from afluente.accounts.models import Action, Area
from afluente.accounts.policies import may, may_configure_sources, may_integrate
from afluente.contacts import policies as contact_policies
from afluente.deals import policies as deal_policies
from afluente.insights import selectors
from afluente.insights.selectors.channels import PERIODS
from afluente.kernel import htmx
from afluente.tasks import policies as task_policies

if TYPE_CHECKING:
    from collections.abc import Callable

    from afluente.accounts.requests import Request

DEFAULT_PERIOD = 30


@require_safe
def home(request: Request) -> HttpResponse:
    """Today. What is quick to find comes with the page; figures and charts ask for themselves, unless the address
    says `figures=1`, for whoever has no script.
    """
    if not may(request.member, Area.INSIGHTS, Action.VIEW):
        return redirect(_first_place(request))
    target = htmx.target_id(request) if htmx.wants_fragment(request) else ""
    if target == "welcome":
        return _welcome_again(request)
    if target in PARTS:
        return render(request, f"insights/_{target.replace('-', '_')}.html", PARTS[target](request))
    member = request.member
    context: dict[str, Any] = {
        "now": timezone.localtime(),
        "is_new": selectors.is_new(member=member),
        "ways": ways(request),
    }
    if not context["is_new"]:
        context |= today(request) | _arrivals(request)
        context["in_place"] = request.GET.get("figures") == "1"
        if context["in_place"]:
            context |= _figures(request) | _river(request) | _funnel(request)
    return htmx.respond(request, "insights/home.html", context, fragment="today")


def ways(request: Request) -> dict[str, bool]:
    """Where this person may go from here: nothing is offered that would be refused."""
    member = request.member
    return {
        "deals": deal_policies.may_list(member),
        "tasks": task_policies.may_list(member),
        "new_task": task_policies.may_create(member),
        "contacts": contact_policies.may_list(member),
        "new_deal": deal_policies.may_create(member) and deal_policies.pipelines_of(member).exists(),
        "new_contact": contact_policies.may_create(member),
        "sources": may_configure_sources(member),
        "tokens": may_integrate(member),
    }


def today(request: Request) -> dict[str, Any]:
    """What the queue is drawn with."""
    most = selectors.MOST_LEADS if request.GET.get("waiting") == "all" else selectors.LEADS
    return {"queue": selectors.queue(member=request.member, most=most), "ways": ways(request)}


def _arrivals(request: Request) -> dict[str, Any]:
    return {"lines": selectors.new_deals(member=request.member)}


def _figures(request: Request) -> dict[str, Any]:
    may_see_all = selectors.may_see_all(request.member)
    mine = not may_see_all or request.GET.get("whose") == selectors.MINE
    whose = selectors.MINE if mine else selectors.ALL
    found = selectors.figures(member=request.member, whose=whose)
    return {"figures": found, "may_see_all": may_see_all, "ways": ways(request)}


def _river(request: Request) -> dict[str, Any]:
    days = _choice(request, "days", PERIODS, DEFAULT_PERIOD)
    river = selectors.channels_in_use(member=request.member, days=days)
    return {"river": river, "periods": PERIODS, "ways": ways(request)}


def _funnel(request: Request) -> dict[str, Any]:
    asked = request.GET.get("pipeline", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None
    span = _choice(request, "span", selectors.SPANS, selectors.SPANS[0])
    found = selectors.sales_funnel(member=request.member, pipeline_id=number, days=span)
    return {"funnel": found, "spans": selectors.SPANS}


PARTS: dict[str, Callable[[Request], dict[str, Any]]] = {
    "queue": today,
    "new-deals": _arrivals,
    "figures": _figures,
    "channels": _river,
    "funnel": _funnel,
}


def _choice(request: Request, name: str, choices: tuple[int, ...], usual: int) -> int:
    asked = request.GET.get(name, "")
    return int(asked) if asked in {str(one) for one in choices} else usual


def _first_place(request: Request) -> str:
    """Where somebody begins who may not see figures."""
    if deal_policies.may_list(request.member):
        return "deals:board"
    return "contacts:list" if contact_policies.may_list(request.member) else "accounts:profile"


def _welcome_again(request: Request) -> HttpResponse:
    """Nothing while there is nothing; the whole page, navigation included, once the first arrives."""
    response = HttpResponse(status=204)
    if not selectors.is_new(member=request.member):
        response["HX-Refresh"] = "true"
    return response
