"""A contact's consent: a colleague writes down what somebody said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from afluente.contacts.models import Contact
from afluente.delivery import forms, policies, selectors, services
from afluente.delivery.models import Consent, Purpose
from afluente.delivery.views import asking
from afluente.kernel import http

if TYPE_CHECKING:
    from django.http import HttpResponse

    from afluente.accounts.requests import Request


@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: Request, pk: int, channel: str) -> HttpResponse:
    """Ask what a contact said about a purpose; a POST adds it to the ledger."""
    contact = http.pick(policies.consent_said_by(request.member), present=Contact.objects.all(), pk=pk)
    if channel not in Purpose.values:
        raise Http404
    form = forms.ConsentSaid(request.POST if request.method == "POST" else None, initial={"is_given": "no"})
    back = reverse("contacts:contact", args=[pk]) + "?tab=consent"
    if request.method == "POST" and form.is_valid():
        try:
            services.say_consent(
                contact_id=pk,
                channel=channel,
                is_given=form.cleaned_data["is_given"],
                source=Consent.Source.HAND,
                by=asking.by(request),
                proof=services.Proof(reason=form.cleaned_data["reason"]),
            )
        except services.LeftThemselvesError:
            form.add_error(
                "is_given", gettext("They unsubscribed: only they come back, by a link in a message.")
            )
        else:
            messages.success(request, gettext("Saved"))
            return asking.see_other(back)
    (standing,) = [one for one in selectors.standings(pk) if one.channel == channel]
    context = {"contact": contact, "standing": standing, "form": form, "back_url": back}
    return render(request, "delivery/consent.html", context, status=422 if form.errors else 200)
