"""Who is in which company, from either side."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from afluente.contacts import policies, selectors, services
from afluente.contacts.views.companies import about, editable
from afluente.contacts.views.contact import actor_of
from afluente.contacts.views.contact import editable as editable_contact
from afluente.kernel import htmx, text

if TYPE_CHECKING:
    from afluente.accounts.requests import Request
    from afluente.contacts.models import Company, Contact


@require_http_methods(["GET", "HEAD", "POST"])
def companies(request: Request, pk: int) -> HttpResponse:
    """The companies of a contact. GET offers some for what is typed (`q`); POST puts the contact into one:
    `company`, or `name`, made when it is new. Undo names them in the address.
    """
    found = editable_contact(request, pk)
    if request.method != "POST":
        is_open = "closed" not in request.GET
        return _draw(request, found, is_open=is_open, typed=request.GET.get("q", ""))
    is_undo = "undo" in request.GET
    sent = request.GET if is_undo else request.POST
    typed = sent.get("name", "")
    try:
        if chosen := sent.get("company", ""):
            company = _company(request, chosen)
        elif policies.may_create_companies(request.member):
            company = services.ensure_company(name=typed, by=actor_of(request))
        else:
            said = gettext("Choose one of the companies there are.")
            return _draw(request, found, is_open=True, typed=typed, error=said)
    except services.CompanyRefusedError as refused:
        return _draw(request, found, is_open=True, typed=typed, error=str(refused))
    services.link_contacts(
        company_id=company.pk, contact_ids=[pk], by=actor_of(request), position=sent.get("position", "")
    )
    if is_undo:
        return htmx.trigger(HttpResponse(status=204), "af:history", {})
    return _answer(request, found)


@require_POST
def company_deletion(request: Request, pk: int, company: int) -> HttpResponse:
    """Take a contact out of a company."""
    found = editable_contact(request, pk)
    present = _company(request, str(company))
    sentence, undo = _unlink(request, present, found)
    return htmx.toast(_answer(request, found), sentence, undo_url=undo)


@require_http_methods(["GET", "HEAD", "POST"])
def people(request: Request, pk: int) -> HttpResponse:
    """The people of a company. GET finds contacts to add (`q`); POST adds one (`contact`)."""
    company = editable(request, pk)
    if request.method != "POST":
        typed = text.clean(request.GET.get("q", ""), limit=200)
        options = selectors.people_options(member=request.member, company_id=pk, typed=typed)
        context = {"options": options, "typed": typed, "company": company}
        if htmx.wants_fragment(request):
            return render(request, "contacts/_people_options.html", context)
        return render(request, "contacts/company_people.html", context)
    if "contact" not in request.POST:  # sent with a name typed and nobody chosen: these are called so
        typed = urlencode({"q": request.POST.get("q", "")})
        return redirect(f"{reverse('contacts:company_people', args=[pk])}?{typed}")
    contact = _contact(request, request.POST.get("contact", ""))
    services.link_contacts(company_id=pk, contact_ids=[contact.pk], by=actor_of(request))
    return _people(request, pk)


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: Request, pk: int, contact: int) -> HttpResponse:
    """What somebody is in a company: the box for it, and saving it."""
    company = editable(request, pk)
    found = _contact(request, str(contact))
    position = selectors.position_of(company_id=pk, contact_id=contact)
    if position is None:
        raise Http404
    error = ""
    if request.method == "POST":
        try:
            services.change_position(
                company_id=pk,
                contact_id=contact,
                position=request.POST.get("value", ""),
                by=actor_of(request),
                seen=request.POST.get("seen"),
            )
            return _people(request, pk)
        except services.ChangedMeanwhileError as changed:
            error = gettext("Somebody else changed this to {now} meanwhile.").format(now=changed)
        except services.CompanyGoneError:
            raise Http404 from None
    typed = request.POST.get("value", position)
    context = {"company": company, "contact": found, "position": position, "typed": typed, "error": error}
    status = 422 if error else 200
    return htmx.respond(request, "contacts/company_person.html", context, fragment="editor", status=status)


@require_POST
def person_deletion(request: Request, pk: int, contact: int) -> HttpResponse:
    """Take somebody out of a company."""
    company = editable(request, pk)
    sentence, undo = _unlink(request, company, _contact(request, str(contact)))
    return htmx.toast(_people(request, pk), sentence, undo_url=undo)


def _unlink(request: Request, company: Company, contact: Contact) -> tuple[str, str]:
    had = services.unlink_contacts(company_id=company.pk, contact_ids=[contact.pk], by=actor_of(request))
    values = {"company": company.pk, "position": had.get(contact.pk, ""), "undo": 1}
    undo = f"{reverse('contacts:contact_companies', args=[contact.pk])}?{urlencode(values)}"
    sentence = gettext("{person} is no longer in {company}")
    return sentence.format(person=contact.name or f"#{contact.pk}", company=company.name), undo


def _people(request: Request, pk: int) -> HttpResponse:
    if not htmx.wants_fragment(request):
        return redirect("contacts:company", pk)
    return htmx.drawn_around(request, render(request, "contacts/_company_people.html", about(request, pk)))


def _answer(request: Request, contact: Contact) -> HttpResponse:
    if not htmx.wants_fragment(request):
        return redirect("contacts:contact", contact.pk)
    return htmx.trigger(_draw(request, contact, is_open=False), "af:history", {})


def _draw(
    request: Request, contact: Contact, *, is_open: bool, typed: str = "", error: str = ""
) -> HttpResponse:
    present = selectors.companies_of([contact.pk], member=request.member).get(contact.pk, [])
    emails = [row.email for row in contact.emails.all()] if not present else []
    context = {
        "contact_id": contact.pk,
        "companies": present,
        "suggested": selectors.suggested_company(member=request.member, emails=emails),
        "may_edit": True,
        "is_open": is_open,
        "typed": typed,
        "error": error,
        "options": selectors.company_options(
            member=request.member, typed=typed, without=[one.company.pk for one in present]
        ),
    }
    status = 422 if error else 200
    if not htmx.wants_fragment(request):
        return render(request, "contacts/contact_companies.html", context, status=status)
    is_list = request.GET.get("part") == "options"
    part = "contacts/_company_options.html" if is_list else "contacts/_companies.html"
    return render(request, part, context, status=status)


def _company(request: Request, number: str) -> Company:
    return get_object_or_404(policies.companies_visible_to(request.member), pk=_number(number))


def _contact(request: Request, number: str) -> Contact:
    return editable_contact(request, _number(number))


def _number(number: str) -> int:
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise Http404
    return int(number)
