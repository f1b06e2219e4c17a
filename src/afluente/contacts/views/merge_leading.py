"""Where a contact that became part of another one leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext

from afluente.contacts.models import Contact
from afluente.contacts.selectors import merging
from afluente.kernel import htmx

if TYPE_CHECKING:
    from afluente.accounts.requests import Request


def lead_on(request: Request, pk: int) -> HttpResponse | None:
    """To whom a merged contact is now, with a note; None when it is not merged or not theirs to see."""
    found = merging.merged_into(pk, request.member)
    if found is None:
        return None
    name = Contact.objects.values_list("first_name", "last_name").get(pk=pk)
    said = " ".join(name).strip() or f"#{pk}"
    messages.info(request, gettext("{name} was merged into this contact").format(name=said))
    url = reverse("contacts:contact", args=[found.pk])
    if htmx.wants_fragment(request):
        response = HttpResponse()
        response["HX-Redirect"] = url
        return response
    return HttpResponseRedirect(url)
