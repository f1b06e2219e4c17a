"""Who may open a settings page. Others get 404: they are not told what is there."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.http import Http404

if TYPE_CHECKING:
    from django.http import HttpResponse

    from afluente.accounts.models import Membership
    from afluente.accounts.requests import Request

View = Callable[..., "HttpResponse"]


def only(allowed: Callable[[Membership], bool]) -> Callable[[View], View]:
    """A view only for members of whom the policy `allowed` says yes."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
            if not allowed(request.member):
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return decorate
