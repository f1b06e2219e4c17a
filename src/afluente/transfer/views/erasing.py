"""A person's own data, and erasing a person: for those who set up the workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from afluente.contacts import policies as contacts
from afluente.transfer import policies, services

if TYPE_CHECKING:
    from afluente.accounts.requests import Request


@require_POST
def data(request: Request, pk: int) -> HttpResponse:
    """All that is kept about the person, as a ZIP of JSON and CSV. That it was made is written down."""
    found = _contact(request, pk)
    answer = HttpResponse(
        services.answer_access(contact_id=found.pk, member=request.member), content_type="application/zip"
    )
    answer["Content-Disposition"] = f'attachment; filename="contact-{found.pk}.zip"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def erasure(request: Request, pk: int) -> HttpResponse:
    """What goes and what stays; POST erases, once the number of the contact was typed."""
    found = _contact(request, pk)
    typed, problem = request.POST.get("number", "").strip().lstrip("#"), ""
    if request.method == "POST":
        if typed == str(found.pk):
            services.ask_erasure(
                contact_id=found.pk, member=request.member, reason=request.POST.get("reason", "")
            )
            messages.success(request, gettext("The person is being erased. It takes a moment."))
            return HttpResponseRedirect(reverse("contacts:list"), status=303)
        problem = gettext("Type the number {n} to confirm.").format(n=found.pk)
    context = {"contact": found, "parts": services.preview(found.pk), "problem": problem}
    return render(request, "transfer/erasure.html", context, status=422 if problem else 200)


def _contact(request: Request, pk: int) -> Any:
    if not policies.may_erase(request.member):
        raise PermissionDenied
    return get_object_or_404(contacts.visible_to(request.member) | contacts.gone_for(request.member), pk=pk)
