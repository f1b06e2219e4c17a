"""The panel that builds a filter of deals, and filters kept under a name (SP-143)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from afluente.contacts.models import SavedFilter
from afluente.contacts.selectors.saved import filter_fields, own_filters
from afluente.contacts.selectors.wording import Draft
from afluente.contacts.services import saving
from afluente.deals import forms, policies, selectors
from afluente.deals.selectors.criteria import deal_criteria
from afluente.deals.selectors.filtering import USUAL
from afluente.deals.views import asking, lists
from afluente.kernel import htmx, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from afluente.accounts.requests import Request
    from afluente.contacts.selectors.criteria import Criterion

DEAL = SavedFilter.Entity.DEAL
APPLY, FIELDS = "apply", "fields"
OF_A_BOARD = {"pipeline", "status"}  # what the page itself says; programs ask for it


@require_http_methods(["GET", "HEAD", "POST"])
def panel(request: Request) -> HttpResponse:
    """The panel. POST adds or takes out conditions, remembers the fields shown, or goes to the board."""
    if not policies.may_list(request.member):
        raise PermissionDenied
    known = _known()
    if request.method != "POST":
        asked = selectors.BoardFilter.read(request.GET)
        usual = filter_fields(member=request.member, entity=DEAL, usual=USUAL)
        return _draw(request, Draft.of(asked.where, usual), known, asked, request.GET)
    draft, rest = Draft.read(request.POST), QueryDict(request.POST.get("rest", ""))
    asked = selectors.BoardFilter(q=text.clean(request.POST.get("q", rest.get("q", "")), limit=100))
    act, _, place = request.POST.get("do", APPLY).partition(":")
    if act == APPLY:
        chosen = selectors.BoardFilter(q=asked.q, where=draft.expression(known))
        return _go(request, _board_url(rest) + chosen.query(status=_status(rest)))
    if act == FIELDS:
        wanted = [slug for slug in known if slug in request.POST.getlist("field")]
        saving.change_list(member=request.member, fields=wanted, entity=DEAL)
        draft = Draft.of(draft.expression(known), wanted)
    return _draw(request, draft.acted(act, place, next(iter(known))), known, asked, rest)


def _known() -> dict[str, Criterion]:
    return {slug: one for slug, one in deal_criteria().items() if slug not in OF_A_BOARD}


def _draw(
    request: Request,
    draft: Draft,
    known: Mapping[str, Criterion],
    asked: selectors.BoardFilter,
    where: QueryDict,
) -> HttpResponse:
    number = asking.number(where.get("pipeline")) or ""
    rest = selectors.BoardFilter(q=asked.q).query(status=_status(where), pipeline=str(number))
    context: dict[str, Any] = {
        "groups": draft.lines(known, request.member),
        "match": draft.match,
        "rest": rest.lstrip("?"),
        "criteria": list(known.values()),
        "shown": {condition.name for group in draft.groups for condition in group},
        "saved": own_filters(member=request.member, entity=DEAL),
        "panel_url": reverse("deals:filter"),
        "list_url": _board_url(where),
        "typed": asked.q,
    }
    return htmx.respond(request, "deals/filter.html", context, fragment="form")


@require_POST
def save(request: Request) -> HttpResponse:
    """Keep the filter of the board under a name, for oneself or for everybody."""
    query = _kept(request.POST.get("query", ""))
    try:
        kept = saving.save_filter(
            owner=request.member,
            name=request.POST.get("name", ""),
            query=query,
            is_shared="is_shared" in request.POST,
            entity=DEAL,
        )
    except saving.NamelessFilterError:
        messages.error(request, gettext("Give the filter a name."))
    except saving.TooManyFiltersError:
        messages.error(request, gettext("You keep a hundred filters already. Delete one first."))
    else:
        messages.success(request, gettext("Saved the filter {name}").format(name=kept.name))
    return redirect(f"{_board_url(request.POST)}?{query}")


@require_POST
def delete(request: Request, pk: int) -> HttpResponse:
    """Forget a filter of one's own; Undo keeps it again."""
    kept = get_object_or_404(SavedFilter, pk=pk, owner=request.member, entity=DEAL)
    said = gettext("Deleted the filter {name}").format(name=kept.name)
    again = QueryDict(mutable=True)
    again.update({"name": kept.name, "query": kept.query} | ({"is_shared": "1"} if kept.is_shared else {}))
    kept.delete()
    way_back = f"{reverse('deals:filter_restore')}?{again.urlencode()}"
    messages.success(request, said, extra_tags=f"undo:{way_back}")
    return redirect(_board_url(request.POST))


@require_POST
def restore(request: Request) -> HttpResponse:
    """The way back of `delete`: the filter stands in the address."""
    query = _kept(request.GET.get("query", ""))
    try:
        saving.save_filter(
            owner=request.member,
            name=request.GET.get("name", ""),
            query=query,
            is_shared="is_shared" in request.GET,
            entity=DEAL,
        )
    except (saving.NamelessFilterError, saving.TooManyFiltersError):
        messages.error(request, gettext("The filter could not be kept again."))
    return redirect(f"{reverse('deals:board')}?{query}")


def _kept(query: str) -> str:
    """What belongs to a filter of an address: its conditions and words, not which board it stood over."""
    return selectors.BoardFilter.read(QueryDict(query.lstrip("?"))).query().lstrip("?")


def _status(where: QueryDict) -> str:
    status = where.get("status", "")
    return status if status in {forms.WON, forms.LOST, *lists.VIEWS} else ""


def _board_url(where: QueryDict) -> str:
    number = asking.number(where.get("pipeline"))
    return reverse("deals:pipeline", args=[number]) if number else reverse("deals:board")


def _go(request: Request, address: str) -> HttpResponse:
    if not htmx.wants_fragment(request):
        return redirect(address)
    return HttpResponse(headers={"HX-Redirect": address})
