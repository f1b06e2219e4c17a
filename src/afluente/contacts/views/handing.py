"""Companies of somebody who leaves, given to others: at once when they are few, by jobs when they are many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from afluente.accounts import policies as accounts
from afluente.contacts.services import bulk, bulk_asking, bulk_companies
from afluente.contacts.views.contact import actor_of
from afluente.kernel import htmx
from afluente.ui import formats

if TYPE_CHECKING:
    from django.http import HttpResponse

    from afluente.accounts.requests import Request
    from afluente.contacts.models import BulkChange


@require_POST
def handover(request: Request) -> HttpResponse:
    """Give the companies of the member `of` to `to`: a colleague, nobody, or `spread:7`, the team in turn."""
    typed = request.POST.get("of", "")
    pk = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0
    of = get_object_or_404(accounts.members_visible_to(request.member), pk=pk)
    home = reverse("accounts:member", args=[of.pk])
    try:
        change = bulk_asking.read_assignee(request.POST.get("to", ""), request.member)
    except bulk_asking.BulkRefusedError as refused:
        messages.error(request, str(refused))
        return htmx.go(request, home)
    done = bulk.bulk_change(
        selection=bulk_companies.CompanySelection(query=str(of.pk)),
        change=change,
        member=request.member,
        by=actor_of(request),
        entity=bulk_companies.COMPANY,
    )
    if done.is_busy:
        return htmx.go(request, reverse("contacts:bulk_change", args=[done.pk]))
    undo = reverse("contacts:bulk_undo", args=[done.pk])
    messages.success(request, said(done), extra_tags=f"undo:{undo}" if done.changed else "")
    return htmx.go(request, home)


def said(done: BulkChange) -> str:
    """What became of a change of many companies, in a sentence or two."""
    is_back = done.state in {done.State.UNDOING, done.State.UNDONE}
    if is_back:
        parts = [
            ngettext("{n} company is as it was", "{n} companies are as they were", done.restored).format(
                n=formats.number(done.restored)
            )
        ]
        if done.kept:
            kept = ngettext("{n} was changed since and stays", "{n} were changed since and stay", done.kept)
            parts.append(kept.format(n=formats.number(done.kept)))
        return ". ".join(parts)
    parts = [
        ngettext("{n} company given", "{n} companies given", done.changed).format(
            n=formats.number(done.changed)
        )
    ]
    if done.refused:
        parts.append(
            ngettext("{n} you may not change", "{n} you may not change", done.refused).format(
                n=formats.number(done.refused)
            )
        )
    return ". ".join(parts)
