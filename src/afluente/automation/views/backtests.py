"""Before rules are published: what they would have done in the last days."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from afluente.automation import selectors, services
from afluente.automation.engine.written import BadRuleError
from afluente.automation.views.designer import configured
from afluente.kernel.htmx import go

if TYPE_CHECKING:
    from django.http import HttpResponse

    from afluente.accounts.requests import Request
    from afluente.automation.models import Backtest

DAYS = (7, 30, 90)
PAGE = 50
SORTS = {"at": _("When"), "deal": _("Deal"), "rule": _("Rule"), "state": _("Outcome")}


@require_http_methods(["GET", "HEAD", "POST"])
def backtest(request: Request, pk: int) -> HttpResponse:
    """Ask for one, see how far it is, and read what it found."""
    pipeline = configured(request, pk)
    here = reverse("automation:backtest", args=[pk])
    if request.method == "POST":
        try:
            asked = request.POST.get("days", "")
            days = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else DAYS[1]
            services.begin_backtest(pipeline=pipeline, days=days, by=request.member)
        except (BadRuleError, services.NotPublishableError):
            messages.error(
                request, gettext("Some rules could not run as they are arranged; publish says which.")
            )
        return go(request, here)
    found = selectors.latest_backtest(pipeline)
    context: dict[str, object] = {
        "pipeline": pipeline,
        "one": found,
        "day_choices": DAYS,
        "here": here,
        "rail": True,
    }
    if found and found.state == found.State.DONE:
        context |= _results(request, found, here)
    return render(request, "automation/backtest.html", context)


def _results(request: Request, found: Backtest, here: str) -> dict[str, object]:
    rule, sort = request.GET.get("rule", "")[:40], request.GET.get("sort", "at")
    sort = sort if sort in SORTS else "at"
    every = selectors.backtest_rows(found, request.member)
    rows = selectors.backtest_rows(found, request.member, rule=rule, sort=sort)
    asked = request.GET.get("from", "")
    start = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 8 else 0
    page = list(rows[start : start + PAGE + 1])

    def address(**more: object) -> str:
        said = {"rule": rule, "sort": sort} | {name: str(value) for name, value in more.items()}
        return f"{here}?{urlencode(said)}"

    for one in page:
        one.why = selectors.reason_said(one.reason) if one.reason else ""  # type: ignore[attr-defined]
    return {
        "rows": page[:PAGE],
        "total": rows.count(),
        "rules": selectors.counted_rules(every),
        "days": selectors.counted_days(rows),
        "rule": rule,
        "sort": sort,
        "sorts": SORTS,
        "next_url": address(**{"from": start + PAGE}) if len(page) > PAGE else "",
        "previous_url": address(**{"from": max(0, start - PAGE)}) if start else "",
    }
