"""The side panel in which a rule is arranged, and what its menu does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from afluente.automation import selectors, services
from afluente.automation.engine.written import BadRuleError
from afluente.automation.forms.params import PREFIX
from afluente.automation.forms.rules import RuleForm
from afluente.automation.services.recipes import RECIPES, rule_of
from afluente.automation.views import designer
from afluente.deals import policies
from afluente.delivery.selectors import deals_offered, variables
from afluente.delivery.selectors.messages import OFFERED
from afluente.kernel.htmx import go

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpResponse

    from afluente.accounts.requests import Request
    from afluente.deals.models import Stage

DROPPED = "automation.dropped"  # the rule that was taken out last, for its way back
DRAWN = {"draw", "and", "or", "drop", "more", "undo-change"}  # buttons that change the form and keep nothing


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request, pk: int) -> HttpResponse:
    """A rule to be made in a stage."""
    stage = designer.stage_in(request, pk)
    return _edit(request, stage, {"action": "task"}, reverse("automation:rule_new", args=[pk]))


@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: Request, pk: int, rule_id: str) -> HttpResponse:
    """A rule: arranged (POST), or what its menu says (`act`)."""
    stage = designer.stage_in(request, pk)
    found = next((one for one in selectors.arranged(pk) if one["id"] == rule_id), None)
    if found is None:
        raise Http404
    if request.method == "POST" and "act" in request.POST:
        return _act(request, stage, rule_id)
    return _edit(request, stage, found, reverse("automation:rule", args=[pk, rule_id]))


def _edit(request: Request, stage: Stage, kept: Mapping[str, Any], address: str) -> HttpResponse:
    names = selectors.names_now()
    data = request.POST if request.method == "POST" else None
    checks = data is not None and not DRAWN & data.keys()
    has_leads = stage.pipeline.is_for_leads
    form = RuleForm(data, rule=kept, names=names, checks=checks, is_for_leads=has_leads)
    if checks and form.is_valid():
        try:
            services.put_rule(stage=stage, rule=form.kept())
        except BadRuleError as bad:
            form.add_error(None, bad.said)
        else:
            messages.success(request, gettext("Kept. It runs once it is published."))
            return go(request, designer.address_of(stage.pipeline))
    if data is not None and not checks:
        form.forgive()
    editor = {
        "form": form,
        "stage": stage,
        "address": address,
        "back": designer.address_of(stage.pipeline),
        "rule": selectors.card_of(dict(kept), names) if "id" in kept else None,
        "is_on": kept.get("is_on", True),
        "stages": names.options["stage"],
        "asked": form.asked,
        **(_words(request, stage, kept) if form.has_words else {}),
    }
    status = 422 if checks and form.errors else 200
    if request.headers.get("HX-Request") == "true":
        return render(
            request,
            "automation/_rule_editor.html",
            {"editor": editor, "pipeline": stage.pipeline},
            status=status,
        )
    context = designer.frame(request, stage.pipeline, names=names, chosen=str(kept.get("id", "")))
    context |= {"editor": editor, "editor_template": "automation/_rule_editor.html"}
    return render(request, "automation/designer.html", context, status=status)


@require_POST
def preview(request: Request, pk: int) -> HttpResponse:
    """What the texts that are being written say about a deal (`deal`)."""
    stage = designer.stage_in(request, pk)
    return render(request, "automation/_said.html", _words(request, stage, {}))


def _words(request: Request, stage: Stage, kept: Mapping[str, Any]) -> dict[str, Any]:
    """The deals that may be looked at, the chosen one, what the texts say of it, and what they may name."""
    visible = policies.visible_to(request.member)
    own = list(visible.filter(pipeline=stage.pipeline_id).order_by("-stage_entered_at", "-pk")[:OFFERED])
    offered = own or list(visible.order_by("-stage_entered_at", "-pk")[:OFFERED])
    chosen = _number(request.POST.get("deal"))
    deal = (visible.filter(pk=chosen).first() if chosen else None) or next(iter(offered), None)
    action, params = str(kept.get("action", "")), dict(kept.get("params") or {})
    if request.method == "POST":
        action = request.POST.get("action", "")
        typed = [name for name in request.POST if name.startswith(PREFIX)]
        params = {name.removeprefix(PREFIX): request.POST.get(name) for name in typed}
    return {
        "deals": deals_offered(offered),
        "deal": deal,
        "said": selectors.said_of(action, params, deal_id=deal.pk) if deal else None,
        "variables": variables(),
        "preview": reverse("automation:rule_preview", args=[stage.pk]),
    }


def _act(request: Request, stage: Stage, rule_id: str) -> HttpResponse:
    """Up, down, off, on, copy, delete; move to a stage (`to`), or to a place of it (`at`)."""
    act = request.POST.get("act", "")
    to = _target(request, stage)
    acts: dict[str, Callable[[], Any]] = {
        "up": lambda: _shift(stage, rule_id, -1),
        "down": lambda: _shift(stage, rule_id, 1),
        "off": lambda: services.switch_rule(stage=stage, rule_id=rule_id, is_on=False),
        "on": lambda: services.switch_rule(stage=stage, rule_id=rule_id, is_on=True),
        "copy": lambda: services.copy_rule(stage=stage, rule_id=rule_id, to=to),
        "move": lambda: services.move_rule(
            stage=stage, rule_id=rule_id, to=to, at=_number(request.POST.get("at"))
        ),
    }
    if act == "delete":
        return _delete(request, stage, rule_id)
    if act not in acts:
        raise Http404
    try:
        acts[act]()
    except BadRuleError as bad:
        messages.error(request, bad.said)
    return go(request, designer.address_of(to.pipeline))


def _delete(request: Request, stage: Stage, rule_id: str) -> HttpResponse:
    dropped = services.drop_rule(stage=stage, rule_id=rule_id)
    if dropped is not None:
        request.session[DROPPED] = {"stage": stage.pk, "at": dropped[0], "rule": dropped[1]}
        way_back = reverse("automation:rule_restoring", args=[stage.pk])
        messages.success(
            request,
            gettext("Took the rule out. It runs until that is published."),
            extra_tags=f"undo:{way_back}",
        )
    return go(request, designer.address_of(stage.pipeline))


@require_POST
def restoring(request: Request, pk: int) -> HttpResponse:
    """Put the rule back that was taken out last."""
    stage = designer.stage_in(request, pk)
    kept = request.session.pop(DROPPED, None)
    if kept and kept["stage"] == stage.pk:
        services.insert_rule(stage=stage, rule=kept["rule"], at=kept["at"])
    return go(request, designer.address_of(stage.pipeline))


@require_POST
def recipe(request: Request, pk: int) -> HttpResponse:
    """Begin an empty stage with a ready rule."""
    stage = designer.stage_in(request, pk)
    chosen = RECIPES.get(request.POST.get("recipe", ""))
    if chosen is None:
        raise Http404
    made = services.put_rule(stage=stage, rule=rule_of(chosen))
    return go(request, reverse("automation:rule", args=[pk, made]))


def _shift(stage: Stage, rule_id: str, step: int) -> None:
    place = next((n for n, one in enumerate(selectors.arranged(stage.pk)) if one["id"] == rule_id), None)
    if place is not None:
        services.move_rule(stage=stage, rule_id=rule_id, to=stage, at=max(0, place + step))


def _target(request: Request, stage: Stage) -> Stage:
    number = _number(request.POST.get("to"))
    return stage if number is None else designer.stage_in(request, number)


def _number(said: str | None) -> int | None:
    return int(said) if said and said.isascii() and said.isdigit() and len(said) <= 18 else None
