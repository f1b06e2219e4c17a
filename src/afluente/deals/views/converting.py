"""Converting a lead, and taking that back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from afluente.contacts import policies as contact_policies
from afluente.contacts import services as contacts
from afluente.deals import policies, selectors, services
from afluente.deals.forms.details import Conversion
from afluente.deals.models import Deal, DealContact
from afluente.deals.views import asking
from afluente.deals.views.details import named
from afluente.kernel import htmx

if TYPE_CHECKING:
    from afluente.accounts.requests import Request


@require_http_methods(["GET", "HEAD", "POST"])
def conversion(request: Request, pk: int) -> HttpResponse:
    """What a lead would become; POST makes it so."""
    lead = asking.movable(request, pk)
    if not lead.pipeline.is_for_leads:
        raise Http404
    known = _known(request, lead)
    form = Conversion(
        request.POST if request.method == "POST" else None,
        pipelines=selectors.move_targets(member=request.member),
        contacts=contact_policies.visible_to(request.member),
        locale=asking.number_locale(request),
        initial=_initial(lead, known),
        auto_id="convert-%s",
    )
    if request.method == "POST" and form.is_valid():
        response = _convert(request, lead, form)
        if response is not None:
            return response
    number = asking.number(str(form["contact"].value() or ""))
    chosen = contact_policies.visible_to(request.member).filter(pk=number).first() if number else None
    context = {"lead": lead, "form": form, "known": known, "chosen": chosen}
    status = 422 if form.errors else 200
    return htmx.respond(request, "deals/conversion.html", context, fragment="form", status=status)


def _known(request: Request, lead: Deal) -> Any:
    """The main person of the lead, as far as the member sees them."""
    links = DealContact.objects.filter(deal=lead).order_by("-is_primary", "pk").values("contact_id")
    seen = contact_policies.visible_to(request.member).filter(pk__in=links)
    return seen.order_by("pk").first()


def _initial(lead: Deal, known: Any) -> dict[str, Any]:
    company = lead.company.name if lead.company else ""
    if known is not None and not company:
        belongs = known.company_links.select_related("company").order_by("pk").first()
        company = belongs.company.name if belongs else ""
    return {
        "contact": known.pk if known is not None else None,
        "company": company,
        "name": lead.name,
        "amount": f"{lead.amount.normalize():f}" if lead.amount else "",
        "opens": True,
    }


def _convert(request: Request, lead: Deal, form: Conversion) -> HttpResponse | None:
    data = form.cleaned_data
    if data["opens"] and not policies.may_create(request.member):
        raise Http404
    is_new = data["contact"] is None and bool(form.visitor)
    if is_new and not contact_policies.may_create(request.member):
        form.add_error("person", gettext("You may not add contacts. Choose one that is known."))
        return None
    try:
        company = named(request, data["company"])
        made = services.convert_lead(
            lead_id=lead.pk,
            wish=services.Wish(
                contact_id=data["contact"].pk if data["contact"] else None,
                visitor=form.visitor,
                company_id=company.pk if company else None,
                stage=data["stage"] if data["opens"] else None,
                name=data["name"],
                amount=data["amount"],
                country=request.workspace.country,
            ),
            by=asking.by(request),
        )
    except contacts.CompanyRefusedError as refused:
        form.add_error("company", str(refused))
    except services.NotALeadError:
        form.add_error(None, gettext("This lead is closed already. Reload the page."))
    except (services.BadTargetError, services.StageGoneError):
        form.add_error("stage", asking.stage_gone())
    else:
        way_back = reverse("deals:unconverting", args=[lead.pk])
        messages.success(
            request, gettext("Converted {name}").format(name=lead.name), extra_tags=f"undo:{way_back}"
        )
        address = reverse("deals:deal", args=[made.deal_id or lead.pk])
        if htmx.wants_fragment(request):
            return HttpResponse(headers={"HX-Redirect": address})
        return asking.see_other(address)
    return None


@require_POST
def unconverting(request: Request, pk: int) -> HttpResponse:
    """Take the last conversion of a lead back."""
    lead = asking.movable(request, pk)
    try:
        services.undo_conversion(lead_id=lead.pk, by=asking.by(request))
    except services.NotConvertedError:
        messages.error(request, gettext("There is no conversion to take back."))
    else:
        messages.success(request, gettext("The conversion was taken back"))
    if asking.asks_quietly(request):
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("deals:deal", args=[pk])})
    return asking.see_other(reverse("deals:deal", args=[pk]))
