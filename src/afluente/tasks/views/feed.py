"""The calendar that other programs read, and the page where one asks for its address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from afluente.kernel.workspace import scope
from afluente.tasks import policies, services
from afluente.tasks.views import asking

if TYPE_CHECKING:
    from django.http import HttpRequest

    from afluente.accounts.requests import Request


@login_not_required
@require_safe
def calendar(_request: HttpRequest, space: int, secret: str) -> HttpResponse:
    """The calendar behind a secret address; the address is the permission (`read only`)."""
    with scope(space):
        member = services.feed_member(secret)
        if member is None or not policies.may_list(member):
            raise Http404
        written = services.calendar_of(member)
    response = HttpResponse(written, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="afluente.ics"'
    response["X-Robots-Tag"] = "noindex"
    return response


calendar.workspace_free = True  # type: ignore[attr-defined]  # read by the middleware: nobody is signed in


@require_http_methods(["GET", "HEAD", "POST"])
def address(request: Request) -> HttpResponse:
    """One's own calendar address. POST makes it, or a new one (`make`), or ends it (`end`)."""
    if not policies.may_list(request.member):
        raise PermissionDenied
    if request.method == "POST":
        if "end" in request.POST:
            services.end_feed(member=request.member)
            messages.success(request, gettext("The calendar address leads nowhere now."))
        else:
            services.make_feed(member=request.member)
            messages.success(request, gettext("Your calendar has an address."))
        return asking.see_other(reverse("tasks:calendar_address"))
    secret = services.feed_secret(member=request.member)
    path = reverse("tasks:feed", args=[request.workspace.pk, secret]) if secret else ""
    url = f"{settings.ENVIRONMENT.base_url.rstrip('/')}{path}" if path else ""
    return render(request, "tasks/calendar_address.html", {"address": url})
