"""Due date, company and fields of a deal, changed where they stand; and a copy of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from afluente.contacts import policies as contact_policies
from afluente.contacts import selectors as fields
from afluente.contacts import services as contacts
from afluente.deals import policies, selectors, services
from afluente.deals.forms.details import CompanyName, DueDate
from afluente.deals.views import asking
from afluente.kernel import htmx

if TYPE_CHECKING:
    from afluente.accounts.requests import Request
    from afluente.contacts.models import Company

ADDRESSES = {"url_name": "deals:value", "page_name": "deals:deal"}
OFFERED = 6


@require_POST
def due(request: Request, pk: int) -> HttpResponse:
    """Say when the deal is due and when its assignee is reminded, or that it is not due (`clear`)."""
    before = asking.movable(request, pk)
    said = request.GET if "undo" in request.GET else request.POST
    form = DueDate({} if "clear" in said else said)
    if not form.is_valid():
        return _part(request, pk, "due", form=form, status=422)
    wish = {name: value for name, value in selectors.due_parts(before).items() if value}
    way_back = f"{reverse('deals:due', args=[pk])}?{urlencode({'undo': 1, **wish})}"
    changed = services.set_due(deal_ids=[pk], due=form.due, by=asking.by(request))
    response = _part(request, pk, "due")
    if not changed or not htmx.wants_fragment(request) or said is request.GET:
        return response
    return htmx.toast(response, gettext("Saved"), undo_url=way_back)


@require_http_methods(["GET", "HEAD", "POST"])
def company(request: Request, pk: int) -> HttpResponse:
    """GET offers companies while one is typed (`value`); POST puts the deal into the one of that name."""
    asking.movable(request, pk)
    if request.method != "POST":
        options = fields.company_options(
            member=request.member, typed=request.GET.get("value", ""), limit=OFFERED
        )
        return render(request, "deals/_known_companies.html", {"options": options})
    form = CompanyName(request.POST)
    if not form.is_valid():
        return _part(request, pk, "company", form=form, status=422)
    try:
        found = named(request, form.cleaned_data["value"])
    except contacts.CompanyRefusedError as refused:
        form.add_error("value", str(refused))
        return _part(request, pk, "company", form=form, status=422)
    services.set_company(deal_ids=[pk], company=found, by=asking.by(request))
    return _part(request, pk, "company")


def named(request: Request, name: str) -> Company | None:
    """The company of this name that the member sees, else a new one if they may make it.

    Raises contacts' CompanyRefusedError.
    """
    if not name:
        return None
    found = fields.company_named(member=request.member, name=name)
    if found is not None:
        return found
    if not contact_policies.may_create_companies(request.member):
        raise contacts.CompanyRefusedError("name", gettext("There is no such company."))
    return contacts.create_company(name=name, by=asking.by(request))


def _part(request: Request, pk: int, part: str, *, form: Any = None, status: int = 200) -> HttpResponse:
    if not htmx.wants_fragment(request):
        if status != 200:
            said = " ".join(str(error) for errors in form.errors.values() for error in errors)
            messages.error(request, said)
        return asking.see_other(reverse("deals:deal", args=[pk]))
    page = selectors.deal_page(member=request.member, deal_id=pk)
    if page is None:
        raise Http404
    context = {"deal": page.deal, "form": form, "due_form": selectors.due_parts(page.deal)}
    response = render(request, f"deals/_details.html#{part}", context, status=status)
    return htmx.trigger(response, "af:cards", {"ids": [pk]})


@require_http_methods(["GET", "POST"])
def value(request: Request, pk: int, attribute: int) -> HttpResponse:
    """The value of a field (`?shown`), the box in which it is changed, and changing it."""
    deal = asking.movable(request, pk)
    field = fields.find_field(fields.fields_for("deal", deal.pipeline_id), attribute)
    if field is None or field.is_archived:
        raise Http404
    if request.method == "GET":
        return _draw(request, pk, field, is_open="shown" not in request.GET)
    typed = fields.typed_value(request.POST, field)
    try:
        services.change_value(
            deal_id=pk,
            field_id=attribute,
            value=contacts.read_value(field, typed, fields.home()),
            by=asking.by(request),
            seen=request.POST.get("seen"),
        )
    except contacts.ValueRefusedError as refused:
        return _draw(request, pk, field, is_open=True, typed=typed, error=refused.advice)
    except services.ChangedMeanwhileError as changed:
        said = gettext("Somebody else changed this to {now} meanwhile.").format(now=changed.present)
        return _draw(request, pk, field, is_open=True, typed=typed, error=said)
    if not htmx.wants_fragment(request):
        return redirect("deals:deal", pk)
    return htmx.trigger(_draw(request, pk, field, is_open=False), "af:cards", {"ids": [pk]})


def _draw(
    request: Request,
    pk: int,
    field: fields.KnownField,
    *,
    is_open: bool,
    typed: Any = None,
    error: str = "",
) -> HttpResponse:
    held = fields.held_values("deal", [pk], [field.id]).get(pk, {}).get(field.id)
    context = {"value": fields.CardValue(field=field, held=held), "contact_id": pk, "is_back": True}
    if is_open:
        context |= {"form": fields.value_form(field, held, typed), "error": error}
    fragment, status = "editor" if is_open else "shown", 422 if error else 200
    return htmx.respond(request, "contacts/value.html", context | ADDRESSES, fragment=fragment, status=status)


@require_POST
def copying(request: Request, pk: int) -> HttpResponse:
    """Open a deal like this one, and go there."""
    asking.visible(request, pk)
    if not policies.may_create(request.member):
        raise Http404
    made = services.copy_deal(deal_id=pk, by=asking.by(request))
    way_back = reverse("deals:deletion", args=[made])
    messages.success(request, gettext("This is the copy"), extra_tags=f"undo:{way_back}")
    return asking.see_other(reverse("deals:deal", args=[made]))
