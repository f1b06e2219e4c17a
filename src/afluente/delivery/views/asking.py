"""What every view of delivery reads from a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect

from afluente.timeline.events import Actor

if TYPE_CHECKING:
    from collections.abc import Callable

    from afluente.accounts.models import Membership
    from afluente.accounts.requests import Request


def by(request: Request) -> Actor:
    """The signed-in member as the log names them."""
    return Actor("member", request.member.pk, request.user.name)


def require(request: Request, may: Callable[[Membership], bool]) -> None:
    """403 for people who may not."""
    if not may(request.member):
        raise PermissionDenied


def see_other(url: str) -> HttpResponse:
    """The answer to a form that was sent without script: go on with a GET."""
    return HttpResponseRedirect(url, status=303)
