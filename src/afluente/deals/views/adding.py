"""Adding a deal from a contact's page, or from anywhere with everything that is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from afluente.accounts.policies import assignable_by
from afluente.contacts import policies as contact_policies
from afluente.contacts.models import Contact
from afluente.contacts.selectors import find_ids
from afluente.deals import policies, selectors, services
from afluente.deals.forms.adding import AddDeal
from afluente.deals.views import asking
from afluente.files import services as files
from afluente.files.selectors import store_offer
from afluente.kernel import once, text
from afluente.kernel.htmx import go, respond

if TYPE_CHECKING:
    from django.http import HttpResponse, QueryDict

    from afluente.accounts.requests import Request

OFFERED = 6  # contacts while a name is typed


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: Request) -> HttpResponse:
    """A deal with name, value, team member, stage, type and its person (SP-175 to SP-180, SP-107)."""
    if not policies.may_create(request.member):
        raise PermissionDenied
    data = request.POST if request.method == "POST" else None
    form = _form(request, data)
    if data is not None and form.is_valid():
        if address := once.led_to(request.POST, by=request.member.pk):
            return go(request, address)
        try:
            return _add(request, form)
        except services.StageGoneError:  # deleted since the form was read
            once.release(request.POST, by=request.member.pk)
            form.add_error(None, asking.stage_gone())
    number = asking.number(str(form["contact"].value()))
    contact = contact_policies.visible_to(request.member).filter(pk=number).first() if number else None
    chosen = files.chosen_numbers(request.POST.getlist("stored"))
    context = {
        "form": form,
        "contact": contact,
        "may_configure": policies.may_configure(request.member),
        "offer": store_offer(member=request.member, chosen=chosen),
    }
    return respond(request, "deals/add.html", context, fragment="form", status=422 if form.errors else 200)


def _form(request: Request, data: QueryDict | None) -> AddDeal:
    return AddDeal(
        data,
        pipelines=selectors.move_targets(member=request.member),
        contacts=contact_policies.visible_to(request.member),
        members=assignable_by(request.member),
        types=selectors.deal_types(),
        locale=asking.number_locale(request),
        known=selectors.addable_fields(),
        initial={"contact": asking.number(request.GET.get("contact")), "assignee": request.member.pk},
        auto_id="deal-add-%s",
    )


def _add(request: Request, form: AddDeal) -> HttpResponse:
    values: dict[str, Any] = form.cleaned_data
    deal_id = services.add_deal(
        stage=values["stage"],
        name=values["name"],
        visitor=form.visitor,
        country=request.workspace.country,
        assignee=values["assignee"],
        amount=values["amount"],
        contact=values["contact"],
        kind=values["type"],
        by=asking.by(request),
    )
    if form.held:
        services.fill_values(given={deal_id: form.held}, by=asking.by(request), is_told=False)
    refused = files.bring_along(
        brought=request.FILES.getlist("files"),
        stored=request.POST.getlist("stored"),
        kind="deal",
        entity_id=deal_id,
        member=request.member,
    )
    for sentence in refused:
        messages.warning(request, sentence)
    contact = values["contact"]
    address = reverse("deals:deal", args=[deal_id])
    if contact is not None and "from_contact" in request.POST:
        address = f"{reverse('contacts:contact', args=[contact.pk])}?tab=deals"
    once.keep(request.POST, by=request.member.pk, address=address)
    return go(request, address)


@require_safe
def people(request: Request) -> HttpResponse:
    """Contacts that fit what is typed, to choose one for a new deal (SP-107)."""
    if not policies.may_create(request.member):
        raise PermissionDenied
    words = text.clean(request.GET.get("person", ""), limit=100)
    ids = find_ids(member=request.member, typed=words, limit=OFFERED) if words else []
    found = Contact.objects.filter(pk__in=ids).prefetch_related("emails", "phones").order_by("-pk")
    return render(request, "deals/_add_people.html", {"people": found})
