"""Exports that make themselves: set up, change, end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from afluente.transfer import forms, policies, services

if TYPE_CHECKING:
    from afluente.accounts.requests import Request
    from afluente.transfer.models import Export, Schedule

SHOWN = 10  # files of one


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Set up an automatic export (POST)."""
    return _asked(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: Request, pk: int) -> HttpResponse:
    """How it stands, and its settings; POST changes them and turns it on again, in the name of who saves."""
    found = get_object_or_404(policies.schedules_visible_to(request.member), pk=pk)
    return _asked(request, found)


@require_POST
def end(request: Request, pk: int) -> HttpResponse:
    """Make no more."""
    found = get_object_or_404(policies.schedules_visible_to(request.member), pk=pk)
    services.drop_schedule(schedule=found, member=request.member)
    messages.success(request, gettext("It makes no more files."))
    name = "transfer:exports" if policies.may_export(request.member) else "contacts:list"
    return HttpResponseRedirect(reverse(name), status=303)


def _asked(request: Request, found: Schedule | None) -> HttpResponse:
    kinds = services.exports_for(request.member)
    kind = services.export_kind(found.about if found else request.GET.get("about", ""))
    if found is None and kinds and kind not in kinds:
        kind = kinds[0]
    may_export = kind in kinds
    if not may_export and (found is None or request.method == "POST"):
        raise PermissionDenied
    initial = _values(found) if found else {"hour": 6, "weekday": 0}
    form = forms.Planned(
        request.POST if request.method == "POST" else None, member=request.member, kind=kind, initial=initial
    )
    known = kind.columns()
    chosen = found.columns if found else list(kind.usual)
    if request.method == "POST":
        chosen = [key for key in known if key in request.POST.getlist("column")]
        if form.is_valid():
            try:
                services.save_schedule(
                    schedule=found,
                    about=kind.slug,
                    columns=chosen,
                    member=request.member,
                    **form.cleaned_data,
                )
                return HttpResponseRedirect(reverse("transfer:exports"), status=303)
            except services.ScheduleRefusedError as refused:
                form.add_error(None, str(refused))
    context = {
        "found": found,
        "form": form,
        "kind": kind,
        "kinds": kinds,
        "columns": [(column, column.key in chosen) for column in known.values()],
        "may_export": may_export,
        "files": _files(request, found),
    }
    return render(request, "transfer/schedule.html", context, status=422 if form.errors else 200)


def _values(found: Schedule) -> dict[str, object]:
    return {name: getattr(found, name) for name in forms.Planned.base_fields}


def _files(request: Request, found: Schedule | None) -> list[Export]:
    if found is None:
        return []
    made = policies.exports_visible_to(request.member).filter(schedule=found)
    return list(made.order_by("-pk")[:SHOWN])
