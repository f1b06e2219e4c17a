"""Taking contacts out: what, in which columns, as which file; and the files there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from afluente.kernel import htmx
from afluente.transfer import policies, services
from afluente.transfer.models import Export

if TYPE_CHECKING:
    from afluente.accounts.requests import Request
    from afluente.contacts.selectors.selection import Picked

SHOWN = 50


@require_http_methods(["GET", "HEAD"])
def exports(request: Request) -> HttpResponse:
    """The files made so far; the page asks again while one is being made."""
    _require(request)
    rows = list(policies.exports_visible_to(request.member).order_by("-pk")[:SHOWN])
    busy = {Export.State.WAITING, Export.State.RUNNING}
    context = {
        "rows": rows,
        "is_busy": any(row.state in busy for row in rows),
        "schedules": [
            (one, services.export_kind(one.about).label)
            for one in policies.schedules_visible_to(request.member).order_by("name", "pk")
        ],
    }
    return htmx.respond(request, "transfer/exports.html", context, fragment="files")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Choose columns and format for a selection of the list (its fields, or `all` and `query`); POST makes it."""
    _require(request)
    sent = request.POST if request.method == "POST" else request.GET
    kind = services.export_kind(sent.get("about", ""))
    if not kind.may(request.member):
        kind = services.exports_for(request.member)[0]
    selection = kind.selection.read(sent) or kind.selection(query="")
    if htmx.wants_fragment(request) and request.method == "POST" and "format" not in request.POST:
        answer = HttpResponse()  # from the bar of the list: the page of its own comes by address
        pairs = [("about", kind.slug), *selection.pairs]
        answer["HX-Redirect"] = f"{reverse('transfer:export_new')}?{urlencode(pairs)}"
        return answer
    problem = ""
    if "format" in request.POST:
        problem = _begin(request, kind, selection)
        if not problem:
            return HttpResponseRedirect(reverse("transfer:exports"), status=303)
    chosen = request.POST.getlist("column") if problem else kind.usual
    count, is_more = selection.count(member=request.member)
    context = {
        "kind": kind,
        "kinds": _ways(request, kind, selection),
        "selection": selection,
        "list_url": reverse(kind.list_url) + (f"?{selection.query.lstrip('?')}" if selection.query else ""),
        "count": count,
        "is_more": is_more,
        "columns": [(column, column.key in chosen) for column in kind.columns().values()],
        "formats": [(value, label) for value, label in Export.Format.choices if value in kind.formats],
        "problem": problem or ("" if count else kind.nobody),
    }
    return render(request, "transfer/export_new.html", context, status=422 if problem else 200)


def _ways(request: Request, kind: services.ExportKind, selection: Picked) -> list[tuple[Any, str]]:
    """What else can be exported, with addresses: of a selection only what is made of the same records."""
    is_whole = not selection.query and not selection.ids
    pairs = [] if is_whole else selection.pairs
    return [
        (one, f"{reverse('transfer:export_new')}?{urlencode([('about', one.slug), *pairs])}")
        for one in services.exports_for(request.member)
        if is_whole or one.selection is kind.selection
    ]


def _begin(request: Request, kind: services.ExportKind, selection: Picked) -> str:
    """Have the file made; why not, otherwise."""
    wanted = request.POST["format"]
    try:
        services.begin_export(
            about=kind.slug,
            selection=selection,
            columns=[key for key in kind.columns() if key in request.POST.getlist("column")],
            format=wanted if wanted in Export.Format.values else Export.Format.CSV,
            member=request.member,
        )
    except services.ExportRefusedError as refused:
        return str(refused)
    return ""


@require_POST
def expiry(request: Request, pk: int) -> HttpResponse:
    """Remove the file now."""
    _require(request)
    found = get_object_or_404(policies.exports_visible_to(request.member), pk=pk)
    services.expire_export(export_id=found.pk)
    return HttpResponseRedirect(reverse("transfer:exports"), status=303)


def _require(request: Request) -> None:
    if not policies.may_export(request.member):
        raise PermissionDenied
