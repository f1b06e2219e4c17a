"""The board: a pipeline as columns of cards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_safe

from afluente.contacts import policies as contact_policies
from afluente.contacts.selectors.saved import kept_tabs
from afluente.contacts.selectors.wording import in_words
from afluente.deals import forms, policies, selectors, services
from afluente.deals.models import Stage
from afluente.deals.views import asking, lists
from afluente.kernel import slots
from afluente.kernel.htmx import respond, trigger, wants_fragment

if TYPE_CHECKING:
    from django.http import QueryDict

    from afluente.accounts.requests import Request
    from afluente.deals.models import Pipeline

CLOSED = (forms.WON, forms.LOST)
MANY = 200  # ids in one request for cards; a burst larger than this is a reload


@require_safe
def board(request: Request, pk: int | None = None) -> HttpResponse:
    """One pipeline, the first one unless told otherwise; or its closed deals (`?status=won`)."""
    if not policies.may_list(request.member):
        raise PermissionDenied
    targets = selectors.move_targets(member=request.member)
    pipeline = next((one for one in targets if pk in {None, one.pk}), None)
    if pipeline is None and pk is not None:
        raise Http404
    if pipeline is None:
        return render(
            request, "deals/no_pipeline.html", {"may_configure": policies.may_configure(request.member)}
        )
    asked, status = selectors.BoardFilter.read(request.GET), request.GET.get("status", forms.OPEN)
    if status in lists.VIEWS:
        return lists.draw(request, pipeline, asked, _frame(request, pipeline, asked, status), status)
    context = _frame(request, pipeline, asked, forms.OPEN)
    faces = selectors.faces_of(context["members"])
    shown = selectors.board(pipeline=pipeline, member=request.member, asked=asked, faces=faces)
    context |= {"board": shown, "first": shown.columns[0], "targets": targets}
    context["may_delete"] = policies.may_delete(request.member)
    context["acts"] = slots.parts("deals.bulk", member=request.member)
    return respond(request, "deals/board.html", context, fragment="work")


def _frame(request: Request, pipeline: Pipeline, asked: selectors.BoardFilter, status: str) -> dict[str, Any]:
    """What the bars above a board show."""
    page = reverse("deals:pipeline", args=[pipeline.pk])
    said = "" if status == forms.OPEN else status
    chips = asked.chips(request.member, page, said)
    return {
        "pipeline": pipeline,
        "pipelines": selectors.pipelines_seen(member=request.member),
        "asked": asked,
        "query": asked.query(),
        "status": status,
        "members": asking.members(request),
        "page_url": page,
        "chips": chips,
        "problems": in_words(chips, asked.problems(request.member)) if asked else [],
        "panel_url": reverse("contacts:filter", kwargs={"entity": "deal"})
        + asked.query(status=said, pipeline=str(pipeline.pk)),
        "clear_url": page + (f"?status={said}" if said else ""),
        "kept": kept_tabs(
            member=request.member,
            entity="deal",
            data=request.GET,
            start=page,
            pairs=[("pipeline", str(pipeline.pk))],
        ),
        "beside": slots.parts("deals.bar", pipeline=pipeline, member=request.member),
        "menu": slots.parts(
            "deals.menu",
            member=request.member,
            query=asked.query(pipeline=pipeline.pk, state=status if status in CLOSED else "").lstrip("?"),
        ),
        "may_configure": policies.may_configure(request.member),
        "may_create": policies.may_create(request.member),
        "rail": True,
    }


def _pipeline(request: Request, pk: int | None) -> Pipeline | None:
    if pk is None:
        return selectors.default_pipeline(member=request.member)
    return get_object_or_404(policies.pipelines_of(request.member), pk=pk)


@require_safe
def column(request: Request, pk: int) -> HttpResponse:
    """The next cards of one column, as it is scrolled; without script, a page of them."""
    stage = get_object_or_404(
        Stage.objects.lasting()
        .filter(pipeline__in=policies.pipelines_of(request.member))
        .select_related("pipeline"),
        pk=pk,
    )
    asked = selectors.BoardFilter.read(request.GET)
    heads = selectors.column_heads(pipeline=stage.pipeline, member=request.member, asked=asked, closed=True)
    head = next(head for head in heads if head.stage.pk == pk)
    try:
        page = selectors.column_page(
            column=head, member=request.member, asked=asked, after=request.GET.get("after", "")
        )
    except (ValueError, ArithmeticError):
        return HttpResponseBadRequest()
    context = {"page": page, "column": head, "pipeline": stage.pipeline, "query": asked.query(), "rail": True}
    return respond(request, "deals/column.html", context, fragment="cards")


@require_safe
def stage_total(request: Request, pk: int) -> HttpResponse:
    """How many deals stand in a stage and what they are worth, for a page that is there already."""
    stage = get_object_or_404(
        Stage.objects.lasting().filter(pipeline__in=policies.pipelines_of(request.member)), pk=pk
    )
    asked = selectors.BoardFilter.read(request.GET)
    count, sums = selectors.stage_total(stage=stage, member=request.member, asked=asked)
    return render(request, "deals/_stage_total.html", {"count": count, "sums": sums})


@require_safe
def cards(request: Request) -> HttpResponse:
    """The cards `ids` as this member sees them now, and every column's count and sum.

    A deal that is not in the answer has left this board.
    """
    pipeline = _pipeline(request, asking.number(request.GET.get("pipeline")))
    if pipeline is None:
        raise Http404
    ids = [number for number in map(asking.number, request.GET.get("ids", "").split(",")) if number][:MANY]
    return changed_cards(request, pipeline, ids)


def changed_cards(request: Request, pipeline: Pipeline, ids: list[int]) -> HttpResponse:
    """What a board needs to bring the deals `ids` up to date."""
    asked = selectors.BoardFilter.read(request.GET)
    heads = selectors.column_heads(pipeline=pipeline, member=request.member, asked=asked)
    found = selectors.cards(pipeline=pipeline, columns=heads, member=request.member, asked=asked, ids=ids)
    response = render(
        request, "deals/_changed.html", {"cards": found, "columns": heads, "query": asked.query()}
    )
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Quick add: at the top of a column, or on a page of its own. The creator becomes the assignee."""
    if not policies.may_create(request.member):
        raise PermissionDenied
    data = request.POST if request.method == "POST" else None
    wish = {"stage": request.GET.get("stage") or _first_stage(request)}
    form = _quick_add(request, data, wish | {"contact": asking.number(request.GET.get("contact"))})
    if data is not None and form.is_valid():
        try:
            return _add(request, form)
        except services.StageGoneError:  # deleted since the form was read
            form.add_error(None, asking.stage_gone())
    return _draw_new(request, form)


