"""What of a pipeline's automation stands until a person decides, and what they decide about one or many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from afluente.automation import selectors, services
from afluente.automation.models import Definition
from afluente.automation.views.designer import pipeline_in
from afluente.deals import policies
from afluente.kernel.htmx import go
from afluente.timeline.events import Actor
from afluente.ui import formats

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpResponse

    from afluente.accounts.requests import Request
    from afluente.automation.models import Step
    from afluente.deals.models import Pipeline

PAGE = 50
AT_ONCE = 1000  # steps of one decision; what is left still stands in the list
DEEDS = {
    "run": services.retry_steps,
    "done": services.confirm_steps,
    "skip": services.pass_over_steps,
    "stop": services.give_up_steps,
}


@require_http_methods(["GET", "HEAD", "POST"])
def decisions(request: Request, pk: int) -> HttpResponse:
    """The list; `act` decides: about steps (`step`, or `all`), a deal that stands still or paused rules."""
    pipeline = pipeline_in(request, pk)
    here = reverse("automation:decisions", args=[pk])
    if request.method == "POST":
        match request.POST.get("act", ""):
            case "unfreeze":
                _unfreeze(request, pipeline)
            case "resume":
                _resume(request, pipeline)
            case _:
                decide(request, selectors.steps_to_decide(request.member, pipeline))
        return go(request, here)
    before = number_of(request.GET.get("before", ""))
    standing = selectors.steps_to_decide(request.member, pipeline)
    rows = standing.filter(pk__lt=before) if before else standing
    page = list(rows.select_related("deal", "definition__stage").order_by("-pk")[: PAGE + 1])
    movable = policies.movable_by(request.member)
    context = {
        "pipeline": pipeline,
        "to_decide": selectors.count_to_decide(request.member, pipeline),
        "rows": selectors.shown_runs(page[:PAGE]),
        "total": standing.count(),
        "deals": list(selectors.standing_deals(request.member, pipeline)[:PAGE]),
        "paused": selectors.paused_by_failures(pipeline),
        "movable": set(movable.filter(pk__in=[one.deal_id for one in page]).values_list("pk", flat=True)),
        "may_configure": policies.may_configure(request.member),
        "here": here,
        "next_url": f"{here}?before={page[PAGE - 1].pk}" if len(page) > PAGE else "",
        "rail": True,
    }
    return render(request, "automation/decisions.html", context)


def decide(request: Request, standing: QuerySet[Step]) -> None:
    """Do what `act` says with the chosen ones of these, as far as the member may move their deals."""
    deed = DEEDS.get(request.POST.get("act", ""))
    chosen = standing.filter(deal__in=policies.movable_by(request.member))
    if "all" not in request.POST:
        said = [number_of(one) for one in request.POST.getlist("step")[:AT_ONCE]]
        chosen = chosen.filter(pk__in=[one for one in said if one])
    ids = list(chosen.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    if deed is None or not ids:
        messages.error(request, gettext("Choose steps that still stand, and what is to be done with them."))
        return
    count = deed(step_ids=ids, by=Actor("member", request.member.pk, request.user.name))
    if count:
        said_so = ngettext("Decided about {n} step.", "Decided about {n} steps.", count).format(
            n=formats.number(count)
        )
        messages.success(request, said_so)
    if rest := len(ids) - count:
        passed = ngettext(
            "{n} step was passed over: its deal left the stage, its rule is gone or paused, or what follows was done.",
            "{n} steps were passed over: their deals left the stage, their rules are gone or paused, or what follows was done.",
            rest,
        )
        messages.error(request, passed.format(n=formats.number(rest)))


def _unfreeze(request: Request, pipeline: Pipeline) -> None:
    deal_id = number_of(request.POST.get("deal", ""))
    deal = policies.movable_by(request.member).filter(pk=deal_id, pipeline=pipeline).first()
    by = Actor("member", request.member.pk, request.user.name)
    if deal and services.unfreeze(deal_id=deal.pk, by=by):
        messages.success(request, gettext("Rules go on when the deal enters a stage."))


def _resume(request: Request, pipeline: Pipeline) -> None:
    if not policies.may_configure(request.member):
        raise PermissionDenied
    wanted = number_of(request.POST.get("definition", ""))
    found = Definition.objects.filter(
        pk=wanted, stage__pipeline=pipeline, state=Definition.State.PAUSED
    ).first()
    if found:
        services.resume_rules(definition=found)
        messages.success(request, gettext("The rules go on."))


def number_of(said: str) -> int:
    """A number that a browser sent; 0 when it is none."""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else 0
