"""What leaves and left; what a person does about a message that nobody knows the end of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from afluente.delivery import policies, selectors, services
from afluente.delivery.models import Message
from afluente.delivery.views import asking
from afluente.kernel import http

if TYPE_CHECKING:
    from afluente.accounts.requests import Request

DEEDS = {
    "was_sent": lambda pk: services.decide(pk, was_sent=True),
    "was_not": lambda pk: services.decide(pk, was_sent=False),
    "again": services.send_again,
    "withdraw": services.withdraw,
}


@require_safe
def outbox(request: Request) -> HttpResponse:
    """The messages that this member sees, the newest first."""
    asking.require(request, policies.may_list)
    state, before = request.GET.get("state", ""), request.GET.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    page = selectors.message_page(member=request.member, state=state, before=number)
    more = f"?state={state}&before={page.next_before}" if page.next_before else ""
    context = {
        "page": page,
        "state": state,
        "states": Message.State.choices,
        "undecided": selectors.undecided_count(request.member),
        "may_decide": policies.may_write(request.member),
        "more_url": more,
    }
    return render(request, "delivery/outbox.html", context)


@require_safe
def message(request: Request, pk: int) -> HttpResponse:
    """One message: what it says and what became of it."""
    asking.require(request, policies.may_list)
    found = http.pick(
        policies.messages_visible_to(request.member).select_related("deal", "contact"),
        present=Message.objects.all(),
        pk=pk,
    )
    may = policies.messages_decided_by(request.member).filter(pk=pk).exists()
    context = {"message": found, "may_decide": may, "traces": selectors.traces_of(found)}
    return render(request, "delivery/message.html", context)


@require_POST
def deciding(request: Request, pk: int) -> HttpResponse:
    """Say what became of it, send it once more, or take it back (`deed`)."""
    asking.require(request, policies.may_list)
    http.pick(policies.messages_decided_by(request.member), present=Message.objects.all(), pk=pk)
    deed = DEEDS.get(request.POST.get("deed", ""))
    if deed is None:
        return HttpResponse(status=422)
    try:
        deed(pk)
    except services.DecidedError:
        messages.error(request, gettext("Somebody decided already."))
    else:
        messages.success(request, gettext("Saved"))
    return asking.see_other(reverse("delivery:message", args=[pk]))
