"""The list of contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from afluente.contacts import policies, selectors
from afluente.contacts.selectors.listing import PAGE, problems
from afluente.contacts.selectors.saved import canonical, kept_tabs
from afluente.contacts.selectors.wording import chips, in_words
from afluente.kernel import htmx, slots

if TYPE_CHECKING:
    from django.http import HttpResponse

    from afluente.accounts.requests import Request


@require_safe
def contacts(request: Request) -> HttpResponse:
    """The list; only its rows when a filter or the end of the page asks."""
    if not policies.may_list(request.member):
        raise PermissionDenied
    wanted = selectors.Filter.read(request.GET)
    query = canonical(wanted.address())
    view = selectors.view_of(member=request.member, query=query)
    columns = selectors.chosen_columns(member=request.member, view=view)
    page = selectors.contact_page(member=request.member, wanted=wanted, columns=columns)
    more = wanted.address(after=page.next_after) if page.next_after else ""
    context: dict[str, Any] = {
        "page": page,
        "wanted": wanted,
        "heads": selectors.heads(columns=columns, wanted=wanted),
        "more_url": reverse("contacts:list") + more if more else "",
        "query": query,
        "count_url": reverse("contacts:count") + wanted.address(),
        "here": reverse("contacts:list") + wanted.address(),
        "inside": selectors.inside(wanted),
        "problems": _problems(request, wanted) if wanted.is_narrow else [],
        "may_create": policies.may_create(request.member),
        **_picking(request),
        "is_part": htmx.wants_fragment(request),
    }
    if not htmx.wants_fragment(request):
        context["menu"] = slots.parts("contacts.menu", member=request.member, query=query)
        context["chips"] = chips(member=request.member, wanted=wanted)
        context["kept"] = kept_tabs(
            member=request.member, entity="contact", data=request.GET, start=reverse("contacts:list")
        )
        context["columns_url"] = f"{reverse('contacts:columns')}?{urlencode({'query': query})}"
    fragment = "rows" if wanted.after else "people"
    return htmx.respond(request, "contacts/list.html", context, fragment=fragment)


@require_safe
def count(request: Request) -> HttpResponse:
    """How many contacts fit: asked by the list when its first page is there, for it may take longer."""
    if not policies.may_list(request.member):
        raise PermissionDenied
    wanted = selectors.Filter.read(request.GET)
    if not htmx.wants_fragment(request):
        return redirect(reverse("contacts:list") + wanted.address())
    total = selectors.contact_total(member=request.member, wanted=wanted)
    return render(request, "contacts/_total.html", {"total": total, "shown": PAGE})


def _problems(request: Request, wanted: selectors.Filter) -> list[str]:
    wrong = problems(member=request.member, wanted=wanted)
    return in_words(chips(member=request.member, wanted=wanted), wrong) if wrong else []


def _picking(request: Request) -> dict[str, Any]:
    """What may be done with many at once; rows have boxes when there is anything."""
    may_edit, may_delete = policies.may_edit(request.member), policies.may_delete(request.member)
    acts = slots.parts("contacts.bulk", member=request.member)
    return {
        "bulk_acts": acts,
        "may_edit_many": may_edit,
        "may_delete_many": may_delete,
        "may_pick": may_edit or may_delete or bool(acts),
    }
