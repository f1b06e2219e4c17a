"""Settings, background jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from afluente.accounts import policies
from afluente.config import selectors
from afluente.kernel import jobs as kernel_jobs

if TYPE_CHECKING:
    from afluente.accounts.requests import Request


@require_safe
def jobs(request: Request) -> HttpResponse:
    """What the worker still has to do here, and what it gave up."""
    _only_administrators(request)
    page = selectors.jobs_page(workspace_id=request.workspace.pk)
    return render(request, "config/jobs.html", {"page": page})


@require_POST
def replay(request: Request) -> HttpResponse:
    """Let the chosen failed jobs try again from the start; those of this workspace only."""
    _only_administrators(request)
    ids = [int(text) for text in request.POST.getlist("job") if text.isdecimal() and len(text) <= 18]
    count = kernel_jobs.replay_dead(ids, workspace_id=request.workspace.pk)
    if count:
        told = ngettext("%(count)d job tries again", "%(count)d jobs try again", count)
        messages.success(request, told % {"count": count})
    else:
        messages.info(request, _("Nothing left to try again"))
    return HttpResponseRedirect(reverse("config:jobs"), status=303)


def _only_administrators(request: Request) -> None:
    """Others do not learn that the page exists."""
    if not policies.may_administer(request.member):
        raise Http404
