"""Companies of somebody who leaves, given to a colleague."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from afluente.accounts import policies as accounts
from afluente.contacts import policies, services
from afluente.contacts.views.contact import actor_of
from afluente.kernel import htmx

if TYPE_CHECKING:
    from django.http import HttpResponse

    from afluente.accounts.requests import Request

MOST = 500  # that one way back can name


@require_POST
def handover(request: Request) -> HttpResponse:
    """Give the companies of the member `of` to the member `to`; a way back says so in its address, with `ids`."""
    is_back = "ids" in request.GET
    said = request.GET if is_back else request.POST
    seen = accounts.members_visible_to(request.member)
    of = get_object_or_404(seen, pk=_number(said.get("of")))
    to = get_object_or_404(
        seen if is_back else accounts.assignable_by(request.member), pk=_number(said.get("to"))
    )
    mine = policies.companies_editable_by(request.member).filter(assignee_id=of.pk)
    if is_back:
        mine = mine.filter(pk__in=[_number(one) for one in said["ids"].split(",")[:MOST]])
    given = services.hand_over_companies(
        of=of, to=to, by=actor_of(request), ids=list(mine.values_list("pk", flat=True))
    )
    asked = urlencode({"of": to.pk, "to": of.pk, "ids": ",".join(map(str, given))})
    back = f"undo:{reverse('contacts:company_handover')}?{asked}" if 0 < len(given) <= MOST else ""
    sentence = ngettext("{n} company given", "{n} companies given", len(given)).format(n=len(given))
    messages.success(request, sentence, extra_tags="" if is_back else back)
    return htmx.go(request, reverse("accounts:member", args=[(to if is_back else of).pk]))


def _number(typed: str | None) -> int:
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 19 else 0
