"""Letting rules go on with a deal that they moved too often."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from afluente.automation import services
from afluente.deals import policies
from afluente.deals.models import Deal
from afluente.kernel import http
from afluente.timeline.events import Actor

if TYPE_CHECKING:
    from django.http import HttpResponse

    from afluente.accounts.requests import Request


@require_POST
def resume(request: Request, pk: int) -> HttpResponse:
    """Rules go on with the deal from its next entry into a stage on (S-LOOP 4)."""
    deal = http.pick(policies.movable_by(request.member), present=Deal.objects.present(), pk=pk)
    by = Actor("member", request.member.pk, request.user.name)
    if services.unfreeze(deal_id=deal.pk, by=by):
        messages.success(request, gettext("Rules go on when the deal enters a stage."))
    return redirect(f"{reverse('deals:deal', args=[deal.pk])}?tab=automation")
