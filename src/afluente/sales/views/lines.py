"""The tab Products of a deal: every act answers with the whole of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from afluente.deals import policies as deals
from afluente.deals.models import Deal
from afluente.kernel import htmx, http, text
from afluente.sales import forms, policies, selectors, services
from afluente.sales.models import Line
from afluente.sales.views import asking

if TYPE_CHECKING:
    from collections.abc import Callable

    from afluente.accounts.models import Membership
    from afluente.accounts.requests import Request


def part_of(member: Membership, deal: Deal, **extra: Any) -> dict[str, Any]:
    """What the tab is drawn with."""
    return {
        "deal": deal,
        "found": selectors.deal_lines(deal),
        "taxes": selectors.taxes(),
        "may_edit": deals.movable_by(member).filter(pk=deal.pk).exists(),
        "may_choose": policies.may_list(member),
        **extra,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def lines(request: Request, pk: int) -> HttpResponse:
    """GET offers products for what is typed (`q`). POST adds one (`product`) or a free line (`name`), or
    says their order (`order`, `up`, `down`).
    """
    deal = _deal(request, pk)
    if request.method != "POST":
        words = text.clean(request.GET.get("q", ""), limit=100)
        found = selectors.offers(member=request.member, typed=words, currency=deal.currency)
        priced = [(one, selectors.price_in(one, deal.currency)) for one in found]
        context = {"deal": deal, "offers": priced, "words": words}
        return htmx.respond(request, "sales/line_offers.html", context, fragment="options")
    if {"order", "up", "down"} & request.POST.keys():
        wanted = asking.reordered([one.pk for one in selectors.lines_of(pk)], request.POST)
        services.order_lines(deal_id=pk, ids=wanted, by=asking.by(request))
        return HttpResponse(status=204) if asking.asks_quietly(request) else _answer(request, deal)
    number = request.POST.get("product", "")
    product_id = int(number) if number.isascii() and number.isdigit() and len(number) < 19 else None
    if product_id and not policies.products_visible_to(request.member).filter(pk=product_id).exists():
        raise Http404
    values = {} if product_id else {"name": request.POST.get("name", "")}

    def act() -> None:
        services.add_line(deal_id=pk, product_id=product_id, by=asking.by(request), **values)

    return _do(request, deal, act, is_new=True)


@require_POST
def line(request: Request, pk: int, line: int) -> HttpResponse:
    """Change a line. `version` is that of what was shown."""
    deal = _deal(request, pk)
    form = forms.LineForm(request.POST, locale=asking.number_locale(request))
    if not form.is_valid():
        said = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return _answer(request, deal, failed={"line": line, "text": said})
    _own(deal, line)

    def act() -> None:
        services.change_line(
            line_id=line, changes=form.values, by=asking.by(request), seen=form.cleaned_data["version"]
        )

    return _do(request, deal, act, line=line)


@require_POST
def removal(request: Request, pk: int, line: int) -> HttpResponse:
    """Take a line away, with a way back."""
    deal = _deal(request, pk)
    _own(deal, line)
    gone = services.remove_line(line_id=line, by=asking.by(request))
    way_back = reverse("sales:line_restoring", args=[pk, line])
    said = gettext("Removed {name}").format(name=gone.name)
    if not htmx.wants_fragment(request):
        messages.success(request, said, extra_tags=f"undo:{way_back}")
    return htmx.toast(_answer(request, deal), said, undo_url=way_back)


@require_POST
def restoring(request: Request, pk: int, line: int) -> HttpResponse:
    """Put a line back."""
    deal = _deal(request, pk)
    if not Line.objects.filter(pk=line, deal_id=pk).exists():
        raise Http404
    services.restore_line(line_id=line, by=asking.by(request))
    return _answer(request, deal)


@require_POST
def following(request: Request, pk: int) -> HttpResponse:
    """Let the value of the deal follow its lines (`on=1`, in the body or the address), or stay."""
    deal = _deal(request, pk)
    is_on = (request.POST.get("on") or request.GET.get("on")) == "1"
    services.let_follow(deal_id=pk, follows=is_on, by=asking.by(request))
    return _answer(request, deal)


def _do(
    request: Request, deal: Deal, act: Callable[[], None], *, line: int = 0, is_new: bool = False
) -> HttpResponse:
    """Act, and draw what became of it; or say beside the line why not."""
    try:
        act()
    except services.LineRefusedError as refused:
        return _answer(request, deal, failed={"line": line, "text": str(refused)})
    except services.ChangedMeanwhileError:
        said = gettext("Somebody changed this line meanwhile. This is what it says now.")
        return _answer(request, deal, failed={"line": line, "text": said})
    except services.LineGoneError:
        raise Http404 from None
    return _answer(request, deal, is_new=is_new)


def _answer(request: Request, deal: Deal, **extra: Any) -> HttpResponse:
    failed = extra.get("failed")
    if not htmx.wants_fragment(request) or asking.asks_quietly(request):
        if failed:
            messages.error(request, failed["text"])
        elif asking.asks_quietly(request):
            return htmx.trigger(HttpResponse(status=204), "af:cards", {"ids": [deal.pk]})
        return asking.see_other(reverse("deals:deal", args=[deal.pk]) + "?tab=products")
    deal.refresh_from_db()
    context = {"part": part_of(request.member, deal, **extra)}
    response = render(request, "sales/_lines.html", context, status=422 if failed else 200)
    return htmx.trigger(response, "af:cards", {"ids": [deal.pk]})


def _deal(request: Request, pk: int) -> Deal:
    """A deal that this member may change; 403 when it is out of reach, 404 when there is none."""
    allowed = deals.movable_by(request.member).select_related("pipeline", "stage")
    return http.pick(allowed, present=Deal.objects.present(), pk=pk)


def _own(deal: Deal, line: int) -> None:
    if not Line.objects.filter(pk=line, deal_id=deal.pk, removed_at=None).exists():
        raise Http404
    if deal.deleted_at is not None:
        raise PermissionDenied
