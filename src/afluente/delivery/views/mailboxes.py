"""Settings: the mailbox that letters come back into, and whether it can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from afluente.delivery import forms, policies, services
from afluente.delivery.models import Mailbox
from afluente.delivery.views import asking
from afluente.kernel import clock

if TYPE_CHECKING:
    from django.http import HttpResponse

    from afluente.accounts.requests import Request


@require_http_methods(["GET", "HEAD", "POST"])
def mailbox(request: Request) -> HttpResponse:
    """Which mailbox is read, and what the last look into it found."""
    asking.require(request, policies.may_configure)
    kept = Mailbox.objects.first()
    form = forms.Mailbox(request.POST if request.method == "POST" else None, mailbox=kept)
    if request.method == "POST" and form.is_valid():
        services.save_mailbox(by=request.member, **form.values())
        messages.success(request, gettext("Saved"))
        return asking.see_other(reverse("delivery:mailbox"))
    is_due = kept is not None and kept.wait_until <= clock.now()
    context = {"form": form, "mailbox": kept, "is_due": is_due}
    return render(request, "delivery/mailbox.html", context, status=422 if form.errors else 200)


@require_POST
def look(request: Request) -> HttpResponse:
    """Look into it soon; the page then says what was found."""
    asking.require(request, policies.may_configure)
    services.look_now()
    return asking.see_other(reverse("delivery:mailbox") + "#state")


@require_POST
def removal(request: Request) -> HttpResponse:
    """Read it no more."""
    asking.require(request, policies.may_configure)
    services.forget_mailbox(by=request.member)
    messages.success(request, gettext("Saved"))
    return asking.see_other(reverse("delivery:mailbox"))
