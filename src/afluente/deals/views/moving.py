"""Moving a deal: by hand on the board, from a menu, or on a page without script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from afluente.deals import forms, policies, selectors, services
from afluente.deals.models import Deal, Stage
from afluente.deals.views import asking
from afluente.deals.views.board import changed_cards
from afluente.kernel.htmx import toast, trigger, wants_fragment

if TYPE_CHECKING:
    from afluente.accounts.requests import Request


@require_http_methods(["GET", "HEAD", "POST"])
def moves(request: Request, pk: int) -> HttpResponse:
    """POST moves the deal; GET shows every place it can go to."""
    deal = asking.movable(request, pk)
    if request.method != "POST":
        context = {"deal": deal, "targets": selectors.move_targets(member=request.member)}
        return render(request, "deals/move.html", context)
    form = forms.Move(
        request.POST or request.GET,  # an undo link carries its wish in the address
        pipelines=policies.pipelines_of(request.member),
        locale=asking.number_locale(request),
    )
    if not form.is_valid():
        return _refuse(request, deal, form)
    try:
        with transaction.atomic():
            return _move(request, deal, form)
    except services.StageGoneError:
        form.add_error("stage", "")
        return _refuse(request, deal, form)
    except services.MovedMeanwhileError as moved:
        return _tell_moved(request, deal, moved)
    except services.MissingError as missing:
        return _ask(request, deal, form.cleaned_data["stage"], missing)


def _tell_moved(request: Request, deal: Deal, moved: services.MovedMeanwhileError) -> HttpResponse:
    """Somebody else was first: say so, and have the card fetched where it stands."""
    said = gettext("{who} moved it to {stage} meanwhile. It stays there.")
    said = said.format(who=moved.who or gettext("Somebody"), stage=moved.stage)
    if wants_fragment(request):
        return trigger(toast(HttpResponse(status=409), said), "af:cards", {"ids": [deal.pk]})
    messages.error(request, said)
    return asking.see_other(_next(request, deal))


def _ask(request: Request, deal: Deal, stage: Stage, missing: services.MissingError) -> HttpResponse:
    """The stage wants more: ask for it where the person is, and then move."""
    url = f"{reverse('deals:filling', args=[deal.pk])}?{urlencode({'stage': stage.pk})}"
    if not wants_fragment(request):
        return asking.see_other(url)
    words = ", ".join(str(label) for label in selectors.labels_of(missing.keys))
    said = gettext("{stage} wants this first: {fields}").format(stage=stage.name, fields=words)
    response = toast(HttpResponse(status=422), said)
    return trigger(response, "af:fill", {"url": url})


def _move(request: Request, deal: Deal, form: forms.Move) -> HttpResponse:
    stage, data = form.cleaned_data["stage"], form.cleaned_data
    way_back = _way_back(deal)
    if form.has_amount and stage.kind == Stage.Kind.WON:
        services.change_deal(deal_id=deal.pk, changes={"amount": data["amount"]}, by=asking.by(request))
    is_undo = "undo" in request.GET
    moved = services.move_deals(
        deal_ids=[deal.pk],
        to=stage,
        by=asking.by(request),
        cause={"undo": True} if is_undo else None,
        after_id=data["after"],
        before_id=data["before"],
        lost_reason=data["reason"],
        seen_stage_id=None if is_undo else data["seen"],
    )
    said = gettext("Moved to {stage}").format(stage=stage.name)
    if wants_fragment(request):
        response = changed_cards(request, deal.pipeline, [deal.pk])
        return toast(response, said, undo_url=way_back) if moved and not is_undo else response
    if asking.asks_quietly(request):
        return HttpResponse(status=204)
    if moved:
        messages.success(request, said, extra_tags="" if is_undo else f"undo:{way_back}")
    return asking.see_other(_next(request, deal))


def _way_back(deal: Deal) -> str:
    """The address whose POST puts the deal back where it is now, among its present neighbours."""
    column = Deal.objects.present().filter(stage_id=deal.stage_id)
    above = (
        column.filter(position__lt=deal.position).order_by("-position").values_list("pk", flat=True).first()
    )
    wish: dict[str, Any] = {"stage": deal.stage_id, "undo": 1}
    if above is not None:
        wish["after"] = above
    else:
        below = column.filter(position__gt=deal.position).order_by("position")
        if (below_id := below.values_list("pk", flat=True).first()) is not None:
            wish["before"] = below_id
    if deal.lost_reason:
        wish["reason"] = deal.lost_reason
    return f"{reverse('deals:moves', args=[deal.pk])}?{urlencode(wish)}"


def _refuse(request: Request, deal: Deal, form: forms.Move) -> HttpResponse:
    said = " ".join(str(error) for errors in form.errors.values() for error in errors)
    if "stage" in form.errors:
        said = asking.stage_gone()
    if wants_fragment(request):
        return toast(HttpResponse(status=422), said)
    context = {"deal": deal, "targets": selectors.move_targets(member=request.member), "error": said}
    return render(request, "deals/move.html", context, status=422)


@require_POST
def reopening(request: Request, pk: int) -> HttpResponse:
    """Put a closed deal back into the stage it came from."""
    deal = asking.movable(request, pk)
    way_back = _way_back(deal)
    stage = selectors.return_stage(deal=deal)
    try:
        if deal.closed_at is not None:
            services.move_deals(deal_ids=[deal.pk], to=stage, by=asking.by(request))
    except services.StageGoneError:
        return _gone(request, deal)
    said = gettext("Reopened in {stage}").format(stage=stage.name)
    if wants_fragment(request):
        return toast(HttpResponse(), said, undo_url=way_back)
    messages.success(request, said, extra_tags=f"undo:{way_back}")
    return asking.see_other(_next(request, deal))


def _gone(request: Request, deal: Deal) -> HttpResponse:
    if wants_fragment(request):
        return toast(HttpResponse(status=422), asking.stage_gone())
    messages.error(request, asking.stage_gone())
    return asking.see_other(_next(request, deal))


def _next(request: Request, deal: Deal) -> str:
    """Back to where the person was, if that is a page of ours."""
    if request.POST.get("next") == "board":
        return reverse("deals:pipeline", args=[deal.pipeline_id])
    return reverse("deals:deal", args=[deal.pk])
