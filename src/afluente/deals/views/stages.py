"""Settings: the stages of a pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from afluente.deals import selectors, services
from afluente.deals.forms import pipelines as forms
from afluente.deals.models import Pipeline, Stage
from afluente.deals.views import asking
from afluente.deals.views import pipelines as pipeline_views
from afluente.kernel.htmx import respond

if TYPE_CHECKING:
    from django.http import HttpResponse, QueryDict

    from afluente.accounts.requests import Request

ADD, UP, DOWN = "add", "up", "down"


@require_http_methods(["GET", "HEAD", "POST"])
def stages(request: Request, pk: int) -> HttpResponse:
    """The stage editor. POST saves all lines; `add`, `up` and `down` change them without saving."""
    asking.require_configurer(request)
    pipeline = get_object_or_404(Pipeline, pk=pk)
    if request.method != "POST":
        return redirect("deals:pipeline_edit", pk)
    rows = selectors.stage_rows(pipeline=pipeline)
    if {ADD, UP, DOWN} & request.POST.keys():
        changed = _rearranged(request.POST)
        return _draw(request, pipeline, rows, changed, is_draft=True)
    context = pipeline_views.stage_lines(rows, request.POST)
    lines: Any = context["lines"]
    if not lines.is_valid():
        return _draw(request, pipeline, rows, request.POST)
    drafts = [services.StageDraft(**line.cleaned_data) for line in _in_order(lines, request.POST)]
    services.save_stages(pipeline=pipeline, drafts=drafts, by=asking.by(request))
    messages.success(request, gettext("Saved"))
    return asking.see_other(reverse("deals:pipeline_edit", args=[pk]))


def _in_order(lines: Any, data: QueryDict) -> list[Any]:
    """The lines as the page had them: dragging reorders the inputs, and a form sends them in that order."""
    places = [name for name in data if name.startswith("stages-") and name.endswith("-name")]
    numbers = [asking.number(name.split("-")[1]) for name in places]
    order = {number: place for place, number in enumerate(numbers)}
    numbered = sorted(enumerate(lines.forms), key=lambda pair: order.get(pair[0], len(order)))
    return [line for _, line in numbered]


def _rearranged(data: QueryDict) -> QueryDict:
    """The lines with an empty one more, or with one a place higher or lower."""
    count = asking.number(data.get("stages-TOTAL_FORMS")) or 0
    lines = [
        {part: data.get(f"stages-{n}-{part}", "") for part in ("id", "name", "color", "stale_after_days")}
        for n in range(min(count, 50))
    ]
    for step, act in ((-1, UP), (1, DOWN)):
        at = asking.number(data.get(act))
        if at is not None and at < len(lines) and 0 <= at + step < len(lines):
            lines.insert(at + step, lines.pop(at))
    if ADD in data:
        lines.append({"id": "", "name": "", "color": "", "stale_after_days": ""})
    changed = data.copy()
    for n, line in enumerate(lines):
        for part, value in line.items():
            changed[f"stages-{n}-{part}"] = value
    changed["stages-TOTAL_FORMS"] = str(len(lines))
    return changed


def _draw(
    request: Request, pipeline: Pipeline, rows: Any, data: QueryDict, *, is_draft: bool = False
) -> HttpResponse:
    context = pipeline_views.stage_lines(rows, data)
    lines: Any = context["lines"]
    lines.is_valid()
    if is_draft:  # a line that is still being written is no mistake yet
        for line in lines.forms:
            line._errors = {}
    problems = sum(len(line.errors) for line in lines.forms)
    form = pipeline_views.properties(request, None, pipeline)
    context |= {"pipeline": pipeline, "form": form, "is_draft": True, "problems": problems}
    context |= pipeline_views.frame(pipeline)
    status = 200 if is_draft else 422
    return respond(request, "deals/pipeline_edit.html", context, fragment="stages", status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: Request, pk: int) -> HttpResponse:
    """One stage: what it is called and what it asks of deals that enter (POST)."""
    asking.require_configurer(request)
    stage = get_object_or_404(Stage.objects.lasting().select_related("pipeline"), pk=pk)
    form = forms.StageRules(request.POST if request.method == "POST" else None, stage=stage)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_stage(stage_id=pk, changes=form.cleaned_data, by=asking.by(request))
        except services.BadRuleError as refused:
            form.add_error(refused.place, str(refused))
        else:
            messages.success(request, gettext("Saved"))
            return asking.see_other(reverse("deals:pipeline_edit", args=[stage.pipeline_id]))
    context = {"stage": stage, "form": form}
    return render(request, "deals/stage_edit.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def deletion(request: Request, pk: int) -> HttpResponse:
    """Ask where the deals of a stage go, move them there and delete it."""
    asking.require_configurer(request)
    stage = get_object_or_404(Stage.objects.lasting().select_related("pipeline"), pk=pk)
    back = reverse("deals:pipeline_edit", args=[stage.pipeline_id])
    row = next(one for one in selectors.stage_rows(pipeline=stage.pipeline) if one.stage.pk == pk)
    form = forms.StageDeletion(request.POST if request.method == "POST" else None, stage=stage)
    if request.method == "POST" and form.is_valid():
        try:
            moved = services.delete_stage(stage=stage, to=form.cleaned_data["to"], by=asking.by(request))
        except services.DealsNeedAPlaceError:
            form.add_error("to", gettext("Choose where the deals go."))
        except services.StageGoneError:
            messages.error(request, asking.stage_gone())
            return asking.see_other(back)
        except services.ProtectedStageError:
            said = gettext(
                "A pipeline keeps its Won and Lost stages and one open stage, and any that deals are on their way to."
            )
            messages.error(request, said)
            return asking.see_other(back)
        else:
            said = gettext("Deleted the stage {name}. {n} deals moved.")
            if moved is None:
                said = gettext("Deleted the stage {name}. Its deals are being moved.")
            messages.success(request, said.format(name=row.stage.name, n=moved))
            return asking.see_other(back)
    context = {"stage": stage, "count": row.count, "form": form, "pipeline": stage.pipeline}
    context["uses"] = selectors.filters_about(name="stage", number=pk)
    return render(request, "deals/stage_deletion.html", context, status=422 if form.errors else 200)


@require_safe
def endings(request: Request) -> HttpResponse:
    """Which deleted stages still have deals that are being moved: asked again while there are any."""
    asking.require_configurer(request)
    return render(request, "deals/_endings.html", {"lines": selectors.endings()})
