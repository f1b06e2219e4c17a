"""The dry run of a deal: what would happen by itself, on a clock of one's own. Nothing is written or sent."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from afluente.automation import selectors, services, statements
from afluente.automation.engine.written import BadRuleError
from afluente.automation.forms.trying import Trial
from afluente.deals import policies
from afluente.deals.models import Deal
from afluente.kernel import http
from afluente.kernel.htmx import respond

if TYPE_CHECKING:
    from django.http import HttpResponse

    from afluente.accounts.requests import Request


@require_safe
def dry_run(request: Request, pk: int) -> HttpResponse:
    """What would happen if the deal entered a stage now: `stage`, `rules` arranged or running, `days` ahead."""
    deal = http.pick(policies.visible_to(request.member), present=Deal.objects.present(), pk=pk)
    stages = {one.pk: one for one in selectors.stages_to_try(deal)}
    form = Trial(request.GET, stages=stages.values(), present=deal.stage_id)
    context: dict[str, Any] = {"deal": deal, "form": form, "outlook": None, "refused": ""}
    if form.is_valid():
        now = statements.database_now()
        stage = stages[form.cleaned_data["stage"]]
        days = form.cleaned_data["days"]
        tried = selectors.arranged(stage.pk) if form.cleaned_data["rules"] == "draft" else None
        context |= {"days": days, "stage": stage}
        try:
            looked = services.dry_run(deal=deal, stage=stage, rules=tried, now=now, days=days)
        except BadRuleError as bad:
            context["refused"] = bad.said
        except services.NotPublishableError as wrong:
            context["refused"] = next(iter(wrong.problems.values()))[0]
        else:
            context["outlook"] = selectors.look_ahead(looked, until=now + dt.timedelta(days=days))
    else:
        context["refused"] = gettext("Choose a stage of this pipeline and at most {n} days.").format(
            n=Trial.MOST
        )
    status = 422 if context["refused"] else 200
    return respond(request, "automation/dry_run.html", context, fragment="outlook", status=status)
