"""The open deals of a pipeline otherwise than on its board: as a list, a calendar, a forecast."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from afluente.deals import policies, selectors
from afluente.deals.views import asking
from afluente.kernel import slots
from afluente.kernel.htmx import respond

if TYPE_CHECKING:
    from django.http import HttpResponse

    from afluente.accounts.requests import Request
    from afluente.deals.models import Pipeline

LIST, CALENDAR, FORECAST = "list", "calendar", "forecast"
KINDS = {LIST: "open", "won": "won", "lost": "lost"}  # of the stages whose deals are listed
VIEWS = {*KINDS, CALENDAR, FORECAST}


def draw(
    request: Request, pipeline: Pipeline, asked: selectors.BoardFilter, context: dict[str, Any], view: str
) -> HttpResponse:
    """The page of one of VIEWS; `context` is what the bars above show."""
    if view in KINDS:
        return _list(request, pipeline, asked, context, view)
    if view == CALENDAR:
        first = selectors.read_month(request.GET.get("month", ""))
        context["month"] = selectors.due_month(
            pipeline=pipeline, member=request.member, asked=asked, first=first
        )
        return respond(request, "deals/calendar.html", context, fragment="work")
    lines = selectors.forecast(pipeline=pipeline, member=request.member, asked=asked)
    most = max((sum(line.sums.values()) for line in lines), default=0)
    context |= {"lines": [(line, sum(line.weighted.values())) for line in lines], "most": most}
    return respond(request, "deals/forecast.html", context, fragment="work")


def _list(
    request: Request, pipeline: Pipeline, asked: selectors.BoardFilter, context: dict[str, Any], status: str
) -> HttpResponse:
    after, kind = request.GET.get("after", ""), KINDS[status]
    base = f"{request.path}{asked.query(status=status)}"
    try:
        page = selectors.list_page(
            pipeline=pipeline,
            member=request.member,
            asked=asked,
            order=request.GET.get("sort", ""),
            after=after,
            kind=kind,
        )
    except (ValueError, OverflowError):
        return redirect(base)
    is_usual = page.order == (selectors.NEWEST if status == LIST else selectors.CLOSED)
    here = base if is_usual else f"{base}&sort={page.order}"
    mine = asked.query(pipeline=pipeline.pk, status=status, state="" if status == LIST else kind)
    context |= {
        "page": page,
        "heads": selectors.list_heads(page, base, is_closed=status != LIST),
        "here": here,
        "more_url": f"{here}&after={page.after}" if page.after else "",
        "picked_query": mine.lstrip("?"),
        "columns_url": f"{reverse('deals:columns')}{mine}",
        "count_url": _count_url(pipeline, asked, kind) if page.after or after else "",
        "inside": selectors.inside(asked, page.order) if status == LIST else "",
        "view": selectors.view_for(member=request.member, asked=asked),
        "targets": selectors.move_targets(member=request.member),
        "may_delete": policies.may_delete(request.member),
        "acts": slots.parts("deals.bulk", member=request.member),
        "may_pick": True,
    }
    return respond(request, "deals/list.html", context, fragment="rows" if after else "work")


def _count_url(pipeline: Pipeline, asked: selectors.BoardFilter, kind: str) -> str:
    if kind == "open":
        return f"{reverse('deals:count')}{asked.query(pipeline=pipeline.pk, status=LIST)}"
    stage = next(one for one in pipeline.stages.all() if one.kind == kind)
    return f"{reverse('deals:stage_total', args=[stage.pk])}{asked.query()}"


@require_safe
def count(request: Request) -> HttpResponse:
    """How many deals a list holds, and their sum: asked when its first page is there."""
    pipeline, asked = _asked(request)
    heads = selectors.column_heads(pipeline=pipeline, member=request.member, asked=asked)
    return render(request, "deals/_total.html", {"columns": heads})


def _asked(request: Request) -> tuple[Pipeline, selectors.BoardFilter]:
    if not policies.may_list(request.member):
        raise PermissionDenied
    number = asking.number(request.GET.get("pipeline"))
    pipeline = get_object_or_404(policies.pipelines_of(request.member), pk=number or 0)
    return pipeline, selectors.BoardFilter.read(request.GET)
