"""Settings: contacts in general."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from afluente.accounts.policies import assignable_by, assignees_named_to, may_configure
from afluente.contacts import selectors, services
from afluente.contacts.views.contact import actor_of

if TYPE_CHECKING:
    from afluente.accounts.requests import Request


@require_http_methods(["GET", "HEAD", "POST"])
def general(request: Request) -> HttpResponse:
    """Who gets contacts that arrive by themselves (SP-222, SP-223)."""
    if not may_configure(request.member):
        raise PermissionDenied
    if request.method == "POST":
        value = request.POST.get("default_assignee", "")
        to = None
        if value:
            number = int(value) if value.isascii() and value.isdigit() and len(value) < 19 else 0
            to = get_object_or_404(assignable_by(request.member), pk=number)
        services.set_default_assignee(to=to, by=actor_of(request))
        messages.success(request, gettext("Saved"))
        return HttpResponseRedirect(request.path, status=303)
    context = {
        "chosen": selectors.default_assignee_id(),
        "members": assignees_named_to(request.member),
    }
    return render(request, "contacts/settings.html", context)
