"""Settings, Teams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from afluente.accounts import forms, policies, selectors, services
from afluente.accounts.views.gates import only

if TYPE_CHECKING:
    from afluente.accounts.requests import Request


@only(policies.may_manage_people)
@require_http_methods(["GET", "HEAD", "POST"])
def teams(request: Request) -> HttpResponse:
    """The teams, and a line for a new one."""
    form = forms.TeamName(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.create_team(name=form.cleaned_data["name"])
        except services.TeamNameTakenError:
            form.add_error("name", _("There is a team of this name already. Pick another one."))
        else:
            return _to_teams()
    context = {"teams": selectors.sized_teams(member=request.member), "form": form}
    return render(request, "accounts/teams.html", context, status=422 if form.errors else 200)


@only(policies.may_manage_people)
@require_http_methods(["GET", "HEAD", "POST"])
def team(request: Request, pk: int) -> HttpResponse:
    """Rename a team, see who is on it, delete it."""
    found = get_object_or_404(policies.teams_managed_by(request.member), pk=pk)
    form = forms.TeamName(request.POST or None, initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        try:
            services.rename_team(team=found, name=form.cleaned_data["name"])
        except services.TeamNameTakenError:
            form.add_error("name", _("There is a team of this name already. Pick another one."))
        else:
            messages.success(request, _("Saved"))
            return _to_teams()
    members = policies.members_visible_to(request.member).filter(team=found).order_by("user__name")
    context = {"team": found, "form": form, "members": members}
    return render(request, "accounts/team.html", context, status=422 if form.errors else 200)


@only(policies.may_manage_people)
@require_POST
def delete(request: Request, pk: int) -> HttpResponse:
    """Remove a team; its people stay."""
    found = get_object_or_404(policies.teams_managed_by(request.member), pk=pk)
    services.delete_team(team=found)
    messages.success(request, _("The team %(name)s is deleted") % {"name": found.name})
    return _to_teams()


def _to_teams() -> HttpResponse:
    return HttpResponseRedirect(reverse("accounts:teams"), status=303)
