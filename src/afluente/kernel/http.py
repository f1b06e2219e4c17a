"""What every answer carries, whoever gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

_Row = TypeVar("_Row", bound=models.Model)

# We show other people's messages, so nothing inline runs (S-5). Pages that others may embed set
# `response.frame_ancestors` themselves.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors {ancestors}"
)


class SecurityHeaders:
    """Content security policy, permissions and caching on every answer (S-17)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        ancestors = getattr(response, "frame_ancestors", "'none'")
        response.headers.setdefault(
            "Content-Security-Policy", CONTENT_SECURITY_POLICY.format(ancestors=ancestors)
        )
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if not request.path_info.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def pick(allowed: QuerySet[_Row], *, present: QuerySet[_Row], pk: int) -> _Row:
    """The row `pk` of those a policy allows.

    Raises PermissionDenied when it is among `present`, this workspace's own rows, and out of reach: the
    page then says so and names nothing of it (crm.md 5.26). Raises Http404 when it is not there, which
    is also all that another workspace's number is ever told.
    """
    found = allowed.filter(pk=pk).first()
    if found is not None:
        return found
    if present.filter(pk=pk).exists():
        raise PermissionDenied
    raise Http404
