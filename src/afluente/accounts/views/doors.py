"""Pages for people who are not in yet: the first run, an invitation, nowhere to go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from afluente.accounts import forms, selectors, services
from afluente.accounts.middleware import workspace_free
from afluente.accounts.models import Membership, User
from afluente.accounts.requests import SESSION_KEY
from afluente.kernel import ids
from afluente.kernel.workspace import scope

if TYPE_CHECKING:
    from afluente.accounts.models import Invitation

_COUNTRY = {"pt-br": "BR", "pl": "PL"}  # by the browser's language


@workspace_free
@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """The first page of an installation. Once somebody exists it leads to sign-in."""
    if selectors.people_exist():
        return redirect("account_login")
    language = forms.browser_language(get_language())
    initial = {"language": language, "country": _COUNTRY.get(language, "BR")}
    form = forms.FirstRun(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            member = _set_up(form.cleaned_data)
        except services.AlreadySetUpError:
            return redirect("account_login")
        return _sign_in(request, member)
    return render(request, "accounts/set_up.html", {"form": form}, status=422 if form.errors else 200)


def _set_up(data: dict[str, Any]) -> Membership:
    return services.set_up(
        name=data["name"],
        email=data["email"],
        password=data["password"],
        workspace_name=data["workspace_name"],
        country=data["country"],
        language=data["language"],
        with_example=data["start"] == forms.FirstRun.Start.EXAMPLE,
    )


@workspace_free
@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, text: str) -> HttpResponse:
    """Accept an invitation: as a new person, or as the one who is signed in."""
    workspace_id = ids.workspace_of(text)
    if workspace_id is None:
        return _closed(request)
    try:
        with scope(workspace_id):
            found = selectors.open_invitation(text)
            if found is None:
                return _closed(request)
            answer = _accept(request, found, text)
    except (services.InvitationClosedError, services.OtherPersonError):
        return _closed(request)
    return _sign_in(request, answer) if isinstance(answer, Membership) else answer


def _accept(request: HttpRequest, found: Invitation, text: str) -> HttpResponse | Membership:
    context: dict[str, Any] = {"invitation": found, "path": request.get_full_path()}
    if isinstance(request.user, User):
        return _accept_signed_in(request, found, text, context)
    if selectors.person(email=found.email) is not None:
        return render(request, "accounts/invitation_sign_in.html", context)
    form = forms.Invited(
        request.POST or None,
        email=found.email,
        initial={"language": forms.browser_language(get_language())},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        return services.accept_as_new(
            text=text, name=data["name"], password=data["password"], language=data["language"]
        )
    status = 422 if form.errors else 200
    return render(request, "accounts/invitation.html", context | {"form": form}, status=status)


def _accept_signed_in(
    request: HttpRequest, found: Invitation, text: str, context: dict[str, Any]
) -> HttpResponse:
    user = cast("User", request.user)
    if found.email.lower() != user.email.lower():
        return render(request, "accounts/invitation_other.html", context, status=403)
    if request.method != "POST":
        return render(request, "accounts/invitation_join.html", context)
    member = services.accept_as_existing(text=text, user=user)
    request.session[SESSION_KEY] = member.workspace_id
    return HttpResponseRedirect("/", status=303)


def _closed(request: HttpRequest) -> HttpResponse:
    context = {
        "title": _("This invitation is closed"),
        "text": _("It was used, taken back, or a week went by. Ask whoever invited you for a new one."),
    }
    return render(request, "accounts/closed.html", context, status=404)


def _sign_in(request: HttpRequest, member: Membership) -> HttpResponse:
    """Through the library, so that the session is known and second factors are asked for."""
    response: HttpResponse = perform_login(request, Login(user=member.user, email=member.user.email))
    request.session[SESSION_KEY] = member.workspace_id
    response.status_code = 303
    return response


@workspace_free
@require_safe
def no_workspace(request: HttpRequest) -> HttpResponse:
    """For somebody who is signed in and a member nowhere."""
    if selectors.first_workspace_id(user=cast("User", request.user)) is not None:
        return redirect("/")
    return render(request, "accounts/no_workspace.html")
