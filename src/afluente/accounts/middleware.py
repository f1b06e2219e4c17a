"""Who asks, in which workspace, in which language and zone."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from afluente.accounts import policies, selectors
from afluente.accounts.models import User
from afluente.accounts.requests import SESSION_KEY, VIEWED_KEY
from afluente.accounts.views import adapters
from afluente.kernel import htmx
from afluente.kernel.workspace import scope, set_local
from afluente.ui import formats

if TYPE_CHECKING:
    from afluente.accounts.models import Membership
    from afluente.accounts.requests import Request

# Addresses of the accounts library, which a person needs before, and without, a workspace.
_PERSONAL = ("account_", "mfa_", "usersessions_")
View = Callable[..., HttpResponse]


class _Middleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)


class FirstRunMiddleware(_Middleware):
    """While nobody exists, every page that needs somebody leads to the first run.

    It stands before LoginRequiredMiddleware. Once people exist they always do, so each process asks
    only until then.
    """

    people_exist = False

    def process_view(self, request: HttpRequest, view: View, *_rest: Any) -> HttpResponse | None:
        if self.people_exist or not _is_page(request, view):
            return None
        self.people_exist = selectors.people_exist()
        return None if self.people_exist else HttpResponseRedirect(reverse("accounts:set_up"))


class PersonMiddleware(_Middleware):
    """Speak the person's language; before sign-in, the browser's."""

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


class WorkspaceMiddleware(_Middleware):
    """Run each view of a signed-in person in one transaction inside their workspace.

    It is done in `process_view`, so that an error in the view passes through the scope and takes
    the transaction back. A view marked `workspace_free` (sign-out, choosing a workspace) runs without.
    """

    def process_view(
        self, request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if getattr(view, "workspace_free", False) or not isinstance(request.user, User):
            return None
        workspace_id = request.session.get(SESSION_KEY) or _first(cast("Request", request))
        if workspace_id is None:
            return None if _needs_no_workspace(request, view) else _to("accounts:no_workspace")
        try:
            with scope(workspace_id):
                member = selectors.membership(user=request.user)
                if member is not None:
                    viewed = _viewed_by(request, member)
                    if viewed is None:
                        return _inside(cast("Request", request), member, view, args, kwargs)
                    return _looking(cast("Request", request), member, viewed, view, args, kwargs)
        except Exception as error:
            answer = adapters.answer_to(request, error)
            if answer is None:
                raise
            return answer
        request.session.pop(SESSION_KEY, None)  # no longer a member there: start over
        return HttpResponseRedirect(request.get_full_path())


def _first(request: Request) -> int | None:
    """The oldest workspace of the person. All of them are kept for the menu that leads into another."""
    request.places = selectors.workspaces_of(user=request.user)
    return request.places[0].pk if request.places else None


def workspace_free(view: View) -> View:
    """Mark a view that runs without a workspace."""
    view.workspace_free = True  # type: ignore[attr-defined]  # read by WorkspaceMiddleware
    return view


def while_looking(instead: View) -> Callable[[View], View]:
    """Mark a view that changes something on the way: who looks through somebody's eyes gets `instead`."""

    def mark(view: View) -> View:
        view.while_looking = instead  # type: ignore[attr-defined]  # read by WorkspaceMiddleware
        return view

    return mark


def _viewed_by(request: HttpRequest, member: Membership) -> Membership | None:
    """Through whose eyes `member` looks; None, and forgotten, when they no longer may."""
    pk = request.session.get(VIEWED_KEY)
    if pk is None:
        return None
    viewed = policies.viewable_as_by(member).select_related("workspace").filter(pk=pk).first()
    if viewed is None:
        del request.session[VIEWED_KEY]
    return viewed


def _looking(
    request: Request,
    viewer: Membership,
    viewed: Membership,
    view: View,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> HttpResponse:
    """Show what `viewed` sees. The database itself refuses to write meanwhile."""
    request.viewer = viewer
    if request.method not in {"GET", "HEAD", "OPTIONS"}:
        instead = getattr(view, "while_looking", None)
        if instead is None:
            return _inside(request, viewed, _refuse_change, (), {})
        view = instead
    set_local("transaction_read_only", "on")
    return _inside(request, viewed, view, args, kwargs)


def _refuse_change(request: Request) -> HttpResponse:
    said = gettext("You are only looking. Nothing was changed.")
    if htmx.wants_fragment(request):
        response = HttpResponse(status=403, headers={"HX-Reswap": "none"})
        return htmx.toast(response, said)
    return render(request, "accounts/only_looking.html", {"said": said}, status=403)


def _inside(
    request: Request, member: Any, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> HttpResponse:
    request.member = member
    request.workspace = member.workspace
    zone = request.user.timezone or member.workspace.timezone
    home = formats.region(member.workspace.country, member.workspace.timezone)
    with timezone.override(zoneinfo.ZoneInfo(zone)), home:
        response = view(request, *args, **kwargs)
        # A lazy template would be drawn after the workspace is left.
        if hasattr(response, "render") and not getattr(response, "is_rendered", True):
            response = response.render()
        return response


def _is_page(request: HttpRequest, view: View) -> bool:
    """Whether the address is one that people open: not a door for programs, a form or a file."""
    return getattr(view, "login_required", True) or _name(request).startswith(_PERSONAL)


def _needs_no_workspace(request: HttpRequest, view: View) -> bool:
    return not getattr(view, "login_required", True) or _name(request).startswith(_PERSONAL)


def _name(request: HttpRequest) -> str:
    return (request.resolver_match.url_name if request.resolver_match else None) or ""


def _to(name: str) -> HttpResponse:
    return HttpResponseRedirect(reverse(name))
