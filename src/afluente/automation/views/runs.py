"""The runs of a pipeline's rules: for which deal, when, how they ended and why."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods

from afluente.automation import selectors
from afluente.automation.models import Step
from afluente.automation.views.deciding import decide, number_of
from afluente.automation.views.designer import pipeline_in
from afluente.deals import policies
from afluente.kernel.htmx import go

if TYPE_CHECKING:
    from django.http import HttpResponse

    from afluente.accounts.requests import Request
    from afluente.automation.selectors import RuleName

PAGE = 50
DAYS = (1, 7, 30, 90, 180)
OUTCOMES = {
    Step.State.APPLIED: pgettext_lazy("rule", "Done"),
    Step.State.SKIPPED: pgettext_lazy("rule", "Skipped"),
    Step.State.FAILED: pgettext_lazy("rule", "Failed"),
    Step.State.CANCELLED: pgettext_lazy("rule", "Cancelled"),
    Step.State.AWAITING: _("On its way"),
    Step.State.UNKNOWN: _("Nobody knows"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def runs(request: Request, pk: int) -> HttpResponse:
    """The list, of a `rule` (stage.rule) or a stage, by outcome (`state`) and `days`; failed ones are tried again."""
    pipeline = pipeline_in(request, pk)
    rules = selectors.rules_to_choose(pipeline)
    asked = _asked(request, rules)
    stage, _dot, rule = asked["rule"].partition(".")
    found = selectors.runs_of(
        request.member, pipeline, stage_id=number_of(stage) or None, rule=rule, days=int(asked["days"])
    )
    here = f"{reverse('automation:runs', args=[pk])}?{urlencode(asked)}"
    if request.method == "POST":
        decide(request, selectors.standing_steps().filter(pk__in=found.filter(state__in=selectors.STOOD)))
        return go(request, here)
    before = number_of(request.GET.get("before", ""))
    wanted = found.filter(state=asked["state"]) if asked["state"] else found
    wanted = wanted.filter(pk__lt=before) if before else wanted
    page = list(wanted.select_related("deal", "definition__stage").order_by("-pk")[: PAGE + 1])
    counts = selectors.counted_states(found)
    waiting, next_at = selectors.waiting_by(pipeline, number_of(stage) or None, rule)
    movable = policies.movable_by(request.member)
    context = {
        "pipeline": pipeline,
        "to_decide": selectors.count_to_decide(request.member, pipeline),
        "rows": selectors.shown_runs(page[:PAGE]),
        "movable": set(movable.filter(pk__in=[one.deal_id for one in page]).values_list("pk", flat=True)),
        "rules": rules,
        "asked": asked,
        "days": DAYS,
        "tabs": [(state, label, counts.get(state, 0)) for state, label in OUTCOMES.items()],
        "total": sum(counts.values()),
        "failures": selectors.counted_failures(found) if counts.get(Step.State.FAILED) else [],
        "waiting": waiting,
        "next_at": next_at,
        "here": here,
        "base": f"?{urlencode(asked | {'state': ''})}",
        "next_url": f"{here}&before={page[PAGE - 1].pk}" if len(page) > PAGE else "",
        "rail": True,
    }
    return render(request, "automation/runs.html", context)


def _asked(request: Request, rules: list[RuleName]) -> dict[str, str]:
    """What was asked for, as far as it is known; an unknown rule means all."""
    known = {one.key for one in rules} | {one.all for one in rules}
    rule, state, days = (request.GET.get(name, "") for name in ("rule", "state", "days"))
    return {
        "rule": rule if rule in known else "",
        "state": state if state in OUTCOMES else "",
        "days": days if days in {str(one) for one in DAYS} else "30",
    }
