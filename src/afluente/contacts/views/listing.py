"""The list of contacts, and adding one by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from afluente.contacts import forms, policies, selectors, services
from afluente.contacts.models import Contact
from afluente.contacts.selectors.listing import problems
from afluente.contacts.selectors.saved import canonical, list_tabs
from afluente.contacts.selectors.wording import chips
from afluente.kernel import email, htmx
from afluente.timeline.events import Actor

if TYPE_CHECKING:
    from afluente.accounts.requests import Request


@require_safe
def contacts(request: Request) -> HttpResponse:
    """The list; only its rows when a filter or the end of the page asks."""
    if not policies.may_list(request.member):
        raise PermissionDenied
    wanted = selectors.Filter.read(request.GET)
    page = selectors.contact_page(member=request.member, wanted=wanted)
    more = wanted.address(after=page.next_after) if page.next_after else ""
    query = canonical(wanted.address())
    context: dict[str, Any] = {
        "page": page,
        "wanted": wanted,
        "more_url": reverse("contacts:list") + more if more else "",
        "query": query,
        "problems": problems(member=request.member, wanted=wanted) if wanted.is_narrow else [],
        "may_create": policies.may_create(request.member),
        "is_part": htmx.wants_fragment(request),
    }
    if not htmx.wants_fragment(request):
        context["chips"] = chips(member=request.member, wanted=wanted)
        context["tabs"] = list_tabs(member=request.member, query=query)
    fragment = "rows" if wanted.after else "people"
    return htmx.respond(request, "contacts/list.html", context, fragment=fragment)


@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """The form for a new contact. An e-mail that somebody has already is said once, then accepted (Q2)."""
    if not policies.may_create(request.member):
        raise PermissionDenied
    data = request.POST if request.method == "POST" else None
    form, details = forms.NewPerson(data), forms.NewDetails(data)
    same = None
    if request.method == "POST" and all([form.is_valid(), details.is_valid()]):
        same = _same_email(form.cleaned_data["email"])
        if same is None or request.POST.get("even_so") == form.cleaned_data["email"]:
            return _create(request, form, details)
    is_seen = same is not None and policies.visible_to(request.member).filter(pk=same.pk).exists()
    context = {
        "form": form,
        "details": details,
        "same": same if is_seen else None,
        "is_hidden_same": same is not None and not is_seen,
    }
    status = 422 if form.errors or details.errors or same else 200
    return htmx.respond(request, "contacts/new.html", context, fragment="form", status=status)


def _create(request: Request, form: forms.NewPerson, details: forms.NewDetails) -> HttpResponse:
    person = form.person(country=request.workspace.country, assignee_id=request.member.pk)
    actor = Actor("member", request.member.pk, request.user.name)
    contact_id = services.create_contacts(contacts=[person], by=actor)[0]
    services.note_details(contact_id=contact_id, **details.known(), by=actor)
    services.note_same_emails(contact_id=contact_id)
    address = reverse("contacts:contact", args=[contact_id])
    if not htmx.wants_fragment(request):
        return redirect(address)
    response = HttpResponse()
    response["HX-Redirect"] = address
    return response


def _same_email(typed: str) -> Contact | None:
    """Somebody who has this e-mail, whoever may see them: the address is taken all the same."""
    key = email.match_key(typed) if typed else None
    if key is None:
        return None
    return Contact.objects.present().filter(emails__key=key).order_by("pk").first()
