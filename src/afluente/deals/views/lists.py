"""The open deals of a pipeline otherwise than on its board: as a list, a calendar, a forecast."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import redirect

from afluente.deals import policies, selectors
from afluente.kernel.htmx import respond

if TYPE_CHECKING:
    from django.http import HttpResponse

    from afluente.accounts.requests import Request
    from afluente.deals.models import Pipeline

LIST, CALENDAR, FORECAST = "list", "calendar", "forecast"
VIEWS = {LIST, CALENDAR, FORECAST}


def draw(
    request: Request, pipeline: Pipeline, asked: selectors.BoardFilter, context: dict[str, Any], view: str
) -> HttpResponse:
    """The page of one of VIEWS; `context` is what the bars above show."""
    if view == LIST:
        return _list(request, pipeline, asked, context)
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
    request: Request, pipeline: Pipeline, asked: selectors.BoardFilter, context: dict[str, Any]
) -> HttpResponse:
    order = request.GET.get("sort", "")
    try:
        page = selectors.list_page(
            pipeline=pipeline,
            member=request.member,
            asked=asked,
            order=order,
            after=request.GET.get("after", ""),
        )
    except (ValueError, OverflowError):
        return redirect(f"{request.path}{asked.query(status=LIST)}")
    here = f"{request.path}{asked.query(status=LIST)}"
    context |= {
        "page": page,
        "orders": [(name, one.label, f"{here}&sort={name}") for name, one in selectors.ORDERS.items()],
        "more_url": f"{here}&sort={page.order}&after={page.after}" if page.after else "",
        "targets": selectors.move_targets(member=request.member),
        "may_delete": policies.may_delete(request.member),
    }
    return respond(request, "deals/list.html", context, fragment="work")
