"""The first page of the day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from afluente.accounts.models import Action, Area
from afluente.accounts.policies import may, may_configure_sources, may_integrate
from afluente.contacts import policies as contact_policies
from afluente.deals import policies as deal_policies
from afluente.deals import services as deal_services
from afluente.deals.models import Deal
from afluente.insights import selectors
from afluente.insights.selectors.channels import PERIODS
from afluente.kernel import htmx, http
from afluente.timeline.events import Actor

if TYPE_CHECKING:
    from afluente.accounts.requests import Request

DEFAULT_PERIOD = 30


@require_safe
def home(request: Request) -> HttpResponse:
    """Today. Cards that follow the log ask for themselves alone."""
    if not may(request.member, Area.INSIGHTS, Action.VIEW):
        return redirect(_first_place(request))
    target = htmx.target_id(request) if htmx.wants_fragment(request) else ""
    if target == "new-deals":
        return render(
            request, "insights/_new_deals.html", {"lines": selectors.new_deals(member=request.member)}
        )
    if target == "channels":
        return render(request, "insights/_channels.html", {**_river(request), "ways": _ways(request)})
    if target == "welcome":
        return _welcome_again(request)
    member = request.member
    context: dict[str, Any] = {
        "now": timezone.localtime(),
        "is_new": selectors.is_new(member=member),
        "ways": _ways(request),
    }
    if not context["is_new"]:
        context |= {
            "figures": selectors.figures(member=member),
            "lines": selectors.new_deals(member=member),
            "mine": selectors.my_deals(member=member),
            "people": selectors.new_contacts(member=member),
            "funnel": selectors.sales_funnel(member=member),
            **_river(request),
        }
    return htmx.respond(request, "insights/home.html", context, fragment="today")


def _ways(request: Request) -> dict[str, bool]:
    """Where this person may go from here: nothing is offered that would be refused."""
    member = request.member
    return {
        "deals": deal_policies.may_list(member),
        "contacts": contact_policies.may_list(member),
        "new_deal": deal_policies.may_create(member) and deal_policies.pipelines_of(member).exists(),
        "new_contact": contact_policies.may_create(member),
        "sources": may_configure_sources(member),
        "tokens": may_integrate(member),
    }


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


def _river(request: Request) -> dict[str, object]:
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(period) for period in PERIODS} else DEFAULT_PERIOD
    return {"river": selectors.channels_in_use(member=request.member, days=days), "periods": PERIODS}


@require_POST
def taking(request: Request, pk: int) -> HttpResponse:
    """Take a deal that is nobody's. Whoever comes second is told who was first."""
    free = deal_policies.movable_by(request.member).select_for_update(of=("self",))
    deal = http.pick(free, present=Deal.objects.present(), pk=pk)
    if deal.assignee_id is None:
        actor = Actor("member", request.member.pk, request.user.name)
        deal_services.assign_deals(deal_ids=[pk], assignee=request.member, by=actor)
        said = gettext("{deal} is yours").format(deal=deal.name)
    else:
        said = gettext("Somebody was faster")
    if not htmx.wants_fragment(request):
        messages.info(request, said)
        return redirect("insights:home")
    context = {"lines": selectors.new_deals(member=request.member)}
    return htmx.toast(render(request, "insights/_new_deals.html", context), said)
