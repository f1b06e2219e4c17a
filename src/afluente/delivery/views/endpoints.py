"""Settings: webhooks to other programs, what they were told and what they answered."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from afluente.delivery import forms, policies, selectors, services
from afluente.delivery.models import Call, Endpoint
from afluente.delivery.views import asking
from afluente.kernel import box, clock, http
from afluente.ui import formats

if TYPE_CHECKING:
    from afluente.accounts.requests import Request

SPANS = {"hour": 1, "day": 24, "days": 72, "week": 168}  # hours that replaying may go back


def _found(request: Request, pk: int) -> Endpoint:
    asking.require(request, policies.may_hook)
    return http.pick(policies.endpoints_of(request.member), present=Endpoint.objects.all(), pk=pk)


@require_safe
def endpoints(request: Request) -> HttpResponse:
    """Every endpoint."""
    asking.require(request, policies.may_hook)
    return render(request, "delivery/endpoints.html", {"endpoints": selectors.endpoints()})


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Name another program. The answer shows its secret this once."""
    asking.require(request, policies.may_hook)
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, pk: int) -> HttpResponse:
    """Where it is, and what it is told."""
    return _edit(request, _found(request, pk))


def _edit(request: Request, found: Endpoint | None) -> HttpResponse:
    form = forms.Endpoint(request.POST if request.method == "POST" else None, endpoint=found)
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = services.save_endpoint(endpoint=found, by=request.member, **form.values())
        except services.BadValuesError as bad:
            for name, said in bad.problems.items():
                form.add_error(name, said)
        else:
            if secret:
                return _secret_shown(request, made, secret, status=201)
            messages.success(request, gettext("Saved"))
            return asking.see_other(reverse("delivery:endpoint", args=[made.pk]))
    chosen = form.chosen()
    groups = selectors.event_groups(chosen)
    context = {"endpoint": found, "form": form, "groups": groups, "chosen": chosen}
    return render(request, "delivery/endpoint_edit.html", context, status=422 if form.errors else 200)


def _secret_shown(request: Request, found: Endpoint, secret: str, *, status: int) -> HttpResponse:
    context = {"endpoint": found, "secret": secret}
    return render(request, "delivery/endpoint_secret.html", context, status=status)


@require_safe
def endpoint(request: Request, pk: int) -> HttpResponse:
    """One endpoint: how it does, and the log of what it was told."""
    found = _found(request, pk)
    state, before = request.GET.get("state", ""), request.GET.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    page = selectors.call_page(endpoint_id=found.pk, state=state, before=number)
    context = {
        "endpoint": found,
        "page": page,
        "state": state,
        "states": Call.State.choices,
        "waits": any(one.state in {"queued", "sending"} for one in page.rows[:5]),
        "more_url": f"?state={state}&before={page.next_before}" if page.next_before else "",
    }
    return render(request, "delivery/endpoint.html", context)


@require_POST
def rotation(request: Request, pk: int) -> HttpResponse:
    """Make a new secret; `at_once` when the old one is in wrong hands. The answer shows it this once."""
    found = _found(request, pk)
    try:
        secret = services.rotate_secret(endpoint=found, by=request.member, at_once="at_once" in request.POST)
    except box.UnreadableSecretError:  # sealed with another key: nothing to overlap with
        secret = services.rotate_secret(endpoint=found, by=request.member, at_once=True)
    return _secret_shown(request, found, secret, status=200)


@require_POST
def switch(request: Request, pk: int) -> HttpResponse:
    """On or off (`is_on`)."""
    found = _found(request, pk)
    is_on = request.POST.get("is_on") == "1"
    services.switch_endpoint(endpoint=found, is_on=is_on, by=request.member)
    messages.success(request, gettext("The webhook is on") if is_on else gettext("The webhook is off"))
    return asking.see_other(reverse("delivery:endpoint", args=[pk]))


@require_POST
def test(request: Request, pk: int) -> HttpResponse:
    """Send a test event; the log then says what became of it."""
    found = _found(request, pk)
    if not found.is_on:
        messages.error(request, gettext("Switch it on first."))
        return asking.see_other(reverse("delivery:endpoint", args=[pk]))
    made = services.send_test_event(endpoint=found)
    return asking.see_other(reverse("delivery:call", args=[made.pk]))


@require_POST
def replay(request: Request, pk: int) -> HttpResponse:
    """Send again what failed, and what was missed, since some time ago (`since`)."""
    found = _found(request, pk)
    hours = SPANS.get(request.POST.get("since", ""))
    if hours is None:
        return HttpResponse(status=422)
    since = clock.now() - dt.timedelta(hours=hours)
    count = services.replay_since(endpoint_id=found.pk, since=since)
    said = ngettext("{n} event is sent again", "{n} events are sent again", count).format(
        n=formats.number(count)
    )
    messages.success(request, said if count else gettext("There is nothing to send again"))
    return asking.see_other(reverse("delivery:endpoint", args=[pk]))


@require_POST
def removal(request: Request, pk: int) -> HttpResponse:
    """Forget an endpoint and its log."""
    services.delete_endpoint(endpoint=_found(request, pk), by=request.member)
    messages.success(request, gettext("Deleted"))
    return asking.see_other(reverse("delivery:endpoints"))


@require_safe
def call(request: Request, pk: int) -> HttpResponse:
    """One call: what it says, and what was answered each time."""
    asking.require(request, policies.may_hook)
    calls = policies.calls_of(request.member).select_related("endpoint")
    found = http.pick(calls, present=Call.objects.all(), pk=pk)
    return render(request, "delivery/call.html", {"call": found, "tries": selectors.attempts_of(found)})


@require_POST
def call_replay(request: Request, pk: int) -> HttpResponse:
    """Make a call again that ended; its id and its words stay the same."""
    asking.require(request, policies.may_hook)
    found = http.pick(policies.calls_of(request.member), present=Call.objects.all(), pk=pk)
    services.replay_call(found)
    messages.success(request, gettext("It is sent again"))
    return asking.see_other(reverse("delivery:call", args=[pk]))
