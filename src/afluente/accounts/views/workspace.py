"""The workspace's own page, and moving between workspaces."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from afluente.accounts import forms, policies, selectors, services
from afluente.accounts.middleware import workspace_free
from afluente.accounts.requests import SESSION_KEY
from afluente.accounts.views.gates import only

if TYPE_CHECKING:
    from django.http import HttpRequest

    from afluente.accounts.models import User
    from afluente.accounts.requests import Request


@require_safe
def first_page(request: Request) -> HttpResponse:
    """`/settings/` leads to the first page this member may open."""
    name = "accounts:workspace" if policies.may_administer(request.member) else "accounts:profile"
    return HttpResponseRedirect(reverse(name))


@only(policies.may_administer)
@require_http_methods(["GET", "HEAD", "POST"])
def general(request: Request) -> HttpResponse:
    """Name, country, currency, language and time zone of the workspace."""
    workspace = request.workspace
    initial = {
        name: getattr(workspace, name) for name in ("name", "country", "currency", "language", "timezone")
    }
    form = forms.Workspace(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.update_workspace(workspace=workspace, **form.cleaned_data)
        messages.success(request, _("Saved"))
        return HttpResponseRedirect(reverse("accounts:workspace"), status=303)
    return render(request, "accounts/workspace.html", {"form": form}, status=422 if form.errors else 200)


@workspace_free
@require_POST
def enter(request: HttpRequest, pk: int) -> HttpResponse:
    """Go to another of one's workspaces."""
    own = selectors.workspaces_of(user=cast("User", request.user))
    if pk not in {workspace.pk for workspace in own}:
        raise Http404
    request.session[SESSION_KEY] = pk
    return HttpResponseRedirect("/", status=303)
