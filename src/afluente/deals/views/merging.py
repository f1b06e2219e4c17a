"""Making two deals one, and taking that back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from afluente.deals import policies, selectors, services
from afluente.deals.events import ChangeRefusedError
from afluente.deals.models import Deal, DealMerge
from afluente.deals.views import asking
from afluente.kernel import htmx, text

if TYPE_CHECKING:
    from django.http import QueryDict

    from afluente.accounts.requests import Request

CHOICE = "choose-"


@require_http_methods(["GET", "HEAD", "POST"])
def merging(request: Request, pk: int) -> HttpResponse:
    """Choose the other deal (`q`), compare the two (`with`); POST makes them one."""
    if answer := lead_on(request, pk):
        return answer
    found = asking.mergeable(request, pk)
    asked = request.POST if request.method == "POST" else request.GET
    number = asking.number(asked.get("with"))
    if number is None:
        return _choose(request, found)
    other = selectors.offered(member=request.member, deal=found, deal_id=number)
    if other is None:
        if answer := lead_on(request, number):
            return answer
        raise Http404
    survivor, loser = (other, found) if asking.number(asked.get("survivor")) == other.pk else (found, other)
    if request.method == "POST":
        return _merge(request, found, survivor, loser)
    return _compare(request, found, survivor, loser)


@require_POST
def unmerging(request: Request, pk: int) -> HttpResponse:
    """Take a merge back; the page of the deal that was away, or of the survivor when it cannot be."""
    merge = get_object_or_404(policies.merges_of(request.member), pk=pk)
    address = reverse("deals:deal", args=[merge.survivor_id])
    try:
        kept = services.unmerge_deals(merge_id=pk, by=asking.by(request))
    except services.NestedMergeError as nested:
        messages.error(request, gettext("This deal was merged into another one since. Part those first."))
        address = reverse("deals:deal", args=[nested.into_id])
    except services.NotMergedError:
        messages.info(request, gettext("This merge was taken back already."))
    else:
        said = gettext("Parted again. {name} is a deal of its own").format(name=merge.loser.name)
        if kept:
            said += ". " + gettext("Changed since and left so: {fields}").format(fields=", ".join(kept))
        messages.success(request, said)
        address = reverse("deals:deal", args=[merge.loser_id])
    if asking.asks_quietly(request):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return asking.see_other(address)


def lead_on(request: Request, pk: int) -> HttpResponse | None:
    """To the deal that a merged one is now, with a note; None when it is not merged or not theirs to see."""
    survivor = selectors.leads_to(member=request.member, deal_id=pk)
    if survivor is None:
        return None
    name = Deal.objects.values_list("name", flat=True).get(pk=pk)
    messages.info(request, gettext("{name} was merged into this deal").format(name=name))
    address = reverse("deals:deal", args=[survivor.pk])
    if htmx.wants_fragment(request):
        return HttpResponse(headers={"HX-Redirect": address})
    return asking.see_other(address)


def _choose(request: Request, found: Deal) -> HttpResponse:
    typed = text.clean(request.GET.get("q", ""), limit=200)
    context = {
        "deal": found,
        "typed": typed,
        "others": selectors.candidates(member=request.member, deal=found, typed=typed),
    }
    return htmx.respond(request, "deals/merging_choose.html", context, fragment="found")


def _compare(
    request: Request, found: Deal, survivor: Deal, loser: Deal, *, error: str = "", status: int = 200
) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    lines = services.compare(survivor=survivor, loser=loser, choices=_choices(asked))
    context = {
        "deal": found,
        "survivor": survivor,
        "loser": loser,
        "lines": lines,
        "along": services.goes_along(survivor=survivor, loser=loser, lines=lines),
        "error": error,
    }
    return htmx.respond(request, "deals/merging.html", context, fragment="compare", status=status)


def _merge(request: Request, found: Deal, survivor: Deal, loser: Deal) -> HttpResponse:
    try:
        done: DealMerge = services.merge_deals(
            survivor_id=survivor.pk,
            loser_id=loser.pk,
            choices=_choices(request.POST),
            by=asking.by(request),
        )
    except services.DealMergedError as gone:
        messages.error(request, gettext("Somebody else has just merged one of the two."))
        return asking.see_other(reverse("deals:deal", args=[gone.into_id]))
    except services.DealIsGoneError:
        messages.error(request, gettext("One of the two was deleted meanwhile."))
        return asking.see_other(reverse("deals:board"))
    except ChangeRefusedError as refused:
        return _compare(request, found, survivor, loser, error=str(refused), status=422)
    way_back = reverse("deals:unmerging", args=[done.pk])
    messages.success(
        request, gettext("Merged. Take it back in the history at any time"), extra_tags=f"undo:{way_back}"
    )
    return asking.see_other(reverse("deals:deal", args=[survivor.pk]))


def _choices(asked: QueryDict) -> dict[str, int]:
    """Whose value stays, by field: `choose-name=7`."""
    said = ((name, asking.number(str(value))) for name, value in asked.items() if name.startswith(CHOICE))
    return {name.removeprefix(CHOICE)[:40]: number for name, number in said if number is not None}
