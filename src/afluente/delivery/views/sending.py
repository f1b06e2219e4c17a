"""Settings: how a workspace sends e-mail, and whether it works."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from afluente.delivery import forms, policies, services
from afluente.delivery.models import Channel, Message, Sender
from afluente.delivery.views import asking

if TYPE_CHECKING:
    from django.http import HttpResponse

    from afluente.accounts.requests import Request


@require_http_methods(["GET", "HEAD", "POST"])
def sending(request: Request) -> HttpResponse:
    """The mail server, who letters come from, and the latest test."""
    asking.require(request, policies.may_configure)
    kept = Sender.objects.filter(channel=Channel.EMAIL).first()
    form = forms.EmailSender(request.POST if request.method == "POST" else None, sender=kept)
    if request.method == "POST" and form.is_valid():
        services.save_sender(channel=Channel.EMAIL, by=request.member, **form.values())
        messages.success(request, gettext("Saved"))
        return asking.see_other(reverse("delivery:sending"))
    tests = Message.objects.filter(key__startswith=f"test:{request.member.pk}:").order_by("-pk")
    context = {"form": form, "sender": kept, "test": tests.first() if "test" in request.GET else None}
    return render(request, "delivery/sending.html", context, status=422 if form.errors else 200)


@require_POST
def test(request: Request) -> HttpResponse:
    """Send a message to oneself; the page then says what became of it."""
    asking.require(request, policies.may_configure)
    services.send_test(channel=Channel.EMAIL, address=request.user.email, is_to=request.member)
    return asking.see_other(reverse("delivery:sending") + "?test#test")


@require_POST
def removal(request: Request) -> HttpResponse:
    """Send nothing any more."""
    asking.require(request, policies.may_configure)
    services.forget_sender(channel=Channel.EMAIL, by=request.member)
    messages.success(request, gettext("Saved"))
    return asking.see_other(reverse("delivery:sending"))
