"""Quotes and invoices: the list, one of them, and what is done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from afluente.deals import policies as deals
from afluente.deals.models import Deal
from afluente.kernel import box, http, slots
from afluente.sales import forms, policies, selectors, services
from afluente.sales.models import Document
from afluente.sales.views import asking

if TYPE_CHECKING:
    from decimal import Decimal

    from afluente.accounts.models import Membership
    from afluente.accounts.requests import Request
    from afluente.timeline.events import Actor


def part_of(member: Membership, deal: Deal) -> dict[str, Any]:
    """What the tab of a deal is drawn with; a slice of payments brings its part to the slot deal.payments."""
    return {
        "deal": deal,
        "documents": selectors.documents_of(member=member, deal_id=deal.pk),
        "has_lines": selectors.line_count(deal.pk) > 0,
        "may_create": policies.may_create_documents(member),
        "parts": slots.parts("deal.payments", member=member, deal=deal),
    }


@require_safe
def documents(request: Request) -> HttpResponse:
    """All quotes and invoices that this member sees, the newest first."""
    if not policies.may_list_documents(request.member):
        raise PermissionDenied
    wanted = selectors.DocumentFilter.read(request.GET)
    page = selectors.document_page(member=request.member, wanted=wanted)
    context = {
        "page": page,
        "wanted": wanted,
        "states": selectors.states_of(wanted.kind),
        "menu": slots.parts("documents.menu", member=request.member, query=wanted.address().lstrip("?")),
        "more_url": wanted.address(after=page.next_after) if page.next_after else "",
    }
    return render(request, "sales/documents.html", context)


@require_POST
def new(request: Request, pk: int) -> HttpResponse:
    """Make a draft of a deal (`kind`), from another document of it when one is named (`origin`)."""
    deal = http.pick(deals.visible_to(request.member), present=Deal.objects.present(), pk=pk)
    if not policies.may_create_documents(request.member):
        raise PermissionDenied
    kind, origin = request.POST.get("kind", ""), request.POST.get("origin", "")
    if kind not in Document.Kind.values:
        raise Http404
    number = int(origin) if origin.isascii() and origin.isdigit() and len(origin) < 19 else None
    try:
        made = services.create_document(kind=kind, deal_id=deal.pk, origin_id=number, by=asking.by(request))
    except services.DocumentRefusedError as refused:
        messages.error(request, str(refused))
        return asking.see_other(reverse("deals:deal", args=[pk]) + "?tab=payments")
    return asking.see_other(reverse("sales:document", args=[made.pk]))


@require_http_methods(["GET", "HEAD", "POST"])
def document(request: Request, pk: int) -> HttpResponse:
    """One document. POST changes a draft: notes, last day, or the lines of its deal anew (`retake`)."""
    found = _seen(request, pk)
    form = forms.DraftForm(initial={"notes": found.notes, "due_on": found.due_on.isoformat()})
    if request.method == "POST":
        _editable(request, pk)
        form = forms.DraftForm(request.POST)
        if form.is_valid():
            try:
                services.change_document(
                    document_id=pk,
                    by=asking.by(request),
                    retake="retake" in request.POST,
                    **form.cleaned_data,
                )
            except services.DocumentRefusedError as refused:
                messages.error(request, str(refused))
            else:
                messages.success(request, gettext("Saved"))
            return _back(pk)
    return render(
        request, "sales/document.html", _context(request, found, form), status=422 if form.errors else 200
    )


def _context(request: Request, found: Document, form: Any) -> dict[str, Any]:
    link = ""
    if found.box and found.kind == Document.Kind.QUOTE:
        path = reverse("sales:public", args=[request.workspace.pk, box.unseal(found.box)])
        link = f"{settings.ENVIRONMENT.base_url.rstrip('/')}{path}"
    return {
        "document": found,
        "form": form,
        "tone": selectors.tone(found),
        "link": link,
        "logo_url": reverse("sales:logo") if found.seller.get("logo") else "",
        "may_edit": policies.documents_editable_by(request.member).filter(pk=found.pk).exists(),
        "may_create": policies.may_create_documents(request.member),
        "versions": policies.documents_visible_to(request.member).filter(origin_id=found.pk).order_by("pk"),
    }


@require_POST
def act(request: Request, pk: int, deed: str) -> HttpResponse:
    """Issue, accept, decline, pay, cancel, or take back that it was paid or cancelled (`reopen`)."""
    _editable(request, pk)
    form = forms.PaymentForm(request.POST, locale=asking.number_locale(request))
    if deed == "pay" and not form.is_valid():
        messages.error(request, " ".join(str(error) for error in form.errors["amount"]))
        return _back(pk)
    try:
        done = _do(deed, pk, asking.by(request), form.cleaned_data["amount"] if deed == "pay" else None)
    except services.DocumentRefusedError as refused:
        messages.error(request, str(refused))
        return _back(pk)
    if deed in {"pay", "cancel"} and done.state in services.REOPENABLE:
        said = gettext("Payment noted") if deed == "pay" else gettext("Cancelled {name}")
        way_back = reverse("sales:document_act", args=[pk, "reopen"])
        messages.success(request, said.format(name=done.label), extra_tags=f"undo:{way_back}")
    return _back(pk)


def _do(deed: str, pk: int, by: Actor, amount: Decimal | None) -> Document:
    if deed == "issue":
        return services.issue_document(document_id=pk, by=by)
    if deed in {"accept", "decline"}:
        return services.decide_quote(document_id=pk, is_accepted=deed == "accept", by=by)
    if deed == "pay":
        return services.record_payment(document_id=pk, amount=amount, by=by)
    if deed == "cancel":
        return services.cancel_document(document_id=pk, by=by)
    if deed == "reopen":
        return services.reopen_document(document_id=pk, by=by)
    raise Http404


@require_safe
def pdf(request: Request, pk: int) -> HttpResponse:
    """The document as PDF."""
    return as_file(_seen(request, pk))


def as_file(found: Document) -> HttpResponse:
    """A document as a file to open or keep."""
    response = HttpResponse(services.draw(found), content_type="application/pdf")
    name = found.label or f"{found.kind}-{found.pk}"
    response["Content-Disposition"] = (
        f'inline; filename="{"".join(c if c.isalnum() or c in "-_." else "-" for c in name)}.pdf"'
    )
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def logo(request: Request) -> HttpResponse:
    """The mark of the settings, or of a document that this member sees (`of`). POST takes another one (`picture`),
    or none (`remove`).
    """
    if request.method != "POST":
        number = request.GET.get("of", "")
        named = selectors.seller_of().logo
        if number.isascii() and number.isdigit() and len(number) < 19:
            named = _seen(request, int(number)).seller.get("logo", "")
        return as_picture(named)
    asking.require_configurer(request)
    try:
        if "remove" in request.POST:
            services.remove_logo(by=asking.by(request))
        else:
            sent = request.FILES.get("picture")
            content = sent.read(services.MOST_LOGO_BYTES + 1) if sent else b""
            services.keep_logo(content=content, by=asking.by(request))
    except services.LogoRefusedError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, gettext("Saved"))
    return asking.see_other(reverse("sales:seller"))


def as_picture(digest: str) -> HttpResponse:
    """A mark to show; what is behind a digest never changes."""
    found = services.logo_of(digest)
    if found is None:
        raise Http404
    return HttpResponse(bytes(found.picture), content_type="image/webp")


@require_http_methods(["GET", "HEAD", "POST"])
def seller(request: Request) -> HttpResponse:
    """Settings: who sells, how documents are numbered, how long they hold."""
    asking.require_configurer(request)
    present = selectors.seller_of()
    form = forms.SellerForm(
        request.POST if request.method == "POST" else None,
        initial={name: getattr(present, name) for name in forms.SellerForm.base_fields},
    )
    if request.method == "POST" and form.is_valid():
        services.save_seller(values=form.cleaned_data, by=asking.by(request))
        messages.success(request, gettext("Saved"))
        return asking.see_other(reverse("sales:seller"))
    return render(
        request,
        "sales/seller.html",
        {"form": form, "logo": present.logo},
        status=422 if form.errors else 200,
    )


def _seen(request: Request, pk: int) -> Document:
    allowed = policies.documents_visible_to(request.member).select_related("deal", "origin")
    return http.pick(allowed, present=Document.objects.all(), pk=pk)


def _editable(request: Request, pk: int) -> Document:
    return http.pick(policies.documents_editable_by(request.member), present=Document.objects.all(), pk=pk)


def _back(pk: int) -> HttpResponse:
    return asking.see_other(reverse("sales:document", args=[pk]))
