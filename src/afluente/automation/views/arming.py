"""The side panel in which a trigger is arranged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from afluente.automation import selectors, services
from afluente.automation.engine.written import BadRuleError
from afluente.automation.forms.triggers import TriggerForm
from afluente.automation.models import Trigger
from afluente.automation.views import designer
from afluente.automation.views.editing import DRAWN
from afluente.deals import policies
from afluente.kernel.htmx import go

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpResponse

    from afluente.accounts.requests import Request
    from afluente.deals.models import Stage

FIRST_KIND = "form_submitted"


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request, pk: int) -> HttpResponse:
    """A trigger to be made that leads to a stage."""
    stage = designer.stage_in(request, pk)
    address = reverse("automation:trigger_new", args=[pk])
    return _edit(request, stage, Trigger(kind=FIRST_KIND, stage=stage), address)


@require_http_methods(["GET", "HEAD", "POST"])
def trigger(request: Request, pk: int) -> HttpResponse:
    """A trigger: arranged (POST), deleted or given another address (`act`). It counts at once."""
    found = _found(request, pk, Trigger.objects.present())
    address = reverse("automation:trigger", args=[pk])
    act = request.POST.get("act", "") if request.method == "POST" else ""
    if act == "delete":
        services.delete_trigger(trigger=found)
        way_back = reverse("automation:trigger_restoring", args=[pk])
        messages.success(request, gettext("Deleted the trigger"), extra_tags=f"undo:{way_back}")
        return go(request, designer.address_of(found.stage.pipeline))
    if act == "address" and found.public_id:
        services.rotate_address(trigger=found)
        messages.success(request, gettext("The old address stopped working."))
        return go(request, address)
    return _edit(request, found.stage, found, address)


@require_POST
def restoring(request: Request, pk: int) -> HttpResponse:
    """Let a trigger that was deleted count again."""
    found = _found(request, pk, Trigger.objects.all())
    services.restore_trigger(trigger=found)
    return go(request, designer.address_of(found.stage.pipeline))


def _found(request: Request, pk: int, among: QuerySet[Trigger]) -> Trigger:
    """A trigger of a pipeline that the member knows. Raises Http404 and PermissionDenied."""
    pipelines = policies.pipelines_of(request.member)
    found = get_object_or_404(among.select_related("stage__pipeline"), pk=pk, stage__pipeline__in=pipelines)
    if not policies.may_configure(request.member):
        raise PermissionDenied
    return found


def _edit(request: Request, stage: Stage, found: Trigger, address: str) -> HttpResponse:
    names = selectors.names_now()
    data = request.POST if request.method == "POST" else None
    checks = data is not None and not DRAWN & data.keys()
    form = TriggerForm(data, trigger=found, names=names, checks=checks)
    if checks and form.is_valid():
        try:
            return _keep(request, stage, found, form)
        except BadRuleError as bad:
            form.add_error(None, bad.said)
    if data is not None and not checks:
        form.forgive()
    editor = {
        "form": form,
        "stage": stage,
        "address": address,
        "back": designer.address_of(stage.pipeline),
        "is_new": found.pk is None,
        "hook": services.address_of(found) if found.pk else "",
        "asked": form.asked,
    }
    status = 422 if checks and form.errors else 200
    if request.headers.get("HX-Request") == "true":
        context = {"editor": editor, "pipeline": stage.pipeline}
        return render(request, "automation/_trigger_editor.html", context, status=status)
    context = designer.frame(request, stage.pipeline, names=names)
    context |= {"editor": editor, "editor_template": "automation/_trigger_editor.html"}
    return render(request, "automation/designer.html", context, status=status)


def _keep(request: Request, stage: Stage, found: Trigger, form: TriggerForm) -> HttpResponse:
    back = designer.address_of(stage.pipeline)
    if found.pk is not None:
        services.change_trigger(trigger=found, values=form.values())
        messages.success(request, gettext("Saved"))
        return go(request, back)
    made = services.create_trigger(stage=stage, kind=form.cleaned_data["kind"], values=form.values())
    messages.success(request, gettext("Deals come here by themselves from now on."))
    return go(request, reverse("automation:trigger", args=[made.pk]) if made.public_id else back)
