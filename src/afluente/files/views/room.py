"""Settings: how much the workspace may keep, and how much it keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from afluente.files import forms, policies, selectors, services

if TYPE_CHECKING:
    from afluente.accounts.requests import Request


@require_http_methods(["GET", "HEAD", "POST"])
def room(request: Request) -> HttpResponse:
    """The quota of the workspace, for those who may change it."""
    if not policies.may_give_room(request.member):
        raise Http404
    form = forms.Quota(request.POST or None, initial={"megabytes": selectors.own_quota()})
    if request.method == "POST" and form.is_valid():
        services.change_quota(megabytes=form.cleaned_data["megabytes"])
        messages.info(request, gettext("Saved"))
        return redirect("files:room")
    context = {
        "form": form,
        "room": selectors.room(),
        "usual": settings.QUOTA,
        "limit": settings.FILE_LIMIT,
    }
    return render(request, "files/room.html", context, status=422 if form.errors else 200)
