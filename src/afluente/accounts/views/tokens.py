"""Settings, API tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from afluente.accounts import forms, policies, selectors, services
from afluente.accounts.views.gates import only

if TYPE_CHECKING:
    from afluente.accounts.requests import Request


@only(policies.may_integrate)
@require_safe
def tokens(request: Request) -> HttpResponse:
    """The keys that work, and those that do not any more."""
    return render(request, "accounts/tokens.html", {"tokens": selectors.listed_tokens(member=request.member)})


@only(policies.may_integrate)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: Request) -> HttpResponse:
    """Make a key. The answer shows its text this once."""
    form = forms.Token(request.POST or None, initial={"scopes": ["leads:write", "leads:read"], "days": 0})
    if request.method == "POST" and form.is_valid():
        days = form.cleaned_data["days"]
        token, text = services.create_token(
            name=form.cleaned_data["name"],
            scopes=form.cleaned_data["scopes"],
            by=request.member,
            expires_in=timedelta(days=days) if days else None,
        )
        return render(request, "accounts/token_made.html", {"token": token, "text": text}, status=201)
    return render(request, "accounts/create_token.html", {"form": form}, status=422 if form.errors else 200)


@only(policies.may_integrate)
@require_POST
def revoke(request: Request, pk: int) -> HttpResponse:
    """Make a key useless."""
    token = get_object_or_404(policies.tokens_managed_by(request.member), pk=pk)
    services.revoke_token(token=token, by=request.member)
    messages.success(request, _("The token %(name)s no longer works") % {"name": token.name})
    return HttpResponseRedirect(reverse("accounts:tokens"), status=303)
