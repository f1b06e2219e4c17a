"""Settings: audiences at ad networks that rules add people to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from afluente.delivery import forms, policies, selectors, services
from afluente.delivery.models import Audience
from afluente.delivery.views import asking
from afluente.kernel import http

if TYPE_CHECKING:
    from django.http import HttpResponse

    from afluente.accounts.requests import Request


def _found(request: Request, pk: int) -> Audience:
    asking.require(request, policies.may_hook)
    return http.pick(policies.audiences_of(request.member), present=Audience.objects.all(), pk=pk)


@require_safe
def audiences(request: Request) -> HttpResponse:
    """Every audience."""
    asking.require(request, policies.may_hook)
    return render(request, "delivery/audiences.html", {"crowds": selectors.crowds()})


@require_safe
def audience(request: Request, pk: int) -> HttpResponse:
    """One audience: who is in it by number, and what the network says."""
    crowd = selectors.crowd(_found(request, pk))
    return render(request, "delivery/audience.html", {"crowd": crowd, "audience": crowd.audience})


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Name an audience that is there at a network."""
    asking.require(request, policies.may_hook)
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, pk: int) -> HttpResponse:
    """Where it is, and what opens it."""
    return _edit(request, _found(request, pk))


def _edit(request: Request, found: Audience | None) -> HttpResponse:
    form = forms.Audience(request.POST if request.method == "POST" else None, audience=found)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.save_audience(audience=found, by=request.member, **form.values())
        except services.BadValuesError as bad:
            for name, said in bad.problems.items():
                form.add_error(name, said)
        else:
            messages.success(request, gettext("Saved"))
            return asking.see_other(reverse("delivery:audience", args=[made.pk]))
    context = {"audience": found, "form": form}
    return render(request, "delivery/audience_edit.html", context, status=422 if form.errors else 200)


@require_POST
def switch(request: Request, pk: int) -> HttpResponse:
    """On or off (`is_on`)."""
    found = _found(request, pk)
    is_on = request.POST.get("is_on") == "1"
    services.switch_audience(audience=found, is_on=is_on, by=request.member)
    messages.success(request, gettext("The audience is on") if is_on else gettext("The audience is off"))
    return asking.see_other(reverse("delivery:audience", args=[pk]))


@require_POST
def removal(request: Request, pk: int) -> HttpResponse:
    """Forget an audience."""
    services.delete_audience(audience=_found(request, pk), by=request.member)
    messages.success(request, gettext("Deleted"))
    return asking.see_other(reverse("delivery:audiences"))
