"""What the rules of a pipeline came to, and how long deals stay in its stages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from afluente.automation import selectors
from afluente.automation.views.designer import pipeline_in
from afluente.automation.views.runs import DAYS

if TYPE_CHECKING:
    from django.http import HttpResponse

    from afluente.accounts.requests import Request

COLUMNS = (
    ("applied", pgettext_lazy("rule", "Done")),
    ("skipped", pgettext_lazy("rule", "Skipped")),
    ("failed", pgettext_lazy("rule", "Failed")),
    ("cancelled", pgettext_lazy("rule", "Cancelled")),
    ("waiting", _("Waiting")),
    ("share", _("Share done")),
)


@require_safe
def statistics(request: Request, pk: int) -> HttpResponse:
    """Figures of the last `days`, rules in the order of `sort`, or by stage."""
    pipeline = pipeline_in(request, pk)
    said, sort = request.GET.get("days", ""), request.GET.get("sort", "")
    days = int(said) if said in {str(one) for one in DAYS} else 30
    context = {
        "pipeline": pipeline,
        "to_decide": selectors.count_to_decide(request.member, pipeline),
        "figures": selectors.pipeline_figures(pipeline, days=days, sort=sort),
        "days": days,
        "day_choices": DAYS,
        "sort": sort,
        "columns": COLUMNS,
        "rail": True,
    }
    return render(request, "automation/statistics.html", context)