def _quick_add(request: Request, data: QueryDict | None, initial: dict[str, Any]) -> forms.QuickAdd:
    return forms.QuickAdd(
        data,
        pipelines=policies.pipelines_of(request.member),
        contacts=contact_policies.visible_to(request.member),
        locale=asking.number_locale(request),
        initial=initial,
        auto_id="add-%s",
    )


def _add(request: Request, form: forms.QuickAdd) -> HttpResponse:
    stage = form.cleaned_data["stage"]
    deal_id = services.add_deal(
        stage=stage,
        name=form.cleaned_data["name"],
        visitor=form.visitor,
        country=request.workspace.country,
        assignee=request.member,
        amount=form.cleaned_data["amount"],
        contact=form.cleaned_data["contact"],
        by=asking.by(request),
    )
    if not wants_fragment(request):
        return asking.see_other(reverse("deals:deal", args=[deal_id]))
    fresh = _quick_add(request, None, {"stage": stage.pk})
    return trigger(_draw_new(request, fresh), "af:cards", {"ids": [deal_id], "own": True})


def _draw_new(request: Request, form: forms.QuickAdd) -> HttpResponse:
    stage_id = form["stage"].value()
    stages = form.fields["stage"].queryset  # type: ignore[attr-defined]
    stage = next((one for one in stages if str(one.pk) == str(stage_id)), None)
    if stage is None:
        raise Http404
    contact_id = asking.number(str(form["contact"].value()))
    contact = form.fields["contact"].queryset.filter(pk=contact_id).first() if contact_id else None  # type: ignore[attr-defined]
    context = {"form": form, "stage": stage, "pipeline": stage.pipeline, "contact": contact}
    return respond(request, "deals/new.html", context, fragment="draft", status=422 if form.errors else 200)


def _first_stage(request: Request) -> int | None:
    pipeline = _pipeline(request, asking.number(request.GET.get("pipeline")))
    opened = (
        Stage.objects.lasting().filter(pipeline=pipeline, kind=Stage.Kind.OPEN).order_by("position", "pk")
    )
    return opened.values_list("pk", flat=True).first()
