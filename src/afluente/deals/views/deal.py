"""A deal: its page, its side panel, and changing what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from afluente.accounts import policies as accounts
from afluente.accounts import selectors as account_selectors
from afluente.accounts.models import Area
from afluente.contacts import policies as contact_policies
from afluente.deals import forms, policies, selectors, services
from afluente.deals.views import asking, merging
from afluente.kernel import slots, text
from afluente.kernel.htmx import respond, toast, trigger, wants_fragment
from afluente.timeline import selectors as timeline_selectors
from afluente.timeline import services as timeline
from afluente.ui import formats

if TYPE_CHECKING:
    from collections.abc import Callable

    from django import forms as django_forms

    from afluente.accounts.requests import Request
    from afluente.deals.models import Deal


@require_safe
def deal(request: Request, pk: int) -> HttpResponse:
    """The page of a deal, or its side panel when a board asks."""
    return _draw(request, pk)


def _draw(request: Request, pk: int, *, status: int = 200, **extra: Any) -> HttpResponse:
    page = selectors.deal_page(member=request.member, deal_id=pk)
    if page is None:
        if answer := merging.lead_on(request, pk):
            return answer
        asking.visible(request, pk)
        raise Http404
    found = feed(request, page.deal)
    if wants_fragment(request) and "history" in request.headers.get("HX-Target", ""):
        return render(request, "timeline/_history.html", {"feed": found})
    may_move = policies.movable_by(request.member).filter(pk=pk).exists()
    context = {
        "page": page,
        "deal": page.deal,
        "feed": found,
        **_work(request, page.deal),
        "may_move": may_move,
        "is_fixed": not may_move,
        "may_delete": policies.deletable_by(request.member).filter(pk=pk).exists(),
        "members": asking.members(request),
        "types": selectors.deal_types(),
        "reasons": selectors.lost_reasons(),
        "due_form": selectors.due_parts(page.deal),
        "may_copy": policies.may_create(request.member),
        "may_merge": policies.mergeable_by(request.member).filter(pk=pk).exists(),
        "around": _around(request, page.deal),
        "close_url": _came_from(request, page.deal),
        "link": request.build_absolute_uri(reverse("deals:deal", args=[pk])),
        **extra,
    }
    return respond(request, "deals/deal.html", context, fragment="panel", status=status)


def _came_from(request: Request, found: Deal) -> str:
    """The board, or the list that the deal was opened from."""
    page = reverse("deals:pipeline", args=[found.pipeline_id])
    return f"{page}?{request.GET['in']}" if request.GET.get("in") else page


def _around(request: Request, found: Deal) -> selectors.Around | None:
    """What stands before and after it in that list."""
    said = asking.address(request.GET.get("in", ""))
    if said.get("status") != "list" or found.closed_at is not None:
        return None
    targets = selectors.move_targets(member=request.member)
    pipeline = next((one for one in targets if one.pk == found.pipeline_id), None)
    if pipeline is None:
        return None
    return selectors.around(
        pipeline=pipeline,
        member=request.member,
        asked=selectors.BoardFilter.read(said),
        order=said.get("sort", ""),
        deal_id=found.pk,
    )


def _work(request: Request, found: Deal) -> dict[str, Any]:
    """What other slices bring to a deal: tabs beside its history, and lines above them."""
    tabs = slots.parts("deal.tabs", member=request.member, deal=found)
    chosen = next((tab for tab in tabs if tab.slug == request.GET.get("tab")), None)
    return {
        "tabs": tabs,
        "tab": chosen,
        "part": chosen.part() if chosen else None,
        "strips": slots.parts("deal.strip", member=request.member, deal=found),
    }


def feed(request: Request, found: Deal) -> timeline_selectors.Feed:
    """The history of a deal, as far as the address asks for it."""
    return timeline_selectors.record_feed(
        member=request.member,
        of=("deal", found.pk),
        page_url=reverse("deals:deal", args=[found.pk]),
        comment_url=reverse("deals:comments", args=[found.pk]),
        query=request.GET,
        joined=selectors.joined_deals(found.pk),
    )


@require_safe
def access(request: Request, pk: int) -> HttpResponse:
    """Who may open the deal, and why: a page, or what its dialog shows."""
    found = asking.visible(request, pk)
    context = {
        "title": found.name,
        "back": reverse("deals:deal", args=[pk]),
        "seers": account_selectors.seers(
            viewer=request.member, area=Area.DEALS, assignee_id=found.assignee_id
        ),
    }
    return respond(request, "accounts/access.html", context, fragment="sheet")


@require_POST
def comments(request: Request, pk: int) -> HttpResponse:
    """Write a comment; the history with it, or the box with what is wrong."""
    found = asking.visible(request, pk)
    try:
        timeline.add_comment(by=request.member, deal_id=pk, **timeline.typed(request.POST))
    except timeline.CommentRefusedError as refused:
        asks = isinstance(refused, timeline.BlindMentionError)
        shown = feed(request, found).refused(refused, request.POST, asks=asks)
        if not wants_fragment(request):
            return _draw(request, pk, status=422, feed=shown)
        return render(request, "timeline/_posted.html", {"feed": shown}, status=422)
    if not wants_fragment(request):
        return asking.see_other(reverse("deals:deal", args=[pk]))
    return render(request, "timeline/_posted.html", {"feed": feed(request, found)})


def _form(request: Request, field: str) -> django_forms.Form:
    is_undo = "undo" in request.GET  # an undo link carries its wish in the address
    data, locale = (request.GET, "en") if is_undo else (request.POST, asking.number_locale(request))
    made: dict[str, Callable[[], django_forms.Form]] = {
        "name": lambda: forms.DealName(data),
        "amount": lambda: forms.DealAmount(data, locale=locale),
        "lost_reason": lambda: forms.LostReason(data),
        "type": lambda: forms.TypeChoice(data),
        "assignee": lambda: forms.Assignee(data, members=accounts.assignable_by(request.member)),
    }
    if field not in made:
        raise Http404
    return made[field]()


@require_POST
def field(request: Request, pk: int, field: str) -> HttpResponse:
    """Save one field as soon as it is left. `was` is what it said when the person began."""
    form = _form(request, field)
    present = asking.movable(request, pk)
    if not form.is_valid():
        said = " ".join(str(error) for error in form.errors["value"])
        return _draw_field(request, pk, field, error=said, typed=request.POST.get("value", ""))
    value, way_back = (
        form.cleaned_data["value"],
        asking.way_back_to(present, field, form.cleaned_data["value"]),
    )
    try:
        _save(request, present, field, value)
    except services.ChangedMeanwhileError as conflict:
        said = gettext("Somebody changed this to {value} meanwhile. Save again to replace it.")
        shown = _shown(present, field, conflict.present)
        return _draw_field(
            request, pk, field, error=said.format(value=shown), typed=request.POST.get("value", "")
        )
    if asking.asks_quietly(request):
        return trigger(HttpResponse(status=204), "af:cards", {"ids": [pk]})
    response = _draw_field(request, pk, field)
    told = slots.parts("deal.saved", deal_id=pk, field=field)
    for part in told:
        toast(response, part.context["text"], undo_url=part.context["undo_url"])
    if way_back and not told and wants_fragment(request):
        toast(response, gettext("Saved"), undo_url=way_back)
    return trigger(response, "af:cards", {"ids": [pk]}) if wants_fragment(request) else response


def _save(request: Request, present: Deal, field: str, value: Any) -> None:
    if field == "assignee":
        services.assign_deals(deal_ids=[present.pk], assignee=value, by=asking.by(request))
        return
    if field == "type":
        services.set_type(deal_id=present.pk, to=value, by=asking.by(request))
        return
    seen = {}
    if "was" in request.POST:
        was = _form_value(field, request.POST["was"])
        seen = {field: was} if was is not None else {}
    services.change_deal(deal_id=present.pk, changes={field: value}, by=asking.by(request), seen=seen)


def _form_value(field: str, was: str) -> Any:
    """What `was` means as a value of the field; None when it is no such value."""
    if field != "amount":
        return was
    form = forms.DealAmount({"value": was})
    return form.cleaned_data["value"] if form.is_valid() else None


def _shown(present: Deal, field: str, value: Any) -> str:
    return formats.money(value, present.currency) if field == "amount" else str(value)


def _draw_field(request: Request, pk: int, field: str, *, error: str = "", typed: str = "") -> HttpResponse:
    status = 422 if error else 200
    failed = {"field": field, "text": error, "typed": typed} if error else {}
    if not wants_fragment(request):
        if error:
            return _draw(request, pk, status=422, failed=failed)
        if asking.asks_quietly(request):
            return HttpResponse(status=204)
        return asking.see_other(reverse("deals:deal", args=[pk]))
    page = selectors.deal_page(member=request.member, deal_id=pk)
    if page is None:  # given to somebody whose deals this member does not see
        return HttpResponse(headers={"HX-Redirect": reverse("deals:board")})
    context = {
        "deal": page.deal,
        "members": asking.members(request),
        "types": selectors.deal_types(),
        "failed": failed,
    }
    return render(request, f"deals/_fields.html#{field}", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def people(request: Request, pk: int) -> HttpResponse:
    """GET finds people to add (`q`). POST adds one, takes one out, or makes one the main one (`act`)."""
    present = asking.movable(request, pk)
    if request.method != "POST":
        words = text.clean(request.GET.get("q", ""), limit=100)
        found = selectors.people_to_add(member=request.member, deal=present, words=words)
        context = {"deal": present, "found": found, "words": words}
        return respond(request, "deals/people.html", context, fragment="found")
    seen = contact_policies.visible_to(request.member)
    number = request.POST.get("contact", "")
    if not (number.isascii() and number.isdigit() and len(number) <= 18):
        raise Http404
    contact = get_object_or_404(seen, pk=number)
    acts = {"add": services.link_contact, "remove": services.unlink_contact, "main": services.make_primary}
    act = acts.get(request.POST.get("act", "add"))
    if act is None:
        raise Http404
    act(deal_id=present.pk, contact_id=contact.pk, by=asking.by(request))
    if not wants_fragment(request):
        return asking.see_other(reverse("deals:deal", args=[pk]))
    page = selectors.deal_page(member=request.member, deal_id=pk)
    response = render(request, "deals/_people.html", {"page": page, "deal": present})
    return trigger(response, "af:cards", {"ids": [pk]})


@require_POST
def deletion(request: Request, pk: int) -> HttpResponse:
    """Put the deal away, with a way back."""
    gone = asking.deletable(request, pk)
    services.delete_deals(deal_ids=[pk], by=asking.by(request))
    said = gettext("Deleted {name}").format(name=gone.name)
    way_back = reverse("deals:restoring", args=[pk])
    if wants_fragment(request):
        response = trigger(HttpResponse(), "af:cards", {"ids": [pk]})
        return toast(response, said, undo_url=way_back)
    messages.success(request, said, extra_tags=f"undo:{way_back}")
    return asking.see_other(reverse("deals:pipeline", args=[gone.pipeline_id]))


@require_POST
def restoring(request: Request, pk: int) -> HttpResponse:
    """Bring a deleted deal back."""
    get_object_or_404(policies.restorable_by(request.member), pk=pk)
    services.restore_deals(deal_ids=[pk], by=asking.by(request))
    if asking.asks_quietly(request) or wants_fragment(request):
        return trigger(HttpResponse(status=204), "af:cards", {"ids": [pk]})
    return asking.see_other(reverse("deals:deal", args=[pk]))
