"""Numbers in other systems on the page of a contact: read, said, taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from afluente.contacts import policies
from afluente.contacts.models import Contact
from afluente.kernel import htmx, http
from afluente.timeline.events import Actor
from afluente.transfer import selectors
from afluente.transfer.services import externals as services

if TYPE_CHECKING:
    from django.http import HttpResponse

    from afluente.accounts.requests import Request


@require_POST
def externals(request: Request, pk: int) -> HttpResponse:
    """Say which number (`value`) the contact has in a system. Both may stand in the address: so asks Undo."""
    _editable(request, pk)
    sent = request.POST if "system" in request.POST else request.GET
    system, value = sent.get("system", ""), sent.get("value", "")
    try:
        services.name_external(contact_id=pk, system=system, value=value, by=_by(request))
    except services.ExternalTakenError:
        return _answer(
            request, pk, gettext("Another contact has this number in this system."), (system, value)
        )
    except ValueError:
        return _answer(request, pk, gettext("Name the system and the number."), (system, value))
    return _answer(request, pk)


@require_POST
def removal(request: Request, pk: int) -> HttpResponse:
    """Forget the number of a contact in the `system` named, with a way back."""
    _editable(request, pk)
    system, value = request.POST.get("system", ""), request.POST.get("value", "")
    gone = services.forget_external(contact_id=pk, system=system, by=_by(request))
    answer = _answer(request, pk)
    if not gone:
        return answer
    undo = f"{reverse('transfer:externals', args=[pk])}?{urlencode({'system': system, 'value': value})}"
    return htmx.toast(answer, gettext("Removed the number in {system}").format(system=system), undo_url=undo)


def _answer(request: Request, pk: int, problem: str = "", typed: tuple[str, str] = ("", "")) -> HttpResponse:
    if not (htmx.wants_fragment(request) or problem):
        return redirect("contacts:contact", pk)
    context = selectors.externals_context(member=request.member, contact_id=pk, problem=problem, typed=typed)
    template = "transfer/_externals.html" if htmx.wants_fragment(request) else "transfer/externals.html"
    return render(request, template, {"part": context}, status=422 if problem else 200)


def _editable(request: Request, pk: int) -> None:
    http.pick(policies.editable_by(request.member), present=Contact.objects.present(), pk=pk)


def _by(request: Request) -> Actor:
    return Actor("member", request.member.pk, request.user.name)
