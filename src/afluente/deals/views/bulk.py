"""Many deals at once, from the list or the board: asked, looked at, done, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from afluente.accounts.policies import assignable_by
from afluente.contacts import selectors as fields
from afluente.contacts.models import BulkChange
from afluente.contacts.policies import companies_visible_to
from afluente.contacts.services import bulk as engine
from afluente.contacts.services.bulk_shapes import Change
from afluente.deals import policies, selectors
from afluente.deals.forms.details import DueDate
from afluente.deals.models import DealBulkEntry
from afluente.deals.selectors.picking import DealSelection
from afluente.deals.services import bulk, bulk_asking
from afluente.deals.views import asking
from afluente.kernel import htmx
from afluente.ui import formats

if TYPE_CHECKING:
    from afluente.accounts.requests import Request

SHOWN = 30
QUICK = {"move": "stage", "assign": "assignee", "delete": "delete"}  # the buttons of the bar, done at once


@require_http_methods(["GET", "POST"])
def changes(request: Request) -> HttpResponse:
    """GET: what this person changed of many. POST: an `act` of the bar (QUICK), done at once; or the form for
    those picked (`do=edit:what`), what it would do (`preview`), or doing it (`run`).
    """
    if not policies.may_list(request.member):
        raise PermissionDenied
    if request.method == "GET":
        rows = BulkChange.objects.filter(member=request.member, entity=bulk.DEAL).order_by("-pk")[:SHOWN]
        lines = [(row, bulk_asking.words_of(Change(**row.change))) for row in rows]
        return render(request, "deals/bulk_list.html", {"lines": lines})
    selection = DealSelection.read(request.POST)
    if not selection:
        messages.error(request, gettext("Pick deals first: tick the boxes before their names."))
        return _back(request)
    if (act := request.POST.get("act", "")) in QUICK:
        return _at_once(request, selection, QUICK[act])
    act, _, what = (request.POST.get("do") or request.GET.get("do", "edit")).partition(":")
    if act == "run":
        return _run(request, selection)
    return _draw(request, selection, what or request.POST.get("what", ""), is_asked=act == "preview")


def _at_once(request: Request, selection: DealSelection, what: str) -> HttpResponse:
    data = request.POST.copy()
    data["what"] = what
    data["typed"] = data.get(what, "")
    try:
        change = bulk_asking.read_change(data, member=request.member)
    except bulk_asking.BulkRefusedError as refused:
        return _answer(request, selection, str(refused), status=422)
    return _done(request, selection, change)


def _run(request: Request, selection: DealSelection) -> HttpResponse:
    try:
        change = _read(request.POST, request)
    except bulk_asking.BulkRefusedError:
        return _draw(request, selection, request.POST.get("what", ""), is_asked=True)
    return _done(request, selection, change)


def _done(request: Request, selection: DealSelection, change: Change) -> HttpResponse:
    done = bulk.change_deals(selection=selection, change=change, member=request.member, by=asking.by(request))
    if done.is_busy:
        return htmx.go(request, reverse("deals:bulk_change", args=[done.pk]))
    undo = reverse("deals:bulk_undo", args=[done.pk]) if done.changed else ""
    return _answer(request, selection, said(done), undo)


def _read(data: QueryDict, request: Request) -> Change:
    form = DueDate(data)
    is_due = data.get("what") == "due" and form.is_valid() and (data.get("day") or data.get("op") == "none")
    locale = asking.number_locale(request)
    return bulk_asking.read_change(
        data, member=request.member, due=form.due if is_due else None, locale=locale
    )


def _draw(request: Request, selection: DealSelection, what: str, *, is_asked: bool) -> HttpResponse:
    """The form, and under it what would happen once that can be said."""
    data = request.POST.copy()
    context = _form(request, selection, what, data) | {"preview": None, "error": ""}
    if is_asked or what == "delete":
        data["what"] = what
        try:
            context["preview"] = bulk_asking.preview(
                selection=selection, change=_read(data, request), member=request.member
            )
        except bulk_asking.BulkRefusedError as refused:
            context["error"] = str(refused)
    fragment = "preview" if is_asked and htmx.target_id(request) == "bulk-preview" else "form"
    return htmx.respond(request, "deals/bulk.html", context, fragment=fragment)


def _form(request: Request, selection: DealSelection, what: str, data: QueryDict) -> dict[str, Any]:
    field = bulk_asking.field_asked(what)
    typed = data.getlist("typed") if field and field.kind == "multiselect" else None
    count, is_more = selection.count(member=request.member)
    return {
        "selection": selection,
        "count": count,
        "is_more": is_more,
        "what": what,
        "field": field,
        "form": fields.value_form(field, None, typed or data.get("typed")) if field else None,
        "fields": [(f"field-{one.id}", one) for one in selectors.addable_fields()],
        "people": assignable_by(request.member).order_by("user__name") if what == "assignee" else (),
        "targets": selectors.move_targets(member=request.member) if what == "stage" else (),
        "reasons": selectors.lost_reasons() if what == "stage" else (),
        "companies": _companies(request) if what == "company" else (),
        "types": selectors.deal_types() if what == "type" else (),
        "due_form": DueDate(data if data.get("day") else None) if what == "due" else None,
        "reason": data.get("reason", ""),
        "op": data.get("op", ""),
        "typed": data.get("typed", ""),
        "back": _list_url(request),
        "pipeline": data.get("pipeline", ""),
        "is_list": "list" in data,
    }


def _companies(request: Request) -> list[Any]:
    """The newest, to choose from; any other is typed."""
    return list(companies_visible_to(request.member).order_by("-pk")[:50])


@require_safe
def change(request: Request, pk: int) -> HttpResponse:
    """How far a change has come; asked again every second while it runs."""
    found = _own(request, pk)
    context = {
        "bulk": found,
        "words": bulk_asking.words_of(Change(**found.change)),
        "said": said(found),
        "done": found.restored + found.kept if found.state == "undoing" else found.seen,
        "total": found.changed if found.state == "undoing" else found.total,
        "list_url": reverse("deals:bulk"),
        "here": reverse("deals:bulk_change", args=[pk]),
        "undo_url": reverse("deals:bulk_undo", args=[pk]),
        "home_url": reverse("deals:board"),
        "home": gettext("To the deals"),
    }
    return htmx.respond(request, "contacts/bulk_change.html", context, fragment="progress")


@require_POST
def undo(request: Request, pk: int) -> HttpResponse:
    """Take a change back, as far as nobody has changed the same since."""
    _own(request, pk)
    found = engine.undo_bulk(bulk_id=pk, by=asking.by(request))
    if found is None:
        raise Http404
    if (asking.asks_quietly(request) or htmx.wants_fragment(request)) and not found.is_busy:
        ids = list(DealBulkEntry.objects.filter(bulk=found).values_list("deal_id", flat=True)[:200])
        response = htmx.trigger(HttpResponse(status=204), "af:cards", {"ids": ids})
        return htmx.toast(htmx.trigger(response, "af:deals", {}), said(found))
    if not found.is_busy:
        messages.success(request, said(found))
        return htmx.go(request, reverse("deals:board"))
    return htmx.go(request, reverse("deals:bulk_change", args=[pk]))


def said(done: BulkChange) -> str:
    """What became of a change, in a sentence or two."""
    if done.state in {BulkChange.State.UNDOING, BulkChange.State.UNDONE}:
        parts = [ngettext("{n} deal is as it was", "{n} deals are as they were", done.restored)]
        counts = [done.restored, done.kept]
        parts.append(
            ngettext("{n} was changed since and stays", "{n} were changed since and stay", done.kept)
        )
    else:
        words = {
            "stage": ngettext("{n} deal moved", "{n} deals moved", done.changed),
            "assignee": ngettext("{n} deal given", "{n} deals given", done.changed),
            "delete": ngettext("{n} deal deleted", "{n} deals deleted", done.changed),
        }
        other = ngettext("{n} deal changed", "{n} deals changed", done.changed)
        counts = [done.changed, done.same, done.refused]
        parts = [
            words.get(done.change["kind"], other),
            ngettext("{n} was so already", "{n} were so already", done.same),
            _kept_back(done),
        ]
    told = [part.format(n=formats.number(n)) for part, n in zip(parts, counts, strict=True)]
    return ". ".join([told[0], *(part for part, n in zip(told[1:], counts[1:], strict=True) if n)])


def _kept_back(done: BulkChange) -> str:
    if done.change["kind"] == "stage":
        return ngettext(
            "{n} lacks what the stage wants, or may not be changed by you",
            "{n} lack what the stage wants, or may not be changed by you",
            done.refused,
        )
    return ngettext("{n} may not be changed by you", "{n} may not be changed by you", done.refused)


def _own(request: Request, pk: int) -> BulkChange:
    return get_object_or_404(BulkChange, pk=pk, member=request.member, entity=bulk.DEAL)


def _answer(
    request: Request, selection: DealSelection, said: str, way_back: str = "", *, status: int = 200
) -> HttpResponse:
    if htmx.wants_fragment(request):
        response = htmx.trigger(HttpResponse(status=status), "af:cards", {"ids": list(selection.ids[:200])})
        htmx.trigger(htmx.trigger(response, "af:deals", {}), "af:close", {})
        return htmx.toast(response, said, undo_url=way_back or None)
    if status == 200:
        messages.success(request, said, extra_tags=f"undo:{way_back}" if way_back else "")
    else:
        messages.error(request, said)
    return _back(request)


def _back(request: Request) -> HttpResponse:
    if htmx.wants_fragment(request):
        return HttpResponse(status=204, headers={"HX-Redirect": _list_url(request)})
    return redirect(_list_url(request))


def _list_url(request: Request) -> str:
    """The list or the board that the deals were picked on."""
    said = QueryDict(request.POST.get("query", "").lstrip("?"))
    number = asking.number(request.POST.get("pipeline") or said.get("pipeline"))
    page = reverse("deals:pipeline", args=[number]) if number else reverse("deals:board")
    is_list = "list" in request.POST or said.get("status") == "list"
    return page + selectors.BoardFilter.read(said).query(status="list" if is_list else "")
