"""Unsubscribing by the address in a message: nobody has to sign in (RFC 8058).

The address is signed and says whose messages are meant, so there is nothing a forged request could borrow:
the page is exempt from the CSRF check on purpose. Opening it changes nothing, because programs that look
through messages open every address in them.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from afluente.accounts.models import Workspace
from afluente.delivery import services
from afluente.kernel import text
from afluente.kernel.workspace import scope

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from afluente.delivery.services.consenting import Leaving


def public(view: Any) -> Any:
    """For everybody, without a session."""
    view = login_not_required(csrf_exempt(view))
    view.workspace_free = True
    return view


@public
@require_http_methods(["GET", "HEAD", "POST"])
def leaving(request: HttpRequest, token: str) -> HttpResponse:
    """Ask, and on POST stop messages that advertise; with `again` take that back."""
    said = services.read_leaving(token)
    if said is None:
        return gone(request)
    with scope(said.workspace_id):
        workspace = Workspace.objects.filter(pk=said.workspace_id).first()
        if workspace is None:
            return gone(request)
        if request.method == "POST":
            _heard(request, said)
        context = {
            "workspace": workspace,
            "has_left": services.has_left(said),
            "channel": said.channel,
            "is_in_audiences": services.is_in_audiences(said),
        }
    with translation.override(workspace.language):
        return render(request, "delivery/leaving.html", context)


def _heard(request: HttpRequest, said: Leaving) -> None:
    """What they said: nothing more, with `ads` out of the audiences of ad networks as well, with `only_ads` that
    alone; with `again` messages once more.
    """
    proof = _proof(request)
    if "again" in request.POST:
        services.come_back(said, proof=proof)
    elif "only_ads" not in request.POST:
        services.leave(said, proof=proof)
    if "ads" in request.POST or "only_ads" in request.POST:
        services.leave_audiences(said, proof=proof)


def _proof(request: HttpRequest) -> services.Proof:
    """From where it was said, for the ledger."""
    try:
        ip = str(ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        ip = None
    return services.Proof(ip=ip, agent=text.clean(request.headers.get("User-Agent", ""), limit=300))


def gone(request: HttpRequest) -> HttpResponse:
    """The page for an address that means nothing."""
    context = {
        "title": gettext("This address leads nowhere"),
        "text": gettext("It was changed on its way, or the workspace is gone."),
    }
    return render(request, "accounts/closed.html", context, status=404)
