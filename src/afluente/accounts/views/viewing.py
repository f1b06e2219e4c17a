"""Looking at the product through a colleague's eyes, without touching anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from afluente.accounts import policies, services
from afluente.accounts.middleware import workspace_free
from afluente.accounts.requests import VIEWED_KEY
from afluente.accounts.views.gates import only

if TYPE_CHECKING:
    from django.http import HttpRequest

    from afluente.accounts.requests import Request


@only(policies.may_manage_people)
@require_POST
def view_as(request: Request, pk: int) -> HttpResponse:
    """Begin: from now on pages show what this member sees. It is written down."""
    found = get_object_or_404(policies.viewable_as_by(request.member), pk=pk)
    services.record_audit(kind="view.started", by=request.member, subject=found.user.name)
    request.session[VIEWED_KEY] = found.pk
    return HttpResponseRedirect("/", status=303)


@workspace_free
@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """Be oneself again."""
    pk = request.session.pop(VIEWED_KEY, None)
    place = reverse("accounts:member", args=[pk]) if pk else "/"
    return HttpResponseRedirect(place, status=303)
