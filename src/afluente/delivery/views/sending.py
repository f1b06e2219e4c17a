"""Settings: how a workspace sends e-mail and short messages, and whether it works."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from afluente.accounts.models import Workspace
from afluente.delivery import forms, policies, services
from afluente.delivery.models import Channel, Mailbox, Message, Sender
from afluente.delivery.views import asking
from afluente.kernel import phone
from afluente.kernel.workspace import current_workspace_id

if TYPE_CHECKING:
    from django.http import HttpResponse

    from afluente.accounts.requests import Request

FORMS: dict[str, Any] = {Channel.EMAIL: forms.EmailSender, Channel.SMS: forms.SmsSender}
PAGES = {Channel.EMAIL: "delivery:sending", Channel.SMS: "delivery:sending_sms"}
TEMPLATES = {Channel.EMAIL: "delivery/sending.html", Channel.SMS: "delivery/sending_sms.html"}


@require_http_methods(["GET", "HEAD", "POST"])
def sending(request: Request) -> HttpResponse:
    """The mail server, who letters come from, and the latest test."""
    return _sending(request, Channel.EMAIL)


@require_http_methods(["GET", "HEAD", "POST"])
def sms(request: Request) -> HttpResponse:
    """Who carries short messages, and the latest test."""
    return _sending(request, Channel.SMS)


def _sending(request: Request, channel: Channel) -> HttpResponse:
    asking.require(request, policies.may_configure)
    kept = Sender.objects.filter(channel=channel).first()
    form = FORMS[channel](request.POST if request.method == "POST" else None, sender=kept)
    if request.method == "POST" and form.is_valid():
        services.save_sender(channel=channel, by=request.member, **form.values())
        messages.success(request, gettext("Saved"))
        return asking.see_other(reverse(PAGES[channel]))
    tests = Message.objects.filter(channel=channel, key__startswith=f"test:{request.member.pk}:")
    test = tests.order_by("-pk").first() if "test" in request.GET else None
    context = {"form": form, "sender": kept, "test": test, "mailbox": Mailbox.objects.first()}
    return render(request, TEMPLATES[channel], context, status=422 if form.errors else 200)


@require_POST
def test(request: Request) -> HttpResponse:
    """Send a message to oneself; the page then says what became of it."""
    asking.require(request, policies.may_configure)
    services.send_test(channel=Channel.EMAIL, address=request.user.email, is_to=request.member)
    return asking.see_other(reverse("delivery:sending") + "?test#test")


@require_POST
def sms_test(request: Request) -> HttpResponse:
    """Send a short message to a number (`to`); the page then says what became of it."""
    asking.require(request, policies.may_configure)
    country = Workspace.objects.get(pk=current_workspace_id()).country
    number = phone.parse(request.POST.get("to", "")[:40], country)
    if number is None:
        messages.error(request, gettext("That is no phone number. Write it as +55 11 98412-3307."))
        return asking.see_other(reverse("delivery:sending_sms"))
    services.send_test(channel=Channel.SMS, address=number, is_to=request.member)
    return asking.see_other(reverse("delivery:sending_sms") + "?test#test")


@require_POST
def removal(request: Request) -> HttpResponse:
    """Send no e-mail any more."""
    return _removal(request, Channel.EMAIL)


@require_POST
def sms_removal(request: Request) -> HttpResponse:
    """Send no short messages any more."""
    return _removal(request, Channel.SMS)


def _removal(request: Request, channel: Channel) -> HttpResponse:
    asking.require(request, policies.may_configure)
    services.forget_sender(channel=channel, by=request.member)
    messages.success(request, gettext("Saved"))
    return asking.see_other(reverse(PAGES[channel]))
