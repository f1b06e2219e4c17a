"""Changing a company in place, one field at a time, so that nobody's other field is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from afluente.accounts.policies import assignable_by
from afluente.contacts import services
from afluente.contacts.views.companies import about, editable
from afluente.contacts.views.contact import actor_of, changed_since
from afluente.kernel import htmx, money, regions
from afluente.timeline.models import Event

if TYPE_CHECKING:
    from afluente.accounts.requests import Request
    from afluente.contacts.models import Company

LABELS = {
    "name": _("Name"),
    "domain": _("Domain"),
    "phone": _("Phone"),
    "address": _("Address"),
    "revenue": _("Yearly revenue"),
}
_NUMBERS = {"BR": "pt-br", "PL": "pl"}  # how amounts are written where the workspace is


@require_http_methods(["GET", "HEAD", "POST"])
def field(request: Request, pk: int, field: str) -> HttpResponse:
    """The box in which a field is changed, and changing it. `seen` is what the box began with."""
    if field not in LABELS:
        raise Http404
    found = editable(request, pk)
    typed, error = _written(request, found, field), ""
    if request.method == "POST":
        typed = request.POST.get("value", "")
        try:
            event = _save(request, found, field, typed)
            return told(request, pk, str(LABELS[field]), event, answer(request, pk))
        except services.CompanyRefusedError as refused:
            error = str(refused)
        except money.BadAmountError:
            error = gettext("Write an amount such as 1.250.000.")
        except services.ChangedMeanwhileError:
            found.refresh_from_db()
            now = _written(request, found, field) or gettext("nothing")
            error = gettext("Somebody else changed this to {now} meanwhile.").format(now=now)
    return _editor(request, found, field, typed=typed, error=error)


@require_POST
def assignee(request: Request, pk: int) -> HttpResponse:
    """Say who looks after the company. The value may stand in the address: that is how Undo asks."""
    found = editable(request, pk)
    value = request.POST.get("assignee", request.GET.get("assignee", ""))
    to = None
    if value:
        number = int(value) if value.isascii() and value.isdigit() and len(value) < 19 else 0
        to = get_object_or_404(assignable_by(request.member), pk=number)
    had, asked = found.assignee_id, request.GET.get("seen", "")
    seen = {"assignee_id": int(asked) or None} if asked.isdecimal() else None
    wanted = {"assignee_id": to.pk if to else None}
    try:
        services.change_company(company_id=pk, changes=wanted, by=actor_of(request), seen=seen)
    except services.ChangedMeanwhileError:
        return changed_since()
    undo = f"{request.path}?assignee={had or ''}&seen={to.pk if to else 0}"
    if not htmx.wants_fragment(request) and "assignee" in request.GET:
        return HttpResponse(status=204)
    sentence = gettext("Given to {name}").format(name=to.user.name) if to else gettext("Given to nobody")
    return htmx.toast(answer(request, pk), sentence, undo_url=undo)


@require_POST
def undo(request: Request, pk: int, change: int) -> HttpResponse:
    """Take back one change of the company's fields, its own and the workspace's."""
    editable(request, pk)
    event = get_object_or_404(Event, pk=change, company_id=pk, kind="company.changed")
    if not services.undo_company_change(event=event, by=actor_of(request)):
        return changed_since()
    if not htmx.wants_fragment(request):
        return htmx.trigger(HttpResponse(status=204), "af:history", {})
    return answer(request, pk)


def told(request: Request, pk: int, label: str, event: int | None, response: HttpResponse) -> HttpResponse:
    """What was changed, as drawn, with a way back when there was a change."""
    if event is None or not htmx.wants_fragment(request):
        return response
    undo = reverse("contacts:company_undo", args=[pk, event])
    return htmx.toast(response, gettext("{field} changed").format(field=label), undo_url=undo)


def answer(request: Request, pk: int) -> HttpResponse:
    """After a change: the left side as it is now, or the page when there is no script."""
    if not htmx.wants_fragment(request):
        return redirect("contacts:company", pk)
    return htmx.drawn_around(request, render(request, "contacts/_company_about.html", about(request, pk)))


def _save(request: Request, found: Company, field: str, typed: str) -> int | None:
    changes: dict[str, Any] = {field: typed}
    seen = {field: request.POST["seen"]} if "seen" in request.POST else None
    if field == "revenue":
        changes = {
            "revenue": money.amount(typed, locale=_locale(request)) if typed.strip() else None,
            "currency": request.POST.get("currency") or request.workspace.currency,
        }
        seen = None
        if request.POST.get("seen", _written(request, found, field)) != _written(request, found, field):
            raise services.ChangedMeanwhileError(field)
    return services.edit_company(company_id=found.pk, changes=changes, by=actor_of(request), seen=seen)


def _written(request: Request, found: Company, field: str) -> str:
    """The field as it is typed."""
    value = getattr(found, field)
    if field != "revenue":
        return str(value)
    return "" if value is None else _plain(value, _locale(request))


def _plain(value: Any, locale: str) -> str:
    whole = f"{value:.2f}".removesuffix(".00")
    return whole if locale.startswith("en") else whole.replace(".", ",")


def _locale(request: Request) -> str:
    return _NUMBERS.get(request.workspace.country, get_language() or "en")


def _editor(request: Request, found: Company, field: str, *, typed: str, error: str) -> HttpResponse:
    currencies = regions.currencies()
    context = {
        "company": found,
        "field": field,
        "label": LABELS[field],
        "typed": typed,
        "seen": _written(request, found, field),
        "error": error,
        "currencies": currencies if field == "revenue" else [],
        "currency": request.POST.get("currency") or found.currency or request.workspace.currency,
    }
    status = 422 if error else 200
    return htmx.respond(request, "contacts/company_field.html", context, fragment="editor", status=status)
