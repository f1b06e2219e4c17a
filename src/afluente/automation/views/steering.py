"""What people do on a deal's tab Automation: run a step now, skip it, stop all, begin the stage anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from afluente.automation import services
from afluente.deals import policies
from afluente.deals.models import Deal
from afluente.kernel import http
from afluente.timeline.events import Actor
from afluente.ui import formats

if TYPE_CHECKING:
    from django.http import HttpResponse

    from afluente.accounts.requests import Request

STOPPED = "automation.stopped"  # the steps that were stopped last, for their way back


@require_POST
def steering(request: Request, pk: int) -> HttpResponse:
    """`act`: run or skip a step (`step`), stop what waits, begin the stage anew; `continue` takes a stop back."""
    deal = http.pick(policies.movable_by(request.member), present=Deal.objects.present(), pk=pk)
    by = Actor("member", request.member.pk, request.user.name)
    match request.POST.get("act", request.GET.get("act", "")):
        case "run" | "skip" as act:
            _one(request, deal, by, act)
        case "stop":
            _stop(request, deal, by)
        case "continue":
            kept = request.session.pop(STOPPED, [])
            if not services.continue_steps(deal_id=deal.pk, stopped=kept, by=by):
                messages.error(request, gettext("The deal went on meanwhile; nothing waits again."))
        case "restart":
            services.restart_rules(deal_id=deal.pk, by=by)
            messages.success(request, gettext("The rules of the stage begin anew."))
        case _:
            raise Http404
    return HttpResponseRedirect(f"{reverse('deals:deal', args=[deal.pk])}?tab=automation", status=303)


def _one(request: Request, deal: Deal, by: Actor, act: str) -> None:
    said = request.POST.get("step", "")
    number = int(said) if said.isascii() and said.isdigit() and len(said) <= 18 else 0
    turn = services.run_step if act == "run" else services.skip_step
    try:
        turn(deal_id=deal.pk, token_id=number, by=by)
    except services.StepGoneError:
        messages.error(request, gettext("This step does not wait any more, or its rules are paused."))
    else:
        messages.success(request, gettext("It runs now.") if act == "run" else gettext("Skipped it."))


def _stop(request: Request, deal: Deal, by: Actor) -> None:
    stopped = services.stop_steps(deal_id=deal.pk, by=by)
    request.session[STOPPED] = stopped
    if stopped:
        way_back = f"{reverse('automation:steering', args=[deal.pk])}?act=continue"
        said = ngettext("Stopped {n} step.", "Stopped {n} steps.", len(stopped)).format(
            n=formats.number(len(stopped))
        )
        messages.success(request, said, extra_tags=f"undo:{way_back}")
