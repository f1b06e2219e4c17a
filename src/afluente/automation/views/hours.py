"""Settings: when the company and its people work, and who is told when something is stuck."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from afluente.accounts import policies as accounts
from afluente.automation import selectors, services
from afluente.automation.engine.written import BadRuleError
from afluente.automation.forms.hours import AbsenceForm, HolidayForm, SupervisorForm, week_from, week_rows
from afluente.automation.models import PersonHours
from afluente.deals import policies
from afluente.kernel.htmx import go

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from afluente.accounts.requests import Request


@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: Request) -> HttpResponse:
    """The week, holidays, absences and supervisors. POST says which one is meant (`act`)."""
    if not policies.may_configure(request.member):
        raise PermissionDenied
    members = list(accounts.assignable_by(request.member).order_by("user__name", "pk"))
    acts: dict[str, Callable[[], Any]] = {
        "week": lambda: _week(request),
        "holiday": lambda: _holiday(request),
        "absence": lambda: _absence(request, members),
        "supervisor": lambda: _supervisor(request, members),
        "drop": lambda: _drop(request),
    }
    refused = None
    if request.method == "POST":
        refused = acts.get(request.POST.get("act", ""), lambda: None)()
        if refused is None:
            messages.success(request, gettext("Saved"))
            return go(request, reverse("automation:hours"))
    context = _drawn(members) | (refused or {})
    return render(request, "automation/hours.html", context, status=422 if refused else 200)


def _drawn(members: list[Any]) -> dict[str, Any]:
    kept = selectors.kept_hours()
    names = {one.pk: one.user.name for one in members}
    told = {one["member_id"]: one["supervisor_id"] for one in kept["people"]}
    return {
        "days": week_rows(kept["week"]),
        "is_always": kept["week"] is None,
        "holidays": kept["holidays"],
        "absences": [{**one, "name": names.get(one["member_id"], "")} for one in kept["absences"]],
        "supervised": [(names[pk], names.get(to, "")) for pk, to in told.items() if pk in names and to],
        "holiday_form": HolidayForm(),
        "absence_form": AbsenceForm(members=members),
        "supervisor_form": SupervisorForm(members=members),
    }


def _week(request: Request) -> dict[str, Any] | None:
    """None when it is kept; what is drawn anew when not."""
    try:
        services.save_company_week(week=None if "always" in request.POST else week_from(request.POST))
    except (BadRuleError, ValueError):
        said = gettext("Shifts must not lie over each other, and each needs a beginning and an end.")
        return {"week_error": said, "days": week_rows(None, request.POST), "is_always": False}
    return None


def _holiday(request: Request) -> dict[str, Any] | None:
    form = HolidayForm(request.POST)
    if not form.is_valid():
        return {"holiday_form": form}
    services.save_holiday(day=form.cleaned_data["day"], name=form.cleaned_data["name"])
    return None


def _absence(request: Request, members: list[Any]) -> dict[str, Any] | None:
    form = AbsenceForm(request.POST, members=members)
    if not form.is_valid():
        return {"absence_form": form}
    services.add_absence(**form.stretch())
    return None


def _supervisor(request: Request, members: list[Any]) -> dict[str, Any] | None:
    form = SupervisorForm(request.POST, members=members)
    if not form.is_valid():
        return {"supervisor_form": form}
    member = form.cleaned_data["person"]
    held = PersonHours.objects.filter(member=member).first()
    try:
        services.save_person_hours(
            member=member, week=held.week if held else None, supervisor=form.cleaned_data["supervisor"]
        )
    except BadRuleError:
        form.add_error("supervisor", gettext("Choose somebody else."))
        return {"supervisor_form": form}
    return None


def _drop(request: Request) -> None:
    """A holiday by its day, an absence by its number."""
    day, number = request.POST.get("day", ""), request.POST.get("absence", "")
    if number.isdigit() and len(number) <= 18:
        services.delete_absence(absence_id=int(number))
    elif day:
        try:
            services.delete_holiday(day=dt.date.fromisoformat(day))
        except ValueError:
            return
