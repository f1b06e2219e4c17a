"""Who asks, in which workspace, in which language and zone."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation

from afluente.accounts import selectors
from afluente.accounts.models import User
from afluente.kernel.workspace import scope
from afluente.ui import formats

if TYPE_CHECKING:
    from django.http import HttpRequest

    from afluente.accounts.requests import Request

SESSION_KEY = "workspace_id"


class PersonMiddleware:
    """Speak the person's language; before sign-in, the browser's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = (
            request.user.language
            if isinstance(request.user, User)
            else translation.get_language_from_request(request)
        )
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class WorkspaceMiddleware:
    """Run each view of a signed-in person in one transaction inside their workspace.

    It is done in `process_view`, so that an error in the view passes through the scope and takes
    the transaction back. A view marked `workspace_free` (sign-out, choosing a workspace) runs without.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        if getattr(view, "workspace_free", False) or not isinstance(request.user, User):
            return None
        workspace_id = request.session.get(SESSION_KEY) or selectors.first_workspace_id(user=request.user)
        if workspace_id is None:
            return _no_workspace(request)
        with scope(workspace_id):
            member = selectors.membership(user=request.user)
            if member is not None:
                return _inside(cast("Request", request), member, view, args, kwargs)
        request.session.pop(SESSION_KEY, None)  # no longer a member there: start over
        return HttpResponseRedirect(request.get_full_path())


def _inside(
    request: Request, member: Any, view: Callable[..., HttpResponse], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> HttpResponse:
    request.member = member
    request.workspace = member.workspace
    if request.session.get(SESSION_KEY) != member.workspace_id:
        request.session[SESSION_KEY] = member.workspace_id
    zone = request.user.timezone or member.workspace.timezone
    with timezone.override(zoneinfo.ZoneInfo(zone)), formats.region(member.workspace.country):
        response = view(request, *args, **kwargs)
        # A lazy template would be drawn after the workspace is left.
        if hasattr(response, "render") and not getattr(response, "is_rendered", True):
            response = response.render()
        return response


def _no_workspace(request: HttpRequest) -> HttpResponse | None:
    address = reverse("accounts:no_workspace")
    return None if request.path == address else HttpResponseRedirect(address)
