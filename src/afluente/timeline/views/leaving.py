"""Unsubscribing by an address in a letter: nobody has to sign in.

The address is signed and says whose letters and which, so there is nothing a forged request could borrow:
the page is exempt from the CSRF check on purpose. Opening it changes nothing, because programs that look
through letters open every address in them; a mail program that unsubscribes sends a POST (RFC 8058).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from afluente.timeline import services
from afluente.timeline.selectors import notices

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def _public(view: Any) -> Any:
    """For everybody, without a session."""
    view = login_not_required(csrf_exempt(view))
    view.workspace_free = True
    return view


@_public
@require_http_methods(["GET", "HEAD", "POST"])
def leaving(request: HttpRequest, token: str) -> HttpResponse:
    """Ask, and on POST stop these letters; with `again` begin to send them."""
    said = services.read_leaving(token)
    language = services.language_of(said) if said else ""
    if said is None or not language:
        return _gone(request)
    is_wanted = "again" in request.POST
    if request.method == "POST" and not services.set_mailed(said, is_wanted=is_wanted):
        return _gone(request)
    with translation.override(language):
        context = {
            "kinds": [notices.notification_kind(kind).label for kind in said.kinds],
            "state": ("asked" if is_wanted else "stopped") if request.method == "POST" else "",
        }
        return render(request, "timeline/leaving.html", context)


def _gone(request: HttpRequest) -> HttpResponse:
    context = {
        "title": gettext("This address leads nowhere"),
        "text": gettext("It was changed on its way, or the person has left."),
    }
    return render(request, "accounts/closed.html", context, status=404)
