"""A person's own pages: profile and security."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from afluente.accounts import forms, selectors, services
from afluente.ui import preferences

if TYPE_CHECKING:
    from allauth.usersessions.models import UserSession

    from afluente.accounts.requests import Request

_OWN = ("name", "language", "timezone", "theme", "density", "has_shortcuts")


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: Request) -> HttpResponse:
    """Name, language, time zone, look and shortcuts of whoever is signed in."""
    form = forms.Profile(request.POST or None, initial={name: getattr(request.user, name) for name in _OWN})
    if request.method == "POST" and form.is_valid():
        services.update_profile(user=request.user, **form.cleaned_data)
        response = HttpResponseRedirect(reverse("accounts:profile"), status=303)
        for name in ("theme", "density", "language"):  # this device too, for pages before sign-in
            preferences.save(request, response, name=name, value=form.cleaned_data[name])
        with translation.override(request.user.language):
            messages.success(request, _("Saved"))
        return response
    return render(request, "accounts/profile.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
def security(request: Request) -> HttpResponse:
    """Password, e-mail, second factor and sessions, each with its page."""
    kinds = set(Authenticator.objects.filter(user=request.user).values_list("type", flat=True))
    context = {
        "has_second_factor": Authenticator.Type.TOTP in kinds,
        "sessions": selectors.sessions_of(user=request.user),
        "present_key": request.session.session_key,
    }
    return render(request, "accounts/security.html", context)


@require_POST
def end_session(request: Request, pk: int) -> HttpResponse:
    """Sign one other place out. Ending this one is signing out."""
    found = [session for session in _elsewhere(request) if session.pk == pk]
    if not found:
        raise Http404
    services.end_sessions(sessions=found)
    messages.success(request, _("Signed out there"))
    return HttpResponseRedirect(reverse("accounts:security"), status=303)


@require_POST
def end_other_sessions(request: Request) -> HttpResponse:
    """Sign out everywhere but here."""
    services.end_sessions(sessions=_elsewhere(request))
    messages.success(request, _("Signed out everywhere else"))
    return HttpResponseRedirect(reverse("accounts:security"), status=303)


def _elsewhere(request: Request) -> list[UserSession]:
    key = request.session.session_key
    return [session for session in selectors.sessions_of(user=request.user) if session.session_key != key]
