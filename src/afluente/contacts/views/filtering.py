"""The panel that builds a filter, and filters kept under a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from afluente.contacts.models import SavedFilter
from afluente.contacts.selectors.filtering import all_criteria
from afluente.contacts.selectors.listing import Filter
from afluente.contacts.selectors.saved import canonical, filter_fields, own_filters
from afluente.contacts.selectors.wording import Draft
from afluente.contacts.services import saving
from afluente.kernel import htmx

if TYPE_CHECKING:
    from collections.abc import Mapping

    from afluente.accounts.requests import Request
    from afluente.contacts.selectors.criteria import Criterion

APPLY, REDRAW, FIELDS = "apply", "redraw", "fields"


@require_http_methods(["GET", "HEAD", "POST"])
def panel(request: Request) -> HttpResponse:
    """The panel. POST adds or takes out conditions, remembers the fields shown, or goes to the list."""
    known = all_criteria()
    if request.method != "POST":
        wanted = Filter.read(request.GET)
        draft = Draft.of(wanted.where, filter_fields(member=request.member))
        return _draw(request, draft, known, wanted)
    draft = Draft.read(request.POST)
    wanted = Filter.read(QueryDict(request.POST.get("rest", "")))
    act, _, place = request.POST.get("do", APPLY).partition(":")
    if act == APPLY:
        return _to_list(request, draft, known, wanted)
    if act == FIELDS:
        chosen = [slug for slug in known if slug in request.POST.getlist("field")]
        saving.change_list(member=request.member, fields=chosen)
        draft = Draft.of(draft.expression(known), chosen)
    return _draw(request, draft.acted(act, place, next(iter(known))), known, wanted)


def _to_list(request: Request, draft: Draft, known: Mapping[str, Criterion], wanted: Filter) -> HttpResponse:
    """The list with what was built, kept apart from its search words and order."""
    chosen = Filter(typed=wanted.typed, sort=wanted.sort, where=draft.expression(known))
    address = reverse("contacts:list") + chosen.address()
    if not htmx.wants_fragment(request):
        return redirect(address)
    response = HttpResponse()
    response["HX-Redirect"] = address
    return response


def _draw(request: Request, draft: Draft, known: Mapping[str, Criterion], wanted: Filter) -> HttpResponse:
    shown = {condition.name for group in draft.groups for condition in group}
    context: dict[str, Any] = {
        "groups": draft.lines(known, request.member),
        "match": draft.match,
        "rest": Filter(typed=wanted.typed, sort=wanted.sort).address().lstrip("?"),
        "criteria": list(known.values()),
        "shown": shown,
        "saved": own_filters(member=request.member),
        "panel_url": reverse("contacts:filter"),
        "list_url": reverse("contacts:list"),
    }
    return htmx.respond(request, "contacts/filter.html", context, fragment="form")


@require_POST
def save(request: Request) -> HttpResponse:
    """Keep the filter of the list under a name, for oneself or for everybody."""
    query = canonical(request.POST.get("query", ""))
    try:
        kept = saving.save_filter(
            owner=request.member,
            name=request.POST.get("name", ""),
            query=query,
            is_shared="is_shared" in request.POST,
        )
    except saving.NamelessFilterError:
        messages.error(request, gettext("Give the filter a name."))
    except saving.TooManyFiltersError:
        messages.error(request, gettext("You keep a hundred filters already. Delete one first."))
    else:
        messages.success(request, gettext("Saved the filter {name}").format(name=kept.name))
    return redirect(f"{reverse('contacts:list')}?{query}")


@require_POST
def delete(request: Request, pk: int) -> HttpResponse:
    """Forget a filter of one's own; Undo keeps it again."""
    kept = get_object_or_404(SavedFilter, pk=pk, owner=request.member)
    said = gettext("Deleted the filter {name}").format(name=kept.name)
    again = QueryDict(mutable=True)
    again.update({"name": kept.name, "query": kept.query} | ({"is_shared": "1"} if kept.is_shared else {}))
    kept.delete()
    messages.success(
        request, said, extra_tags=f"undo:{reverse('contacts:filter_restore')}?{again.urlencode()}"
    )
    return redirect("contacts:list")


@require_POST
def restore(request: Request) -> HttpResponse:
    """The way back of `delete`: the filter stands in the address."""
    query = canonical(request.GET.get("query", ""))
    try:
        saving.save_filter(
            owner=request.member,
            name=request.GET.get("name", ""),
            query=query,
            is_shared="is_shared" in request.GET,
        )
    except (saving.NamelessFilterError, saving.TooManyFiltersError):
        messages.error(request, gettext("The filter could not be kept again."))
    return redirect(f"{reverse('contacts:list')}?{query}")
