"""The panel that builds a filter, and filters kept under a name: of contacts, deals and tasks alike."""

from __future__ import annotations

from decimal import InvalidOperation
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.signing import BadSignature, Signer
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from afluente.contacts.models import ListSetting, SavedFilter
from afluente.contacts.selectors.lists import FilteredList, filtered_list
from afluente.contacts.selectors.saved import filter_fields, saved_filters
from afluente.contacts.selectors.values import home
from afluente.contacts.selectors.wording import Draft
from afluente.contacts.services import reading, saving
from afluente.kernel import htmx

if TYPE_CHECKING:
    from afluente.accounts.requests import Request

APPLY, FIELDS = "apply", "fields"
_NUMBER = Signer(salt="contacts.filter")  # nobody brings back a filter under the number of another one


@require_http_methods(["GET", "HEAD", "POST"])
def panel(request: Request, entity: str) -> HttpResponse:
    """The panel. POST adds or takes out conditions, remembers the fields shown, or goes to the list."""
    of = _list(request, entity)
    if request.method != "POST":
        shown = filter_fields(member=request.member, entity=entity, usual=of.usual)
        return _draw(request, of, Draft.of(of.read(request.GET).where, shown), request.GET)
    known = of.offered
    draft, rest = (
        Draft.read(request.POST).counted(known, _number_read),
        QueryDict(request.POST.get("rest", "")),
    )
    act, _, place = request.POST.get("do", APPLY).partition(":")
    if act == APPLY:
        return _go(request, of.address(rest, draft.expression(known)))
    if act == FIELDS:
        chosen = [slug for slug in known if slug in request.POST.getlist("field")]
        saving.change_list(member=request.member, fields=chosen, entity=entity)
        draft = Draft.of(draft.expression(known), chosen)
    return _draw(request, of, draft.acted(act, place, next(iter(known))), rest)


def _number_read(typed: str) -> str:
    """A number as the country writes it, as an address says it; what is none stays and is refused there."""
    try:
        return f"{reading.parse_number(typed, home().country).normalize():f}"
    except (ValueError, InvalidOperation):
        return typed


def _draw(request: Request, of: FilteredList, draft: Draft, where: QueryDict) -> HttpResponse:
    known = of.offered
    context: dict[str, Any] = {
        "of": of,
        "groups": draft.lines(known, request.member),
        "match": draft.match,
        "rest": of.rest(where),
        "criteria": list(known.values()),
        "shown": {condition.name for group in draft.groups for condition in group},
        "saved": saved_filters(member=request.member, entity=of.entity),
        "panel_url": reverse("contacts:filter", kwargs={"entity": of.entity}),
        "list_url": of.page(where),
    }
    return htmx.respond(request, "contacts/filter.html", context, fragment="form")


def _go(request: Request, address: str) -> HttpResponse:
    if not htmx.wants_fragment(request):
        return redirect(address)
    return HttpResponse(headers={"HX-Redirect": address})


@require_POST
def save(request: Request, entity: str) -> HttpResponse:
    """Keep the filter of the list under a name, for oneself or for everybody."""
    of = _list(request, entity)
    query = _asked(of, request.POST)
    if (kept := _keep(request, request.POST, of, query)) is not None:
        messages.success(request, gettext("Saved the filter {name}").format(name=kept.name))
    return redirect(f"{of.page(request.POST)}?{query}")


@require_POST
def change(request: Request, entity: str, pk: int) -> HttpResponse:
    """Another name, or another choice of who sees it, for a filter of one's own; Undo is this again."""
    of = _list(request, entity)
    kept = get_object_or_404(SavedFilter, pk=pk, owner=request.member, entity=entity)
    data = request.POST if "name" in request.POST else request.GET
    before = _said(kept, of, data)
    try:
        saving.change_filter(
            kept=kept, name=data.get("name", ""), query=kept.query, is_shared="is_shared" in data
        )
    except saving.NamelessFilterError:
        messages.error(request, gettext("Give the filter a name."))
    except saving.TakenFilterError:
        messages.error(request, gettext("Another filter of this list has this name."))
    else:
        way_back = reverse("contacts:filter_change", kwargs={"entity": entity, "pk": pk})
        said = gettext("Changed the filter {name}").format(name=kept.name)
        messages.success(request, said, extra_tags=f"undo:{way_back}?{before}")
    return redirect(f"{of.page(data)}?{kept.query}")


@require_POST
def delete(request: Request, entity: str, pk: int) -> HttpResponse:
    """Forget a filter of one's own; Undo keeps it again."""
    of = _list(request, entity)
    kept = get_object_or_404(SavedFilter, pk=pk, owner=request.member, entity=entity)
    way_back = reverse("contacts:filter_restore", kwargs={"entity": entity})
    columns = ListSetting.objects.filter(member=request.member, view=kept).values_list("columns", flat=True)
    chosen = "".join(f"&column={one}" for one in columns.first() or ())
    number = urlencode({"number": _NUMBER.sign(f"{request.member.pk}:{kept.pk}")})
    again = f"{way_back}?{_said(kept, of, request.POST)}{chosen}&{number}"
    kept.delete()
    said = gettext("Deleted the filter {name}").format(name=kept.name)
    messages.success(request, said, extra_tags=f"undo:{again}")
    return redirect(of.page(request.POST))


@require_POST
def restore(request: Request, entity: str) -> HttpResponse:
    """The way back of `delete`: the filter stands in the address, and the columns chosen for it."""
    of = _list(request, entity)
    query = _asked(of, request.GET)
    kept = _keep(request, request.GET, of, query)
    if kept is not None and (columns := request.GET.getlist("column")):
        saving.change_list(member=request.member, columns=columns, view=kept, entity=entity)
    return redirect(f"{of.page(request.GET)}?{query}")


def _list(request: Request, entity: str) -> FilteredList:
    of = filtered_list(entity)
    if not of.may_list(request.member):
        raise PermissionDenied
    return of


def _asked(of: FilteredList, data: QueryDict) -> str:
    return of.query(QueryDict(data.get("query", "").lstrip("?")))


def _said(kept: SavedFilter, of: FilteredList, data: QueryDict) -> str:
    """A filter and the page that it stood over, as an address says them."""
    said = QueryDict(mutable=True)
    said.update({name: data.get(name, "") for name in of.names if name in data})
    said.update({"name": kept.name, "query": kept.query} | ({"is_shared": "1"} if kept.is_shared else {}))
    return said.urlencode()


def _number(request: Request, signed: str) -> int | None:
    """The number of a filter that this member deleted, as `delete` signed it."""
    try:
        owner, _sign, number = _NUMBER.unsign(signed).partition(":")
    except BadSignature:
        return None
    return int(number) if owner == str(request.member.pk) else None


def _keep(request: Request, data: QueryDict, of: FilteredList, query: str) -> SavedFilter | None:
    try:
        return saving.save_filter(
            owner=request.member,
            name=data.get("name", ""),
            query=query,
            is_shared="is_shared" in data,
            entity=of.entity,
            number=_number(request, data.get("number", "")),
        )
    except saving.NamelessFilterError:
        messages.error(request, gettext("Give the filter a name."))
    except saving.TooManyFiltersError:
        messages.error(request, gettext("You keep a hundred filters already. Delete one first."))
    return None
