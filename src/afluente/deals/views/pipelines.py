"""Settings: the list of pipelines, and the properties of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from afluente.accounts import policies as accounts
from afluente.contacts import selectors as fields
from afluente.deals import selectors, services
from afluente.deals.forms import pipelines as forms
from afluente.deals.models import Pipeline
from afluente.deals.services.templates import ICONS, TEMPLATES
from afluente.deals.views import asking
from afluente.kernel import regions

if TYPE_CHECKING:
    from django.http import HttpResponse, QueryDict

    from afluente.accounts.requests import Request


@require_http_methods(["GET", "HEAD", "POST"])
def pipelines(request: Request) -> HttpResponse:
    """Every pipeline. POST makes one (`name`), or moves one up or down (`up`, `down`)."""
    asking.require_configurer(request)
    form = properties(request, request.POST if "name" in request.POST else None)
    if request.method == "POST":
        if "name" not in request.POST:
            _reorder(request)
            return asking.see_other(reverse("deals:pipelines"))
        if form.is_valid():
            made = services.create_pipeline(
                **form.cleaned_data, language=request.workspace.language, by=asking.by(request)
            )
            return asking.see_other(reverse("deals:pipeline_edit", args=[made.pk]))
    context = {
        "pipelines": selectors.pipeline_summaries(member=request.member),
        "archived": selectors.archived_pipelines(),
        "form": form,
        "hues": range(24),
        "templates": TEMPLATES.values(),
    }
    return render(request, "deals/pipelines.html", context, status=422 if form.errors else 200)


def properties(
    request: Request, data: QueryDict | None, pipeline: Pipeline | None = None
) -> forms.PipelineProperties:
    initial = {"currency": request.workspace.currency, "icon": ICONS[0]}
    if pipeline is not None:
        names = ("name", "icon", "color", "currency", "default_assignee_id", "asks_lost_reason")
        initial = {name.removesuffix("_id"): getattr(pipeline, name) for name in names}
    currencies = regions.currencies()
    if initial["currency"] not in dict(currencies):
        currencies = [(initial["currency"], initial["currency"]), *currencies]
    icons = [(icon, icon) for icon in ICONS]
    members = accounts.assignable_by(request.member).order_by("user__name")
    made = forms.PipelineProperties if pipeline is not None else forms.NewPipeline
    return made(data, initial=initial, currencies=currencies, icons=icons, members=members)


def _reorder(request: Request) -> None:
    ids = [one.id for one in selectors.pipeline_summaries(member=request.member)]
    wanted = asking.reordered(ids, request.POST)
    services.order_pipelines(ids=wanted, by=asking.by(request))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    """One pipeline: its properties (POST), and the editor of its stages."""
    asking.require_configurer(request)
    pipeline = get_object_or_404(Pipeline, pk=pk)
    form = properties(request, request.POST if request.method == "POST" else None, pipeline)
    if request.method == "POST" and form.is_valid():
        services.update_pipeline(pipeline=pipeline, changes=form.cleaned_data, by=asking.by(request))
        messages.success(request, gettext("Saved"))
        return asking.see_other(reverse("deals:pipeline_edit", args=[pk]))
    rows = selectors.stage_rows(pipeline=pipeline)
    context = {"pipeline": pipeline, "form": form, **frame(pipeline), **stage_lines(rows, None)}
    return render(request, "deals/pipeline_edit.html", context, status=422 if form.errors else 200)


def frame(pipeline: Pipeline, paying: forms.PaymentStages | None = None) -> dict[str, Any]:
    """What the page of a pipeline shows besides its stages and properties."""
    return {
        "hues": range(24),
        "paying": paying or forms.PaymentStages(pipeline=pipeline),
        "fields": [one for one in fields.fields_of("deal", pipeline.pk) if not one.is_archived],
        "common": [one for one in fields.fields_of("deal") if not one.is_archived],
    }


@require_POST
def payments(request: Request, pk: int) -> HttpResponse:
    """Say where deals go with each state of a payment."""
    asking.require_configurer(request)
    pipeline = get_object_or_404(Pipeline, pk=pk)
    paying = forms.PaymentStages(request.POST, pipeline=pipeline)
    if paying.is_valid():
        services.update_pipeline(pipeline=pipeline, changes=paying.cleaned_data, by=asking.by(request))
        messages.success(request, gettext("Saved"))
        return asking.see_other(reverse("deals:pipeline_edit", args=[pk]))
    rows = selectors.stage_rows(pipeline=pipeline)
    context = {"pipeline": pipeline, "form": properties(request, None, pipeline)}
    context |= {**frame(pipeline, paying), **stage_lines(rows, None)}
    return render(request, "deals/pipeline_edit.html", context, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def deletion(request: Request, pk: int) -> HttpResponse:
    """Ask where the deals of a pipeline go, move them there and delete it."""
    asking.require_configurer(request)
    pipeline = get_object_or_404(Pipeline, pk=pk)
    form = forms.PipelineDeletion(request.POST if request.method == "POST" else None, pipeline=pipeline)
    if request.method == "POST" and form.is_valid():
        try:
            moved = services.delete_pipeline(
                pipeline=pipeline, to=form.cleaned_data["to"], by=asking.by(request)
            )
        except services.LastPipelineError:
            messages.error(request, gettext("This is the only pipeline. Make another one first."))
        except services.DealsNeedAPlaceError:
            messages.error(request, gettext("Choose where the deals go."))
        except services.StagesMoveError:
            messages.error(request, gettext("Its deals are still being moved. Try again in a moment."))
        else:
            said = gettext("Deleted the pipeline {name}. {n} deals moved.")
            if moved is None:
                said = gettext("Deleted the pipeline {name}. Its deals are being moved.")
            messages.success(request, said.format(name=pipeline.name, n=moved))
        return asking.see_other(reverse("deals:pipelines"))
    context = {
        "pipeline": pipeline,
        "form": form,
        "count": pipeline.deals.present().count(),
        "fields": fields.fields_of("deal", pk),
        "uses": selectors.filters_about(name="pipeline", number=pk),
        "is_only": not (pipeline.archived_at or Pipeline.objects.present().exclude(pk=pk).exists()),
    }
    return render(request, "deals/pipeline_deletion.html", context, status=422 if form.errors else 200)


def stage_lines(rows: list[selectors.StageRow], data: QueryDict | None) -> dict[str, object]:
    """The stage editor for `rows`, or for what was typed into it."""
    opened = [row for row in rows if row.stage.kind == "open"]
    initial = [
        {
            "id": row.stage.pk,
            "name": row.stage.name,
            "color": row.stage.color,
            "stale_after_days": row.stage.stale_after_days,
        }
        for row in opened
    ]
    lines: Any = forms.StageLines(data, initial=initial, prefix="stages")
    lines.taken = tuple(row.stage.name for row in rows if row.stage.kind != "open")
    known = {str(row.stage.pk): row for row in opened}
    pairs = [(line, known.get(str(line["id"].value() or ""))) for line in lines.forms]
    return {"lines": lines, "pairs": pairs, "closed": [row for row in rows if row.stage.kind != "open"]}


@require_POST
def archiving(request: Request, pk: int) -> HttpResponse:
    """Put a pipeline away, or bring it back (`back`)."""
    asking.require_configurer(request)
    pipeline = get_object_or_404(Pipeline, pk=pk)
    if "back" in request.POST:
        try:
            services.unarchive_pipeline(pipeline=pipeline, by=asking.by(request))
        except services.StagesMoveError:
            messages.error(request, gettext("Its deals are still being moved. Try again in a moment."))
        return asking.see_other(reverse("deals:pipelines"))
    try:
        services.archive_pipeline(pipeline=pipeline, by=asking.by(request))
    except services.LastPipelineError:
        messages.error(request, gettext("This is the only pipeline. Make another one first."))
    else:
        messages.success(request, gettext("Archived {name}").format(name=pipeline.name))
    return asking.see_other(reverse("deals:pipelines"))
