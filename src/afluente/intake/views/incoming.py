"""What came in, what became of it, and trying again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from afluente.intake import policies, services
from afluente.intake.forms import Asked
from afluente.intake.models import RawEvent, Source
from afluente.intake.selectors import detail as details
from afluente.intake.selectors import incoming as listing
from afluente.kernel import htmx

if TYPE_CHECKING:
    from afluente.accounts.requests import Request

MOST_AT_ONCE = 10_000  # events one press of Replay all lets wait again


@require_GET
def incoming(request: Request) -> HttpResponse:
    """The list; with `?open=` beside it the chosen arrival."""
    said = Asked(request.GET)
    asked = said.filter
    place = {name: said.cleaned_data.get(name) for name in ("before", "after")}
    context: dict[str, Any] = {
        "page": listing.incoming(member=request.member, asked=asked, **place),
        "asked": asked,
        "here": asked.query(**place),
        "may_configure": policies.may_configure(request.member),
    }
    if not htmx.wants_fragment(request):
        opened = said.cleaned_data.get("open")
        context |= _frame(request, asked)
        context["detail"] = details.detail(member=request.member, pk=opened) if opened else None
    return htmx.respond(request, "intake/incoming.html", context, fragment="rows")


def _frame(request: Request, asked: listing.Filter) -> dict[str, Any]:
    """What stands around the list."""
    counts = listing.tab_counts(member=request.member)
    tabs = [
        ("", _("All"), None),
        ("failed", _("Failed"), counts["failed"]),
        ("waiting", _("Waiting"), counts["waiting"]),
        ("done", _("Done"), None),
        ("robot", _("Robots"), None),
    ]
    may = policies.may_configure(request.member)
    return {
        "tabs": [(state, label, count, asked.query(state=state)) for state, label, count in tabs],
        "sources": Source.objects.present().order_by("kind", "name"),
        "lost_rules": listing.lost_rules() if may else [],
    }


@require_GET
def event(request: Request, pk: int) -> HttpResponse:
    """One arrival: beside the list for htmx, else the list with it opened."""
    if not htmx.wants_fragment(request):
        return HttpResponseRedirect(f"{reverse('intake:incoming')}?open={pk}")
    found = details.detail(member=request.member, pk=pk)
    if found is None:
        raise Http404
    asked = Asked(request.GET)
    context = {
        "detail": found,
        "here": asked.filter.query(),
        "may_configure": policies.may_configure(request.member),
    }
    return render(request, "intake/_panel.html", context)


@require_POST
def replay(request: Request) -> HttpResponse:
    """Let chosen failed arrivals wait again, or all that fit the filter (`all=1`)."""
    if not policies.may_configure(request.member):
        raise Http404
    replayable = policies.events_replayable_by(request.member)
    if request.POST.get("all") == "1":
        asked = Asked(request.POST).filter
        fitting = listing.matching(member=request.member, asked=asked)
        chosen = fitting.filter(state=RawEvent.State.DEAD).exclude(error="spam")
        ids = list(chosen.order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE])
    else:
        ids = [
            int(one)
            for one in request.POST.getlist("event")[:MOST_AT_ONCE]
            if one.isdecimal() and len(one) < 19
        ]
        ids = list(replayable.filter(pk__in=ids).values_list("pk", flat=True))
    count = services.replay_events(event_ids=ids)
    if count:
        words = ngettext("%(n)s arrival is tried again", "%(n)s arrivals are tried again", count)
        messages.success(request, words % {"n": count})
    else:
        messages.info(request, _("Nothing to try again: only failed arrivals can be"))
    return HttpResponseRedirect(_back(request), status=303)


def _back(request: Request) -> str:
    """The same list: its filter is sent along."""
    said = Asked(request.POST)
    place = {name: said.cleaned_data.get(name) for name in ("before", "after", "open")}
    return reverse("intake:incoming") + said.filter.query(**place)
