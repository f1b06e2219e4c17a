"""Putting a contact away, those that were, and bringing them back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from afluente.contacts import policies
from afluente.contacts.models import Contact
from afluente.contacts.selectors.deleted import deleted_page
from afluente.contacts.services import removing
from afluente.contacts.views.contact import actor_of
from afluente.kernel import htmx, http, slots

if TYPE_CHECKING:
    from afluente.accounts.requests import Request


@require_safe
def deleted(request: Request) -> HttpResponse:
    """The deleted contacts that this person may bring back."""
    if not policies.may_list(request.member):
        raise PermissionDenied
    after = request.GET.get("after", "")
    is_number = after.isascii() and after.isdigit() and len(after) < 19
    rows, more = deleted_page(member=request.member, after=int(after) if is_number else None)
    return render(request, "contacts/deleted.html", {"rows": rows, "more": more, "is_first": not after})


@require_http_methods(["GET", "POST"])
def deletion(request: Request, pk: int) -> HttpResponse:
    """What deleting means, and doing it."""
    found = http.pick(policies.deletable_by(request.member), present=Contact.objects.present(), pk=pk)
    title = found.name or f"#{pk}"
    if request.method == "POST":
        removing.delete_contacts(contact_ids=[pk], by=actor_of(request))
        undo = reverse("contacts:restoration", args=[pk])
        said = gettext("Deleted {name}").format(name=title)
        messages.success(request, said, extra_tags=f"undo:{undo}")
        return _to(request, reverse("contacts:list"))
    warnings = slots.parts("contacts.deletion", member=request.member)
    context = {"contact": found, "title": title, "warnings": warnings}
    return htmx.respond(request, "contacts/deletion.html", context, fragment="question")


@require_POST
def restoration(request: Request, pk: int) -> HttpResponse:
    """Bring a deleted contact back."""
    found = get_object_or_404(policies.restorable_by(request.member).filter(merged_into=None), pk=pk)
    removing.restore_contacts(contact_ids=[pk], by=actor_of(request))
    said = gettext("{name} is back").format(name=found.name or f"#{pk}")
    if request.headers.get("X-Requested-With") == "fetch":
        return htmx.toast(htmx.trigger(HttpResponse(status=204), "af:columns", {}), said)
    messages.success(request, said)
    return _to(request, reverse("contacts:contact", args=[pk]))


def _to(request: Request, url: str) -> HttpResponse:
    if not htmx.wants_fragment(request):
        return redirect(url)
    return HttpResponse(status=204, headers={"HX-Redirect": url})
