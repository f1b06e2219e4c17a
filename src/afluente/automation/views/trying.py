"""The dry run of a deal: what would happen by itself, on a clock of one's own; and the same sent to oneself."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from afluente.automation import selectors, services, statements
from afluente.automation.engine.written import BadRuleError
from afluente.automation.forms.trying import Trial
from afluente.deals import policies
from afluente.deals.models import Deal
from afluente.kernel import http
from afluente.kernel.htmx import go, respond
from afluente.ui import formats

if TYPE_CHECKING:
    from django.http import HttpResponse, QueryDict

    from afluente.accounts.requests import Request
    from afluente.deals.models import Stage


@require_safe
def dry_run(request: Request, pk: int) -> HttpResponse:
    """What would happen if the deal entered a stage now: `stage`, `rules` arranged or running, `days` ahead."""
    deal, form, stages = _asked(request, pk, request.GET)
    context: dict[str, Any] = {"deal": deal, "form": form, "outlook": None, "refused": _refusal(form)}
    if form.is_valid():
        now = statements.database_now()
        stage, days = stages[form.cleaned_data["stage"]], form.cleaned_data["days"]
        context |= {"days": days, "stage": stage, "rules": form.cleaned_data["rules"]}
        try:
            looked = services.dry_run(deal=deal, stage=stage, rules=_rules(form), now=now, days=days)
        except (BadRuleError, services.NotPublishableError) as wrong:
            context["refused"] = _why(wrong)
        else:
            context["outlook"] = selectors.look_ahead(looked, until=now + dt.timedelta(days=days))
    status = 422 if context["refused"] else 200
    return respond(request, "automation/dry_run.html", context, fragment="outlook", status=status)


@require_POST
def rehearsal(request: Request, pk: int) -> HttpResponse:
    """Send whoever asks what the rules would say, as the dry run shows it: a test for real."""
    deal, form, stages = _asked(request, pk, request.POST)
    if not form.is_valid():
        messages.error(request, _refusal(form))
        return go(request, reverse("automation:dry_run", args=[pk]))
    stage, days = stages[form.cleaned_data["stage"]], form.cleaned_data["days"]
    try:
        made = services.rehearse(deal=deal, by=request.member, stage=stage, rules=_rules(form), days=days)
    except (BadRuleError, services.NotPublishableError) as wrong:
        messages.error(request, _why(wrong))
    else:
        _tell(request, made)
    asked = urlencode({name: form.cleaned_data[name] for name in ("stage", "rules", "days")})
    return go(request, f"{reverse('automation:dry_run', args=[pk])}?{asked}")


def _asked(request: Request, pk: int, said: QueryDict) -> tuple[Deal, Trial, dict[int, Stage]]:
    deal = http.pick(policies.visible_to(request.member), present=Deal.objects.present(), pk=pk)
    stages = {one.pk: one for one in selectors.stages_to_try(deal)}
    return deal, Trial(said, stages=stages.values(), present=deal.stage_id), stages


def _rules(form: Trial) -> list[dict[str, Any]] | None:
    is_draft = form.cleaned_data["rules"] == "draft"
    return selectors.arranged(form.cleaned_data["stage"]) if is_draft else None


def _refusal(form: Trial) -> str:
    if form.is_valid():
        return ""
    return gettext("Choose a stage of this pipeline and at most {n} days.").format(n=Trial.MOST)


def _why(wrong: BadRuleError | services.NotPublishableError) -> str:
    return wrong.said if isinstance(wrong, BadRuleError) else str(next(iter(wrong.problems.values()))[0])


def _tell(request: Request, made: services.Rehearsed) -> None:
    if not made.messages and not made.notices:
        messages.info(
            request, gettext("The rules would say nothing to anybody in this time: nothing was sent.")
        )
        return
    letters = ngettext("{n} message", "{n} messages", made.messages).format(n=formats.number(made.messages))
    notices = ngettext("{n} notification", "{n} notifications", made.notices)
    said = gettext("Sent to you, and to nobody else: {messages} to {address}, {notices}.")
    messages.success(
        request,
        said.format(
            messages=letters,
            address=request.member.user.email,
            notices=notices.format(n=formats.number(made.notices)),
        ),
    )
