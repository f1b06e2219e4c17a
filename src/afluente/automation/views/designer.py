"""The designer: a pipeline's rules and triggers over the columns of its board, and publishing them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from afluente.automation import selectors, services
from afluente.automation.engine.limits import DEEPEST
from afluente.automation.engine.written import BadRuleError
from afluente.automation.models import Definition
from afluente.automation.services.recipes import RECIPES
from afluente.deals import policies
from afluente.deals.models import Stage
from afluente.kernel.htmx import go
from afluente.ui import formats

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from django.http import HttpResponse

    from afluente.accounts.requests import Request
    from afluente.deals.models import Pipeline

CLOCKS = {"now": "zap", "timed": "clock", "date": "calendar-clock", "chain": "link"}


@require_safe
def designer(request: Request, pk: int) -> HttpResponse:
    """What happens by itself in every stage of a pipeline."""
    return render(request, "automation/designer.html", frame(request, pipeline_in(request, pk)))


def frame(
    request: Request,
    pipeline: Pipeline,
    *,
    names: selectors.Names | None = None,
    chosen: str = "",
    problems: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Any]:
    """What the designer is drawn with; an open editor adds its own. `chosen` is the card that it is of."""
    return {
        "pipeline": pipeline,
        "design": selectors.design_of(pipeline, names),
        "to_decide": selectors.count_to_decide(request.member, pipeline),
        "may_configure": policies.may_configure(request.member),
        "chosen": chosen,
        "problems": problems or {},
        "clocks": CLOCKS,
        "recipes": RECIPES,
        "rail": True,
    }


@require_POST
def publication(request: Request, pk: int) -> HttpResponse:
    """Let what was arranged run: `waiting` says for whom, `present` also for deals that are there."""
    pipeline = configured(request, pk)
    known = set(services.Waiting)
    wish = request.POST.get("waiting", "")
    try:
        made = services.publish_pipeline(
            pipeline=pipeline,
            by=request.member,
            waiting=services.Waiting(wish) if wish in known else services.Waiting.APPLY,
            is_for_present="present" in request.POST,
        )
    except services.PipelineNotPublishableError as wrong:
        messages.error(
            request,
            gettext("Nothing was published: rules of {stage} need a look.").format(stage=wrong.stage),
        )
        context = frame(request, pipeline, problems=wrong.problems)
        return render(request, "automation/designer.html", context, status=422)
    except BadRuleError as bad:
        messages.error(request, str(bad))
        return go(request, address_of(pipeline))
    said = ngettext("Published the rules of {n} stage", "Published the rules of {n} stages", len(made))
    messages.success(request, said.format(n=formats.number(len(made))))
    for circle in services.possible_circles(pipeline):
        warned = gettext(
            "Deals may go round in a circle: {stages}. One that does is stopped after {n} moves."
        )
        messages.warning(request, warned.format(stages=circle, n=DEEPEST))
    return go(request, address_of(pipeline))


@require_POST
def discarding(request: Request, pk: int) -> HttpResponse:
    """Arrange every stage as it runs."""
    pipeline = configured(request, pk)
    if services.discard_rules(pipeline=pipeline):
        messages.success(request, gettext("The rules are arranged as they run."))
    return go(request, address_of(pipeline))


@require_POST
def state(request: Request, pk: int) -> HttpResponse:
    """Pause the rules of a whole pipeline, or let them go on (`act`)."""
    pipeline = configured(request, pk)
    turn: Callable[..., None] = (
        services.pause_rules if request.POST.get("act") == "pause" else services.resume_rules
    )
    wanted = Definition.State.ACTIVE if turn is services.pause_rules else Definition.State.PAUSED
    for one in Definition.objects.filter(stage__pipeline=pipeline, state=wanted):
        turn(definition=one)
    is_paused = turn is services.pause_rules
    messages.success(
        request,
        gettext("The rules are paused: nothing starts, what waits is held.")
        if is_paused
        else gettext("The rules go on."),
    )
    return go(request, address_of(pipeline))


def pipeline_in(request: Request, pk: int) -> Pipeline:
    """A pipeline that this member may open."""
    return get_object_or_404(policies.pipelines_of(request.member), pk=pk)


def configured(request: Request, pk: int) -> Pipeline:
    """The same for whoever may change it; 403 for others."""
    pipeline = pipeline_in(request, pk)
    if not policies.may_configure(request.member):
        raise PermissionDenied
    return pipeline


def stage_in(request: Request, pk: int) -> Stage:
    """A stage whose rules this member may change."""
    found = Stage.objects.lasting().filter(pipeline__in=policies.pipelines_of(request.member))
    stage = get_object_or_404(found.select_related("pipeline"), pk=pk)
    if not policies.may_configure(request.member):
        raise PermissionDenied
    return stage


def address_of(pipeline: Pipeline) -> str:
    """The designer of a pipeline."""
    return reverse("automation:designer", args=[pipeline.pk])
