"""Settings: addresses that nothing is sent to, entered one by one or as a list."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from afluente.delivery import forms, policies, selectors, services
from afluente.delivery.models import Channel, Suppression
from afluente.delivery.views import asking
from afluente.ui import formats

if TYPE_CHECKING:
    from django.http import HttpResponse

    from afluente.accounts.requests import Request


@require_http_methods(["GET", "HEAD", "POST"])
def suppressions(request: Request) -> HttpResponse:
    """The addresses that are passed over, the newest first; a POST adds some."""
    asking.require(request, policies.may_configure)
    channel = Channel.SMS if request.GET.get("channel") == Channel.SMS else Channel.EMAIL
    page_url = reverse("delivery:suppressions") + ("?channel=sms" if channel == Channel.SMS else "")
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = forms.Addresses(*given, channel=channel)
    if request.method == "POST" and form.is_valid():
        said = services.pass_over(
            channel=channel, addresses=form.found, detail=form.cleaned_data["detail"], by=request.member
        )
        messages.success(request, _told(said))
        return asking.see_other(page_url)
    sought, before = request.GET.get("address", "").strip()[:254], request.GET.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    digest = services.digest_kept(forms.spelled(sought, channel)) if sought else ""
    page = selectors.suppression_page(channel=channel, digest=digest, before=number)
    more = "?" + urlencode({"channel": channel, "before": page.next_before}) if page.next_before else ""
    context = {"form": form, "page": page, "sought": sought, "more_url": more, "channel": channel}
    return render(request, "delivery/suppressions.html", context, status=422 if form.errors else 200)


def _told(said: services.PassedOver) -> str:
    new = ngettext("{n} address added.", "{n} addresses added.", said.new).format(n=formats.number(said.new))
    if not said.known:
        return new
    known = ngettext("{n} was there already.", "{n} were there already.", said.known).format(
        n=formats.number(said.known)
    )
    return f"{new} {known}"


@require_POST
def removal(request: Request, pk: int) -> HttpResponse:
    """Write to an address again."""
    asking.require(request, policies.may_configure)
    try:
        address, channel = services.let_through(pk, by=request.member)
    except Suppression.DoesNotExist:
        raise Http404 from None
    except services.OwnWordError:
        messages.error(request, gettext("Who unsubscribed comes back by the link in one of your e-mails."))
    else:
        said = gettext("Messages go to {address} again.").format(address=address or gettext("this address"))
        messages.success(request, said)
        if channel == Channel.SMS:
            return asking.see_other(reverse("delivery:suppressions") + "?channel=sms")
    return asking.see_other(reverse("delivery:suppressions"))
